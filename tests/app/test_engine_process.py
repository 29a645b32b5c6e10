"""The window's side of the engine: started when needed, replaced when it dies, gone when the window is."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest
from openai import AsyncOpenAI

from desktop_app.app.engine_process import ChildEngine, EngineState, engine_environment
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import Backend, ModelEndpoint
from tests.harness.chat_server import ChatServer
from tests.harness.wait import until


class PlainBackend:
    """As much of a backend as this needs: a client."""

    def __init__(self, base_url: str, key: str) -> None:
        self.client = AsyncOpenAI(base_url=base_url, api_key=key, max_retries=0)
        self.key = key
        self.closed = False

    async def aclose(self) -> None:
        self.closed = True
        await self.client.close()


def _make(base_url: str, key: str) -> Backend:
    return cast("Backend", PlainBackend(base_url, key))


async def _client(engine: ChildEngine) -> PlainBackend:
    return cast("PlainBackend", await engine.backend())


@pytest.fixture
async def engine(home: Path) -> AsyncIterator[ChildEngine]:  # noqa: ARG001 - the engine's, through the environment
    made = ChildEngine(_make)
    yield made
    await made.aclose()


def _shown(pid: int) -> bytes:
    return b"".join(Path(f"/proc/{pid}/{name}").read_bytes() for name in ("cmdline", "environ"))


def _children() -> list[int]:
    listed = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    return [int(pid) for pid in listed.split() if b"--control" in Path(f"/proc/{pid}/cmdline").read_bytes()]


async def test_the_engine_is_started_when_it_is_first_needed(engine: ChildEngine) -> None:
    states: list[EngineState] = []
    engine.state_changed.connect(states.append)
    assert _children() == []
    first, second = await asyncio.gather(engine.backend(), engine.backend())
    assert first is second
    assert [model.id async for model in (await _client(engine)).client.models.list()] == ["built-in-analyst"]
    assert states == [EngineState.STARTING, EngineState.RUNNING]
    await engine.aclose()
    assert states[-1] is EngineState.STOPPED
    assert _children() == []


@pytest.mark.expects_log("The engine has ended")
async def test_an_engine_that_died_is_replaced_and_knows_its_endpoint(engine: ChildEngine) -> None:
    states: list[EngineState] = []
    engine.state_changed.connect(states.append)
    with ChatServer(models=("local",)) as server:
        await engine.use_endpoint(ModelEndpoint(server.base_url, "local", has_key=True), server.key)
        old = await _client(engine)
        (pid,) = _children()
        os.kill(pid, signal.SIGKILL)
        await until(lambda: EngineState.DIED in states)
        new = await _client(engine)
        listed = [model.id async for model in new.client.models.list()]
    assert (old.closed, new.key != old.key) == (True, True)
    assert listed == ["built-in-analyst", "local"]


async def test_an_endpoint_is_checked_by_the_engine(engine: ChildEngine) -> None:
    with ChatServer(models=("one", "two")) as server:
        good = await engine.check_endpoint(server.base_url, server.key, "")
        bad = await engine.check_endpoint(server.base_url, "wrong", "")
    assert (good.models, good.error) == (("one", "two"), None)
    assert bad.error is not None
    assert bad.error.code is ErrorCode.UNAUTHORIZED


async def test_the_sandbox_is_tried_by_the_engine(engine: ChildEngine) -> None:
    status = await engine.sandbox_status()
    assert (status.ok, status.kind) == (True, "bubblewrap")


@pytest.mark.expects_log("The engine (has ended|sent a line that is no JSON object)")
@pytest.mark.parametrize(
    "command", [["/no/such/program"], [sys.executable, "-c", "raise SystemExit(3)"], [sys.executable, "-c", "print(1)"]]
)
async def test_an_engine_that_does_not_start_is_an_error(command: list[str]) -> None:
    engine = ChildEngine(_make, command)
    with pytest.raises(DeskError) as caught:
        await engine.backend()
    await engine.aclose()
    assert caught.value.code is ErrorCode.ENGINE_UNAVAILABLE


async def test_keys_in_the_environment_stay_outside() -> None:
    kept = engine_environment({"PATH": "/bin", "OPENAI_API_KEY": "sk-1", "LC_ALL": "C", "https_proxy": "http://p"})
    assert "OPENAI_API_KEY" not in kept
    assert (kept["PATH"], kept["LC_ALL"], kept["https_proxy"]) == ("/bin", "C", "http://p")


async def test_the_key_is_in_no_argument_and_no_environment(engine: ChildEngine) -> None:
    backend = await _client(engine)
    (pid,) = _children()
    assert backend.key.encode() not in _shown(pid)


async def test_closing_does_not_wait_for_an_engine_that_never_starts() -> None:
    engine = ChildEngine(_make, [sys.executable, "-c", "import sys; sys.stdin.read()"])
    states: list[EngineState] = []
    engine.state_changed.connect(states.append)
    starting = asyncio.create_task(engine.backend())
    await until(lambda: states)
    async with asyncio.timeout(5):
        await engine.aclose()
    with pytest.raises(DeskError):
        await starting
    assert states == [EngineState.STARTING, EngineState.STOPPED]


async def test_a_start_that_nobody_waits_for_any_more_is_given_up_without_a_word(engine: ChildEngine) -> None:
    start = asyncio.create_task(engine.backend())
    await until(_children)
    start.cancel()
    await asyncio.wait({start})
    assert _children() == []
    assert (await _client(engine)).key  # and another one can begin
