"""A run in words, for the inspector."""

import time
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication

from desktop_app.domain.connection import ENGINE_ID, Connection, RateLimits
from desktop_app.domain.entity import Answer, CodeStep, Run, TranscriptItem, Usage
from desktop_app.gui.measure import count, duration, money
from desktop_app.gui.text import describe, kind_name, run_state
from desktop_app.gui.views.inspector_card import Fact
from desktop_app.gui.views.inspector_run import RunFacts
from desktop_app.services.local_engine import ANALYST_MODEL
from desktop_app.services.price import Prices

tr = partial(QCoreApplication.translate, "inspector")

_UNKNOWN = "—"


def facts_of(
    run: Run, items: Sequence[TranscriptItem], connection: Connection | None, sandbox: str, prices: Prices
) -> RunFacts:
    """Word a run.

    Args:
        run: The run.
        items: The thread that it belongs to.
        connection: Where it was answered; None if that has been removed.
        sandbox: What code runs in on this computer; empty while that is not known.
        prices: What things cost.
    """
    costs = [] if run.model == ANALYST_MODEL else [prices.cost(run), prices.thread_cost(items)]
    usage = _usage(run.usage, costs, prices.table.currency) if run.usage is not None else []
    problem = ""
    if run.error is not None:
        text = describe(run.error)
        problem = f"{text.title}. {text.help}"
    limits = _limits(run.limits) if run.limits is not None else []
    return RunFacts(_facts(run, connection, sandbox), usage, limits, problem, is_priced=None not in costs)


def _facts(run: Run, connection: Connection | None, sandbox: str) -> list[Fact]:
    seconds = (run.ended_at or time.time()) - run.created_at
    facts = [(tr("State"), f"{run_state(run.state)} · {duration(seconds)}"), (tr("Steps"), _steps(run))]
    if connection is None:
        facts.append((tr("Connection"), tr("Removed")))
    else:
        service = kind_name(connection.kind)
        facts.append((tr("Connection"), connection.name or service))
        if connection.name not in ("", service):
            facts.append((tr("Service"), service))
    facts.append((tr("Model"), tr("Built-in analyst") if run.model == ANALYST_MODEL else run.model or _UNKNOWN))
    if run.connection_id == ENGINE_ID and sandbox:
        facts.append((tr("Sandbox"), sandbox))
    return facts


def _steps(run: Run) -> str:
    steps = sum(isinstance(item, CodeStep) for item in run.items)
    answers = sum(isinstance(item, Answer) for item in run.items)
    code = tr("{count} code").format(count=steps)
    return f"{code}, " + (tr("1 answer") if answers == 1 else tr("{count} answers").format(count=answers))


def _usage(usage: Usage, costs: Sequence[float | None], currency: str) -> list[Fact]:
    facts = [(tr("Tokens in"), count(usage.prompt_tokens))]
    if usage.cached_tokens:
        facts.append((tr("of them cached"), count(usage.cached_tokens)))
    facts.append((tr("Tokens out"), count(usage.completion_tokens)))
    if usage.reasoning_tokens:
        facts.append((tr("of them reasoning"), count(usage.reasoning_tokens)))
    if usage.container_sessions:
        facts.append((tr("Containers"), tr("{count} begun").format(count=count(usage.container_sessions))))
    names = (tr("Cost of the run"), tr("Cost of the thread"))
    facts += [
        (name, _UNKNOWN if cost is None else money(cost, currency)) for name, cost in zip(names, costs, strict=False)
    ]
    return facts


def _limits(limits: RateLimits) -> list[Fact]:
    facts = []
    if limits.requests_left is not None:
        facts.append((tr("Requests"), _left(limits.requests_left, limits.requests_limit)))
    if limits.tokens_left is not None:
        facts.append((tr("Tokens"), _left(limits.tokens_left, limits.tokens_limit)))
    if facts and limits.reset_seconds:
        facts.append((tr("Full again"), tr("{time} after the run began").format(time=duration(limits.reset_seconds))))
    return facts


def _left(left: int, limit: int | None) -> str:
    return count(left) if limit is None else tr("{left} of {limit}").format(left=count(left), limit=count(limit))
