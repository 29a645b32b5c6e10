"""What runs cost: by the person's own table, never by a guess."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.domain.connection import ENGINE_ID
from desktop_app.domain.entity import Question, Run, Usage
from desktop_app.domain.error import ErrorCode
from desktop_app.services.local_engine import ANALYST_MODEL
from desktop_app.services.notice import Notice, NoticeBoard
from desktop_app.services.price import Price, Prices, PriceTable
from desktop_app.stores.settings import JsonSettings

SMALL = Price("small", 1.0, 0.1, 4.0)
LARGE = Price("large", 10.0, 2.5, 40.0)
TABLE = PriceTable((SMALL, LARGE), container_session=0.05, currency="EUR")
USAGE = Usage(1_000_000, 500_000, cached_tokens=400_000, reasoning_tokens=100_000)
RUN = Run("run", "thread", "question", "Analyst", "small", 1.0, usage=USAGE, connection_id="openai")


@pytest.fixture
def settings(tmp_path: Path) -> JsonSettings:
    return JsonSettings(tmp_path / "settings.json")


@pytest.fixture
def prices(settings: JsonSettings) -> Prices:
    made = Prices(settings, NoticeBoard())
    made.save(TABLE)
    return made


def test_at_first_no_model_has_a_price(settings: JsonSettings) -> None:
    prices = Prices(settings, NoticeBoard())
    assert prices.table == PriceTable((), 0.03, "USD")
    assert prices.cost(RUN) is None


def test_cached_tokens_cost_less_and_thoughts_are_paid_as_output(prices: Prices) -> None:
    assert prices.cost(RUN) == pytest.approx(0.6 * 1.0 + 0.4 * 0.1 + 0.5 * 4.0)


def test_each_container_costs_its_session(prices: Prices) -> None:
    two = replace(RUN, usage=Usage(0, 0, container_sessions=2))
    assert prices.cost(two) == pytest.approx(0.10)


def test_a_service_that_counts_more_cached_tokens_than_tokens_gives_nothing_back(prices: Prices) -> None:
    assert prices.cost(replace(RUN, usage=Usage(1_000_000, 0, cached_tokens=3_000_000))) == pytest.approx(0.1)


def test_what_was_not_counted_has_no_cost(prices: Prices) -> None:
    assert prices.cost(replace(RUN, usage=None)) is None


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("small", "small"),
        ("small-2026-01-01", "small"),
        ("small-20260101", "small"),
        ("small@20260101", "small"),
        ("small-0613", "small"),
        ("small-pro-2026-01-01", "small-pro"),
        ("small-2026-02-02", "small-2026-02-02"),
        ("small-pro", "small-pro"),
        ("small-mini", None),
        ("small-mini-2026-01-01", None),
        ("small-2026-01-01-preview", None),
        ("smaller", None),
        ("Small", None),
        ("", None),
    ],
)
def test_a_dated_snapshot_costs_what_its_model_costs_and_nothing_else_does(
    prices: Prices, model: str, name: str | None
) -> None:
    names = ("", "small", "small-pro", "small-2026-02-02")
    prices.save(PriceTable(tuple(Price(row, number, number, number) for number, row in enumerate(names))))
    cost = prices.cost(replace(RUN, model=model, usage=Usage(1_000_000, 0)))
    assert cost == (None if name is None else names.index(name))


def test_this_computer_charges_nothing_for_containers_nor_for_its_analyst(prices: Prices) -> None:
    prices.save(replace(TABLE, prices=(SMALL, Price(ANALYST_MODEL, 1.0, 1.0, 1.0))))
    usage = Usage(1_000_000, 0, container_sessions=3)
    here = replace(RUN, connection_id=ENGINE_ID, usage=usage)
    assert prices.cost(here) == pytest.approx(1.0)  # the endpoint's model has a price
    assert prices.cost(replace(here, model=ANALYST_MODEL)) is None
    assert prices.cost(replace(here, model="llama")) is None


def test_a_thread_costs_what_is_known_of_its_runs(prices: Prices) -> None:
    question = Question("question", "thread", "How many?", (), 0.0)
    unknown = replace(RUN, model="unknown")
    paid = replace(RUN, usage=Usage(1_000_000, 0))
    assert prices.thread_cost([question, paid, unknown, replace(paid, model="large")]) == pytest.approx(11.0)
    assert prices.thread_cost([question, unknown]) is None
    assert prices.thread_cost([]) is None


def test_the_table_is_there_at_the_next_start(prices: Prices, tmp_path: Path) -> None:
    again = Prices(JsonSettings(tmp_path / "settings.json"), NoticeBoard())
    assert again.table == prices.table == TABLE


def test_a_new_table_is_announced_and_used_at_once(prices: Prices) -> None:
    seen: list[float | None] = []
    prices.changed.connect(lambda _: seen.append(prices.cost(replace(RUN, usage=Usage(1_000_000, 0)))))
    prices.save(replace(TABLE, prices=(replace(SMALL, input=7.0),)))
    assert seen == [7.0]


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "null",
        "[]",
        "7",
        '{"prices": 7}',
        '{"prices": [], "currency": "EUR"}',
        '{"prices": [], "container_session": "much", "currency": "EUR"}',
        '{"prices": [], "container_session": 1, "currency": null}',
        "[" * 100_000,
    ],
)
def test_settings_that_make_no_sense_are_an_empty_table(settings: JsonSettings, text: str) -> None:
    settings.set("prices", text)
    assert Prices(settings, NoticeBoard()).table == PriceTable()


@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity", "1e999", "9" * 400, "true", '"1"', "null"])
def test_a_price_that_makes_no_sense_is_left_out(settings: JsonSettings, amount: str) -> None:
    good = '{"model": "small", "input": 1, "cached": 0.1, "output": 4}'
    bad = f'{{"model": "bad", "input": 1, "cached": {amount}, "output": 4}}'
    settings.set("prices", f'{{"prices": [{bad}, 7, {good}], "container_session": 0, "currency": "EUR"}}')
    assert Prices(settings, NoticeBoard()).table == PriceTable((SMALL,), 0.0, "EUR")


def test_a_session_that_costs_less_than_nothing_is_as_at_first(settings: JsonSettings) -> None:
    settings.set("prices", json.dumps({"prices": [], "container_session": -1, "currency": "EUR"}))
    assert Prices(settings, NoticeBoard()).table.container_session == 0.03


def test_a_disk_that_does_not_take_the_table_is_said_and_the_table_is_used(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    board = NoticeBoard()
    posted: list[Notice] = []
    board.posted.connect(posted.append)
    prices = Prices(JsonSettings(tmp_path / "other" / "settings.json"), board)
    (tmp_path / "other").symlink_to(tmp_path / "file")
    prices.save(TABLE)
    assert [notice.error.code for notice in posted if notice.error] == [ErrorCode.STORAGE_FAILED]
    assert prices.table == TABLE
