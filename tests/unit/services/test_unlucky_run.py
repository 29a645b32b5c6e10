"""Runs that meet limits and broken connections after they have begun: never asked for twice, and always stopped."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any, cast

import pytest

from desktop_app.domain.entity import Assistant, RunState
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.event import RunEvent, RunStateChanged
from desktop_app.domain.port import Backend, RunRequest
from desktop_app.services import listener
from tests.harness.wait import until
from tests.property.listening import Desk

RUNNING = RunStateChanged("run", RunState.IN_PROGRESS)
DONE = RunStateChanged("run", RunState.COMPLETED)
CANCELLED = RunStateChanged("run", RunState.CANCELLED)
DROPPED = DeskError(ErrorCode.STREAM_DROPPED)


def limit(seconds: float) -> DeskError:
    return DeskError(ErrorCode.RATE_LIMITED, retry_after=seconds)


class Unlucky:
    """A service whose streams say these things; the first one is that of the run's start."""

    def __init__(self, *streams: tuple[RunEvent | DeskError, ...]) -> None:
        self.streams = list(streams)
        self.started = 0
        self.followed = 0
        self.cancelled = 0

    async def put_assistant(self, assistant: Assistant, _model: str, _remote_id: str = "") -> str:
        return assistant.id

    async def start_run(self, _request: RunRequest) -> AsyncGenerator[RunEvent, None]:
        self.started += 1
        async for event in self._stream():
            yield event

    async def follow_run(self, _thread_id: str, _run_id: str) -> AsyncGenerator[RunEvent, None]:
        self.followed += 1
        async for event in self._stream():
            yield event

    async def find_run(self, _thread_id: str, _client_id: str) -> str:
        return ""

    async def cancel_run(self, _thread_id: str, _run_id: str) -> None:
        self.cancelled += 1
        self.streams = [(CANCELLED,)]

    async def _stream(self) -> AsyncGenerator[RunEvent, None]:
        for event in self.streams.pop(0) if len(self.streams) > 1 else self.streams[0]:
            if isinstance(event, DeskError):
                raise event
            yield event


def desk(service: Unlucky) -> Desk:
    return Desk(cast("Backend", cast("Any", service)), "thread", "client")


async def test_a_run_that_meets_a_limit_after_it_began_is_not_asked_for_again() -> None:
    service = Unlucky((RUNNING, limit(0)), (RUNNING, DONE))
    assert (await desk(service).listen()).state is RunState.COMPLETED
    assert (service.started, service.followed) == (1, 1)


async def test_a_run_that_was_refused_is_asked_for_again() -> None:
    service = Unlucky((limit(0),), (RUNNING, DONE))
    assert (await desk(service).listen()).state is RunState.COMPLETED
    assert (service.started, service.followed) == (2, 0)


@pytest.mark.parametrize("before", [(), ((RUNNING, DROPPED),)])
async def test_a_limit_that_is_too_long_to_wait_for_is_not_tried_again(
    before: tuple[tuple[RunEvent | DeskError, ...], ...],
) -> None:
    service = Unlucky(*before, (limit(100_000),))
    run = await asyncio.wait_for(desk(service).listen(), 10)
    assert run.error is not None
    assert (run.state, run.error.code) == (RunState.FAILED, ErrorCode.RATE_LIMITED)
    assert (service.started, service.followed) == (1, len(before))


async def test_stop_ends_the_wait_for_a_limit_and_the_run_at_the_service() -> None:
    service = Unlucky((RUNNING, DROPPED), (limit(200),))
    stop = asyncio.Event()
    run = asyncio.ensure_future(desk(service).listen(stop))
    await until(lambda: service.followed)
    stop.set()
    assert (await run).state is RunState.CANCELLED
    assert service.cancelled == 1


async def test_stop_while_a_limit_keeps_a_run_from_beginning_asks_for_none() -> None:
    service = Unlucky((limit(200),))
    stop = asyncio.Event()
    run = asyncio.ensure_future(desk(service).listen(stop))
    await until(lambda: service.started)
    stop.set()
    assert (await run).state is RunState.CANCELLED
    assert (service.started, service.cancelled) == (1, 0)


async def test_a_service_that_only_repeats_itself_before_it_breaks_off_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listener, "RECONNECT_DELAYS", (0.0,) * 3)
    service = Unlucky((RUNNING, DROPPED))
    run = await asyncio.wait_for(desk(service).listen(), 10)
    assert run.error is not None
    assert (run.state, run.error.code, service.started) == (RunState.FAILED, ErrorCode.STREAM_DROPPED, 1)
