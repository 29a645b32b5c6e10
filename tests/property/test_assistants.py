"""Broken streams of the Assistants shape, as the engine sends them."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.backends.assistants import AssistantsBackend, poll
from desktop_app.domain.entity import Run
from desktop_app.services import listener
from tests.contract.chat import ASSISTANT, MODEL
from tests.contract.engine_service import EngineService, scripted_engine
from tests.contract.scenario import Break, Code, Say
from tests.engine.running import KEY
from tests.harness.answering import answering
from tests.harness.responses.stored import Event
from tests.harness.responses.stream import Cut
from tests.property.breakage import CUT, SCRIPTS
from tests.property.listening import Desk, falters, settled, told
from tests.property.replay import Disorder, ReplayService, recorded

KNOWN = [script for script in SCRIPTS if all(isinstance(turn, Code | Say | Break) for turn in script)]


@dataclass(frozen=True, slots=True)
class Case:
    """A run, and what happens to it.

    Attributes:
        is_lost: The connection breaks before the answer to the one POST begins.
    """

    script: int
    disorder: Disorder
    cut: Cut
    is_lost: bool


CASES = st.builds(
    Case,
    script=st.integers(0, len(KNOWN) - 1),
    disorder=st.builds(Disorder, st.booleans(), st.booleans(), st.booleans(), st.sampled_from((2, 10, 1_000))),
    cut=CUT,
    is_lost=st.sampled_from((False, False, False, True)),
)


class Stage:
    """A service that tells the engine's runs, and what each comes to if nothing happens."""

    def __init__(self, service: ReplayService, backend: AssistantsBackend, runs: Sequence[Sequence[Event]]) -> None:
        self._service = service
        self._backend = backend
        self._runs = runs
        self._uncut: dict[int, Run] = {}

    async def check(self, case: Case) -> None:
        """Listens to a run and compares it."""
        if case.script not in self._uncut:
            self._uncut[case.script] = await self._heard(Case(case.script, Disorder(), Cut(), is_lost=False))
        assert told(await self._heard(case)) == told(self._uncut[case.script])

    async def _heard(self, case: Case) -> Run:
        self._service.will(self._runs[case.script], case.disorder, case.cut, is_lost=case.is_lost)
        desk = Desk(self._backend, "thread", "run")
        run = await desk.listen()
        assert falters(desk.shown, run) == []
        assert self._service.posts == 1
        return settled(run)


async def _record(folder: Path) -> list[list[Event]]:
    """What the engine's streams say, script by script."""
    service = EngineService()
    runs = []
    async with scripted_engine(folder, service), httpx2.AsyncClient(headers={"authorization": f"Bearer {KEY}"}) as http:
        backend = AssistantsBackend.local(service.cutter.base_url, KEY)
        assistant_id = await backend.put_assistant(ASSISTANT, MODEL)
        for number, script in enumerate(KNOWN):
            service.will(*script)
            thread_id = await backend.create_thread(f"thread {number}")
            await backend.add_message(thread_id, "Go", (), "question")
            address = f"{service.cutter.base_url}/threads/{thread_id}/runs"
            response = await http.post(address, json={"assistant_id": assistant_id, "stream": True})
            runs.append(recorded(response.text))
        await backend.aclose()
    return runs


@asynccontextmanager
async def _staged(folder: Path) -> AsyncIterator[Stage]:
    service = ReplayService()
    async with answering(service.app) as origin:
        backend = AssistantsBackend.local(f"{origin}/v1", KEY)
        try:
            yield Stage(service, backend, await _record(folder))
        finally:
            await backend.aclose()


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """Return a loop for all runs."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def stage(runner: asyncio.Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """Return a service that answers as long as the test goes on."""
    monkeypatch.setattr(listener, "RECONNECT_DELAYS", (0.0,) * len(listener.RECONNECT_DELAYS))
    monkeypatch.setattr(poll, "_FIRST_SECONDS", 0.0)
    stack = AsyncExitStack()
    try:
        yield runner.run(stack.enter_async_context(_staged(tmp_path)))
    finally:
        runner.run(stack.aclose())


def test_a_broken_stream_ends_in_the_same_transcript(stage: Stage, runner: asyncio.Runner, runs: int) -> None:
    @settings(max_examples=runs, deadline=None, suppress_health_check=list(HealthCheck), report_multiple_bugs=False)
    @given(CASES)
    def check(case: Case) -> None:
        runner.run(stage.check(case))

    check()
