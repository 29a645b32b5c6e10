"""The engine and the model behind it."""

import asyncio
from pathlib import Path

import pytest

from desktop_app.domain.entity import EndpointReport, Run, RunState
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import ModelEndpoint
from desktop_app.services import local_engine
from desktop_app.services.local_engine import ANALYST_MODEL, EngineState
from desktop_app.services.notice import NoticeKind
from desktop_app.stores.keychain import MemoryKeychain
from tests.harness.wait import until
from tests.unit.services.bench import Bench

HOME = "http://localhost:1234/v1"
OTHER = "https://other.example/v1"
KEY = "sk-home"
_DONE_LAST = "endpoint.has_key"
"""The setting that is written when everything else about an endpoint has been stored."""


class FailingKeychain(MemoryKeychain):
    """Says the same to everything."""

    def __init__(self, code: ErrorCode) -> None:
        super().__init__()
        self.code: ErrorCode | None = code

    async def get(self, name: str) -> str | None:
        self._fail()
        return await super().get(name)

    async def set(self, name: str, secret: str) -> None:
        self._fail()
        await super().set(name, secret)

    async def delete(self, name: str) -> None:
        self._fail()
        await super().delete(name)

    def _fail(self) -> None:
        if self.code is not None:
            raise DeskError(self.code)


@pytest.fixture(params=[ErrorCode.KEYCHAIN_LOCKED, ErrorCode.KEYCHAIN_MISSING])
async def keychain(request: pytest.FixtureRequest, bench: Bench) -> FailingKeychain:
    """A keychain that takes nothing, in a new session."""
    await bench.desk.aclose()
    bench.keychain = keychain = FailingKeychain(request.param)
    await bench.start()
    return keychain


def holding(folder: Path, secret: str) -> list[Path]:
    """The files with this secret in them."""
    return [path for path in folder.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]


async def ready(bench: Bench) -> None:
    await until(lambda: bench.services.engine.state is EngineState.READY)


async def connected(bench: Bench, base_url: str, key: str | None) -> None:
    await ready(bench)
    bench.engine.used = None
    bench.services.settings.set(_DONE_LAST, "not yet")
    bench.services.engine.connect(base_url, key, "model-x")
    await until(lambda: bench.services.settings.get(_DONE_LAST) != "not yet")


async def test_the_analyst_answers_until_a_model_is_connected(bench: Bench) -> None:
    await ready(bench)
    connection = bench.services.engine
    assert (connection.default_model, connection.model_label) == (ANALYST_MODEL, "")
    await connected(bench, HOME, KEY)
    assert bench.engine.used == (ModelEndpoint(HOME, "model-x", has_key=True), KEY)
    assert (connection.default_model, connection.has_stored_key) == ("model-x", True)
    assert (await bench.answer(bench.new_thread(), "Hello")).model == "model-x"


async def test_complaint_16_the_key_is_in_the_keychain_only(bench: Bench, tmp_path: Path) -> None:
    await connected(bench, HOME, KEY)
    await bench.desk.aclose()
    assert holding(tmp_path, KEY) == []
    await bench.start()


async def test_a_restart_connects_again(bench: Bench) -> None:
    await connected(bench, HOME, KEY)
    bench.engine.used = None
    await bench.restart()
    await ready(bench)
    assert bench.engine.used == (ModelEndpoint(HOME, "model-x", has_key=True), KEY)


async def test_a_stored_key_is_never_sent_to_another_address(bench: Bench) -> None:
    await connected(bench, HOME, KEY)
    reports: list[EndpointReport] = []
    bench.services.engine.checked.connect(reports.append)
    bench.services.engine.check(HOME, None, "")
    await until(lambda: reports)
    bench.services.engine.check(OTHER, None, "")
    await until(lambda: reports[1:])
    assert bench.engine.checked == [(HOME, KEY), (OTHER, "")]
    await connected(bench, OTHER, None)
    assert bench.engine.used == (ModelEndpoint(OTHER, "model-x"), "")
    await connected(bench, HOME, None)
    assert bench.engine.used == (ModelEndpoint(HOME, "model-x", has_key=True), KEY)


@pytest.mark.parametrize("is_broken", [False, True])
async def test_disconnecting_removes_the_key_even_without_an_engine(bench: Bench, is_broken: bool) -> None:
    await connected(bench, HOME, KEY)
    bench.engine.is_broken = is_broken
    bench.services.engine.disconnect()
    name = f"model-endpoint {HOME}"
    keychain = bench.keychain
    assert isinstance(keychain, MemoryKeychain)
    await until(lambda: name not in keychain._secrets)
    assert bench.services.engine.endpoint is None
    assert bench.services.engine.default_model == ANALYST_MODEL
    bench.engine.is_broken = False
    await bench.restart()
    assert bench.services.engine.endpoint is None


