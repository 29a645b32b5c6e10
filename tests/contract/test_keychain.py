"""The keychains: the system's own, one with the limits of Windows, memory; and those that are not as they should be."""

import asyncio
import contextlib
import sys
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterator, Sequence

import keyring
import keyring.backends.fail
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.errors import KeyringError, KeyringLocked, PasswordDeleteError

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import Keychain
from desktop_app.stores.keychain import MemoryKeychain, SystemKeychain
from tests.contract import credential_manager
from tests.contract.keychain import KEY, LONG, KeychainContract
from tests.harness.wait import until

if sys.platform == "linux":
    from tests.harness import secret_service


@contextlib.contextmanager
def backend_in_use(backend: KeyringBackend) -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(backend)
    try:
        yield
    finally:
        keyring.set_keyring(before)


def service() -> str:
    return f"Assistant Desk test {uuid.uuid4()}"


class WindowsLimits(KeyringBackend):
    """Takes what the Credential Manager takes: 2,560 bytes of UTF-16 an entry.

    Its argument keeps `keyring` from finding it by itself: it makes those that need none.
    """

    priority = 5

    def __init__(self, entries: dict[tuple[str, str], str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's own
        self.entries = entries

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if len(password.encode("utf-16-le")) > 2_560:
            raise OSError("The stub received bad data.")
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError("not found")


class Failing(WindowsLimits):
    """Fails in the way it is told."""

    def __init__(self, fail: Callable[[], object]) -> None:
        super().__init__({})
        self.fail = fail
        self.calls = 0

    def get_password(self, service: str, username: str) -> str | None:
        self.calls += 1
        self.fail()
        return super().get_password(service, username)


class Chained(ChainerBackend):
    """The system's keychain and another; its argument as above."""

    priority = 10
    backends: Sequence[KeyringBackend] = ()

    def __init__(self, backends: Sequence[KeyringBackend]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring's own
        self.backends = backends


class SlowToOpen(WindowsLimits):
    """Is there when the person has unlocked it."""

    def __init__(self, unlocked: threading.Event) -> None:
        super().__init__({})
        self.unlocked = unlocked
        self.waiting = 0

    @property
    def priority(self) -> int:  # type: ignore[override]  # keyring asks the class too
        self.waiting += 1
        self.unlocked.wait()
        return 5


class TestSystemKeychain(KeychainContract):
    @pytest.fixture
    def keychain(self) -> Keychain:
        if sys.platform == "linux":
            secret_service.require()
        return SystemKeychain(service())


class TestChainedKeychains(KeychainContract):
    """What `keyring` uses where it finds several: the first of them is asked first."""

    @pytest.fixture
    def keychain(self) -> Iterator[Keychain]:
        if sys.platform == "linux":
            secret_service.require()
        with backend_in_use(Chained([keyring.get_keyring(), WindowsLimits({})])):
            yield SystemKeychain(service())


class TestWindowsLimits(KeychainContract):
    @pytest.fixture
    def keychain(self) -> Iterator[Keychain]:
        with backend_in_use(WindowsLimits({})):
            yield SystemKeychain(service())


class TestCredentialManager(KeychainContract):
    """`keyring`'s own code for Windows, over credentials that have the documented limits."""

    @pytest.fixture
    def keychain(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keychain]:
        backend, _manager = credential_manager.installed(monkeypatch)
        with backend_in_use(backend):
            yield SystemKeychain(service())


class TestMemoryKeychain(KeychainContract):
    @pytest.fixture
    def keychain(self) -> Keychain:
        return MemoryKeychain()


async def test_two_runs_see_the_same() -> None:
    name = service()
    await SystemKeychain(name).set("endpoint", LONG)
    assert await SystemKeychain(name).get("endpoint") == LONG
    assert await SystemKeychain(service()).get("endpoint") is None


async def test_nothing_is_left_of_a_long_secret() -> None:
    backend = WindowsLimits({})
    with backend_in_use(backend):
        keychain = SystemKeychain(service())
        await keychain.set("endpoint", LONG)
        await keychain.set("endpoint", LONG[::-1])
        assert len(backend.entries) == 1 + len(LONG) // 600 + 1
        await keychain.delete("endpoint")
    assert backend.entries == {}


async def test_nothing_is_left_in_the_credential_manager(monkeypatch: pytest.MonkeyPatch) -> None:
    backend, manager = credential_manager.installed(monkeypatch)
    with backend_in_use(backend):
        keychain = SystemKeychain(service())
        for name in ("one", "two"):
            await keychain.set(name, LONG)
        for name in ("one", "two"):
            await keychain.delete(name)
    assert manager.by_target == {}


async def test_what_the_credential_manager_refuses_is_a_failure_without_the_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    backend, manager = credential_manager.installed(monkeypatch)
    monkeypatch.setattr("desktop_app.stores.keychain._PART", 2_000)
    with backend_in_use(backend), pytest.raises(DeskError) as caught:
        await SystemKeychain(service()).set("endpoint", LONG)
    assert caught.value.code is ErrorCode.KEYCHAIN_FAILED
    assert LONG[:50] not in "".join(traceback.format_exception(caught.value))
    assert manager.by_target == {}


async def test_a_writing_that_fails_keeps_the_old_secret() -> None:
    backend = WindowsLimits({})
    with backend_in_use(backend):
        keychain = SystemKeychain(service())
        await keychain.set("endpoint", LONG)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("desktop_app.stores.keychain._PART", 2_000)
            with pytest.raises(DeskError):
                await keychain.set("endpoint", LONG[::-1])
        assert await keychain.get("endpoint") == LONG


async def test_no_keychain() -> None:
    with backend_in_use(keyring.backends.fail.Keyring()), pytest.raises(DeskError) as caught:  # type: ignore[no-untyped-call]  # keyring's own
        await SystemKeychain(service()).get("endpoint")
    assert caught.value.code is ErrorCode.KEYCHAIN_MISSING


if sys.platform == "linux":  # elsewhere no program can lock the keychain

    @pytest.mark.parametrize("is_chained", [False, True])
    async def test_a_locked_keychain(*, is_chained: bool) -> None:
        name = service()
        keychain = SystemKeychain(name, prompt_seconds=0.5)
        await keychain.set("endpoint", KEY)
        own = keyring.get_keyring()
        with secret_service.locked(), backend_in_use(Chained([own, WindowsLimits({})]) if is_chained else own):
            for attempt in (keychain.get("endpoint"), keychain.set("endpoint", "x"), keychain.delete("endpoint")):
                began = time.monotonic()
                with pytest.raises(DeskError) as caught:
                    await attempt
                assert caught.value.code is ErrorCode.KEYCHAIN_LOCKED
                assert time.monotonic() - began < 5
        assert await keychain.get("endpoint") == KEY


def fail_with(error: BaseException) -> Callable[[], object]:
    def fail() -> None:
        raise error

    return fail


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (KeyringLocked("dismissed"), ErrorCode.KEYCHAIN_LOCKED),
        (KeyringError(f"cannot store {KEY}"), ErrorCode.KEYCHAIN_FAILED),
        (OSError(f"1783 {KEY}"), ErrorCode.KEYCHAIN_FAILED),
        (UnicodeDecodeError("utf-8", KEY.encode(), 0, 1, KEY), ErrorCode.KEYCHAIN_FAILED),
    ],
)
async def test_a_failing_keychain(error: Exception, code: ErrorCode, caplog: pytest.LogCaptureFixture) -> None:
    with backend_in_use(Failing(fail_with(error))), pytest.raises(DeskError) as caught:
        await SystemKeychain(service()).set("endpoint", KEY)
    assert caught.value.code is code
    assert KEY not in "".join(traceback.format_exception(caught.value)) + caplog.text


async def test_a_keychain_that_never_answers() -> None:
    answer = threading.Event()
    try:
        with backend_in_use(Failing(answer.wait)), pytest.raises(DeskError) as caught:
            await SystemKeychain(service(), prompt_seconds=0, call_seconds=0.1).get("endpoint")
    finally:
        answer.set()
    assert caught.value.code is ErrorCode.KEYCHAIN_FAILED


async def test_a_key_that_was_given_up_does_not_replace_a_later_one() -> None:
    unlocked = threading.Event()
    backend = SlowToOpen(unlocked)
    with backend_in_use(backend):
        keychain = SystemKeychain(service())
        first = asyncio.create_task(keychain.set("endpoint", "with a typing mistake"))
        await until(lambda: backend.waiting == 1)
        first.cancel()
        second = asyncio.create_task(keychain.set("endpoint", KEY))
        await until(lambda: first.done() and backend.waiting == 2)
        unlocked.set()
        await second
        await until(lambda: not any(thread.name == "keychain" for thread in threading.enumerate()))
    assert list(backend.entries.values()) == [KEY]


async def test_two_calls_are_never_among_the_entries_at_once() -> None:
    both = threading.Barrier(2)
    met: list[int] = []
    backend = Failing(lambda: met.append(both.wait(0.05)))
    with backend_in_use(backend):
        keychain = SystemKeychain(service())
        await asyncio.gather(keychain.get("one"), keychain.set("two", KEY), return_exceptions=True)
    assert (met, both.broken) == ([], True)


async def test_a_call_that_hangs_does_not_keep_the_next_from_answering() -> None:
    answer = threading.Event()
    backend = Failing(answer.wait)
    keychain = SystemKeychain(service(), prompt_seconds=5, call_seconds=0.1)
    with backend_in_use(backend):
        hanging = asyncio.create_task(keychain.get("endpoint"))
        await until(lambda: backend.calls == 1)
        backend.fail = lambda: None
        assert await keychain.get("endpoint") is None
        answer.set()
        assert await hanging is None


async def test_keyring_is_not_imported_before_the_first_secret() -> None:
    program = "import sys, desktop_app.stores.keychain as k; k.SystemKeychain(); sys.exit('keyring' in sys.modules)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program)
    assert await process.wait() == 0
