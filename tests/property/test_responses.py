"""Broken streams of the Responses shape, in every dialect."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.backends.responses import run, silent_run
from desktop_app.domain.entity import Run
from desktop_app.services import listener
from tests.contract.responses import ResponsesUnderTest, under_test
from tests.contract.scenario import Break, Shorten
from tests.harness.responses import Dialect
from tests.harness.responses.stream import Cut
from tests.harness.responses.writer import Habit
from tests.property.breakage import CUT, SCRIPTS
from tests.property.listening import Desk, falters, settled, told

_SECONDS = 60
"""A run that is listened to for longer will never end."""

_WHOLE = [
    number for number, script in enumerate(SCRIPTS) if not any(isinstance(turn, Break | Shorten) for turn in script)
]
"""The scripts that come to their end."""

_MOST_EVENTS = 90
"""No run of these scripts is told in more."""


@dataclass(frozen=True, slots=True)
class Case:
    """A run, and what happens to it.

    Attributes:
        cuts: What happens to one stream of it after the other; those after the last are whole.
        is_lost: The connection breaks before the answer to the one POST begins.
        restarts: Whoever goes on listening knows nothing of what came before.
    """

    dialect: Dialect
    script: int
    habit: Habit
    cuts: list[Cut]
    is_lost: bool = False
    streams_again: bool = True
    restarts: bool = False

    @property
    def is_nameless(self) -> bool:
        """Whether nobody has heard what the service calls the run."""
        return self.is_lost or any(cut.events == 0 and not cut.in_character for cut in self.cuts[:1])


CASES = st.builds(
    Case,
    dialect=st.sampled_from(Dialect),
    script=st.integers(0, len(SCRIPTS) - 1),
    habit=st.builds(
        Habit, st.sampled_from((0, 1, 5)), st.booleans(), st.booleans(), st.booleans(), st.sampled_from((0, 0, 1, 5))
    ),
    cuts=st.lists(CUT, min_size=1, max_size=4),
    is_lost=st.sampled_from((False, False, False, True)),
    streams_again=st.sampled_from((True, True, True, False)),
    restarts=st.sampled_from((False,) * 9 + (True,)),
).filter(lambda case: case.script in _WHOLE or not case.is_nameless)
"""A run whose name nobody has heard is known by what it has added to its conversation: one that fails adds nothing."""


class Stage:
    """The services of all runs, and what each script comes to if nothing happens."""

    def __init__(self, services: dict[Dialect, ResponsesUnderTest]) -> None:
        self._services = services
        self._uncut: dict[tuple[Dialect, int], Run] = {}
        self._count = 0

    async def check(self, case: Case) -> None:
        """Listens to a run and compares it."""
        plain = (case.dialect, case.script)
        if plain not in self._uncut:
            self._uncut[plain] = await self._heard(Case(*plain, Habit(), []))
        heard, uncut = await self._heard(case), self._uncut[plain]
        if not case.is_nameless:
            assert told(heard) == told(uncut)
        else:  # nobody can be asked what it cost
            assert told(replace(heard, usage=uncut.usage)) == told(uncut)

    async def _heard(self, case: Case) -> Run:
        service = self._services[case.dialect]
        service.will(*SCRIPTS[case.script])
        service.habit = case.habit
        service.streams_again = case.streams_again
        service.forget()
        self._count += 1
        thread_id = await service.backend.create_thread(f"thread {self._count}")
        await service.backend.add_message(thread_id, "Go", (), f"question {self._count}")
        service.cut(*case.cuts)
        if case.is_lost:
            service.fail("POST", "/responses", is_done=True)
        desk = Desk(service.backend, thread_id, f"run {self._count}")
        if case.restarts:
            again = service.connect()
            service.on("POST", "/responses", lambda: setattr(desk, "backend", again))
        try:
            async with asyncio.timeout(_SECONDS):
                run = await desk.listen()
        finally:
            if case.restarts:
                await again.aclose()
        assert len(service.asked("POST", "/responses")) == 1
        assert falters(desk.shown, run) == []
        return settled(run)


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """Return a loop for all runs."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def stage(runner: asyncio.Runner, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Return services that answer as long as the test goes on."""
    monkeypatch.setattr(listener, "RECONNECT_DELAYS", (0.0,) * len(listener.RECONNECT_DELAYS))
    monkeypatch.setattr(silent_run, "_SECONDS", 0.01)
    monkeypatch.setattr(run, "_FIRST_POLL_SECONDS", 0.0)
    stack = AsyncExitStack()

    async def begin() -> Stage:
        return Stage({dialect: await stack.enter_async_context(under_test(dialect)) for dialect in Dialect})

    try:
        yield runner.run(begin())
    finally:
        runner.run(stack.aclose())


def test_a_broken_stream_ends_in_the_same_transcript(stage: Stage, runner: asyncio.Runner, runs: int) -> None:
    @settings(max_examples=runs, deadline=None, suppress_health_check=list(HealthCheck), report_multiple_bugs=False)
    @given(CASES)
    def check(case: Case) -> None:
        runner.run(stage.check(case))

    check()


def test_it_may_break_at_any_event_and_inside_of_it(stage: Stage, runner: asyncio.Runner, runs: int) -> None:
    cases = [
        Case(dialect, 0, Habit(), [cut, cut])
        for dialect in Dialect
        for events in range(1, _MOST_EVENTS)
        for cut in (Cut(events, inside=0), Cut(events, inside=7), Cut(events, in_character=True))
    ]
    step = max(1, 4 * len(cases) // runs)
    for case in cases[::step]:
        runner.run(stage.check(case))