async def test_a_keychain_that_takes_nothing_is_said_and_the_key_lasts_for_this_run(
    bench: Bench, keychain: FailingKeychain
) -> None:
    await connected(bench, HOME, KEY)
    assert bench.engine.used == (ModelEndpoint(HOME, "model-x", has_key=True), KEY)
    assert [(notice.kind, notice.error and notice.error.code) for notice in bench.notices] == [
        (NoticeKind.KEY_IN_MEMORY, keychain.code)
    ]
    bench.memory = MemoryKeychain()
    await bench.restart()
    await ready(bench)
    assert bench.services.engine.endpoint == ModelEndpoint(HOME, "model-x")
    assert bench.codes() == []


async def test_a_newer_key_in_the_keychain_replaces_the_one_in_memory(bench: Bench, keychain: FailingKeychain) -> None:
    await connected(bench, HOME, "sk-old")
    keychain.code = None
    await connected(bench, HOME, "sk-new")
    await connected(bench, HOME, None)
    assert bench.engine.used == (ModelEndpoint(HOME, "model-x", has_key=True), "sk-new")


async def test_a_keychain_that_fails_at_the_start_stops_nothing_else(bench: Bench) -> None:
    await connected(bench, HOME, KEY)
    await bench.desk.aclose()
    bench.keychain = FailingKeychain(ErrorCode.KEYCHAIN_LOCKED)
    await bench.start()
    await ready(bench)
    assert bench.engine.used == (ModelEndpoint(HOME, "model-x", has_key=True), "")
    assert bench.codes() == [ErrorCode.KEYCHAIN_LOCKED]
    assert bench.services.engine.sandbox is not None


class LockedKeychain(MemoryKeychain):
    """Waits for the person before it tells a secret."""

    def __init__(self, kept: MemoryKeychain) -> None:
        super().__init__()
        self._secrets = kept._secrets
        self.unlocked = asyncio.Event()

    async def get(self, name: str) -> str | None:
        await self.unlocked.wait()
        return await super().get(name)


@pytest.fixture
async def locked(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> LockedKeychain:
    """A keychain that is locked when a session begins that has an endpoint with a key."""
    monkeypatch.setattr(local_engine, "KEY_SECONDS", 0.01)
    await connected(bench, HOME, KEY)
    await bench.desk.aclose()
    assert isinstance(bench.keychain, MemoryKeychain)
    bench.engine.used = None
    bench.keychain = locked = LockedKeychain(bench.keychain)
    await bench.start()
    return locked


async def test_a_locked_keychain_keeps_nothing_waiting_but_its_model(bench: Bench, locked: LockedKeychain) -> None:
    await ready(bench)
    assert (bench.services.engine.sandbox is not None, bench.engine.used) == (True, None)
    thread_id = bench.new_thread()
    bench.ask(thread_id, "Hello")
    await until(lambda: isinstance(bench.item(thread_id), Run))
    locked.unlocked.set()
    await bench.idle(thread_id)
    assert bench.engine.used == (ModelEndpoint(HOME, "model-x", has_key=True), KEY)
    assert (bench.run(thread_id).state, bench.run(thread_id).model) == (RunState.COMPLETED, "model-x")
    assert bench.codes() == []


async def test_stop_does_not_wait_for_a_locked_keychain(bench: Bench, locked: LockedKeychain) -> None:
    await ready(bench)
    thread_id = bench.new_thread()
    bench.ask(thread_id, "Hello")
    await until(lambda: isinstance(bench.item(thread_id), Run))
    bench.services.conversation.stop(thread_id)
    await bench.idle(thread_id)
    assert bench.run(thread_id).state is RunState.CANCELLED
    assert not locked.unlocked.is_set()


@pytest.mark.parametrize("other", [True, False])
async def test_another_endpoint_or_none_does_not_wait_for_the_key_of_the_last(
    bench: Bench, locked: LockedKeychain, *, other: bool
) -> None:
    await ready(bench)
    if other:
        bench.services.engine.connect(OTHER, "sk-other", "model-y")
    else:
        bench.services.engine.disconnect()
    wanted = (ModelEndpoint(OTHER, "model-y", has_key=True), "sk-other") if other else (None, "")
    await until(lambda: bench.engine.used == wanted)
    locked.unlocked.set()
    await until(lambda: not bench.desk._scope.is_running("connect"))
    assert bench.engine.used == wanted
    run = await bench.answer(bench.new_thread(), "Hello")
    assert (run.state, run.model) == (RunState.COMPLETED, "model-y" if other else ANALYST_MODEL)


async def test_an_engine_that_does_not_start_can_be_started_again(bench: Bench) -> None:
    await bench.desk.aclose()
    bench.engine.is_broken = True
    await bench.start()
    connection = bench.services.engine
    await until(lambda: connection.state is EngineState.FAILED)
    assert connection.error is not None
    assert connection.error.code is ErrorCode.ENGINE_UNAVAILABLE
    bench.engine.is_broken = False
    connection.retry()
    await ready(bench)
    assert connection.error is None


async def test_a_check_can_be_given_up(bench: Bench) -> None:
    await ready(bench)
    reports: list[EndpointReport] = []
    bench.services.engine.checked.connect(reports.append)
    bench.services.engine.check(HOME, "", "")
    bench.services.engine.cancel_check()
    bench.services.engine.check(OTHER, "", "")
    await until(lambda: reports)
    assert [report.base_url for report in reports] == [OTHER]
