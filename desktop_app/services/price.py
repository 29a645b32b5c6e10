"""What runs cost, by a table that the person keeps: prices change too often to be built in."""

import json
import math
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from desktop_app.domain.connection import ENGINE_ID
from desktop_app.domain.emitter import Emitter
from desktop_app.domain.entity import Run, TranscriptItem, Usage
from desktop_app.domain.error import DeskError
from desktop_app.domain.port import Settings
from desktop_app.services.local_engine import ANALYST_MODEL
from desktop_app.services.notice import NoticeBoard

_NAME = "prices"
_TOKENS = 1_000_000
_DATE = re.compile(r"[-@](\d{4}-\d{2}-\d{2}|\d{8}|\d{4})")
"""What a dated snapshot adds to a model's name: -2026-01-01, -20260101, -0101."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a million tokens of a model cost.

    Attributes:
        model: As runs name it: for Azure the deployment. A dated snapshot without a row of its own costs the same.
        cached: For what was sent before and is still in the service's cache.
    """

    model: str
    input: float
    cached: float
    output: float


@dataclass(frozen=True, slots=True)
class PriceTable:
    """All prices, in one currency.

    Attributes:
        container_session: For each container that was begun. The default is what OpenAI asks for one of 1 GB and 20
            minutes, and the most a session costs, since shorter ones are charged by the minute from five on
            (https://developers.openai.com/api/docs/pricing, the changelog of 2026-06-02).
    """

    prices: tuple[Price, ...] = ()
    container_session: float = 0.03
    currency: str = "USD"


class Prices:
    """Keeps the table in the settings, and reckons by it.

    Attributes:
        changed: The table is different.
    """

    def __init__(self, settings: Settings, notices: NoticeBoard) -> None:
        self.changed: Emitter[None] = Emitter()
        self._settings = settings
        self._notices = notices
        self._table = _from_json(settings.get(_NAME) or "")

    @property
    def table(self) -> PriceTable:
        """The table as it is now; at first it has no model's prices."""
        return self._table

    def save(self, table: PriceTable) -> None:
        """Reckons by this table from now on; a disk that does not take it is said in a notice."""
        self._table = table
        try:
            self._settings.set(_NAME, json.dumps(asdict(table)))
        except DeskError as error:
            self._notices.post_error(error.info)
        self.changed.emit(None)

    def cost(self, run: Run) -> float | None:
        """What a run cost, in the table's currency; None if its tokens or its model's price are not known.

        The containers of this computer cost nothing, and neither does its built-in analyst, which has no price. An
        endpoint's model has one if the table says so.
        """
        is_here = run.connection_id == ENGINE_ID
        price = None if is_here and run.model == ANALYST_MODEL else _price(self._table.prices, run.model)
        if price is None or run.usage is None:
            return None
        sessions = 0 if is_here else run.usage.container_sessions
        return _cost(run.usage, price) + sessions * self._table.container_session

    def thread_cost(self, items: Iterable[TranscriptItem]) -> float | None:
        """What the runs of a thread cost whose cost is known; None if that of none is."""
        costs = [cost for item in items if isinstance(item, Run) and (cost := self.cost(item)) is not None]
        return math.fsum(costs) if costs else None


def _cost(usage: Usage, price: Price) -> float:
    cached = min(usage.cached_tokens, usage.prompt_tokens)
    fresh = usage.prompt_tokens - cached
    return (fresh * price.input + cached * price.cached + usage.completion_tokens * price.output) / _TOKENS


def _price(prices: Iterable[Price], model: str) -> Price | None:
    """The model's row, or that of the longest name of which it is a dated snapshot."""
    fitting = [price for price in prices if price.model and _is_named(model, price.model)]
    return max(fitting, key=lambda price: len(price.model), default=None)


def _is_named(model: str, name: str) -> bool:
    return model == name or (model.startswith(name) and _DATE.fullmatch(model, len(name)) is not None)


def _from_json(text: str) -> PriceTable:
    """The table that was stored, without rows that make no sense; anything else is as it was at first."""
    try:
        data = json.loads(text, parse_int=float)
    except (ValueError, RecursionError):
        return PriceTable()
    match data:
        case {"prices": list(rows), "container_session": float(session), "currency": str(currency)}:
            prices = tuple(price for row in rows if (price := _from_row(row)) is not None)
            return PriceTable(prices, session, currency) if _is_amount(session) else PriceTable(prices)
        case _:
            return PriceTable()


def _from_row(row: object) -> Price | None:
    match row:
        case {"model": str(model), "input": float(sent), "cached": float(cached), "output": float(made)}:
            return Price(model, sent, cached, made) if all(map(_is_amount, (sent, cached, made))) else None
        case _:
            return None


def _is_amount(value: float) -> bool:
    return 0 <= value < math.inf
