"""Secrets in the keychain of the operating system, and in memory where there is none."""

import asyncio
import concurrent.futures
import contextlib
import hashlib
import secrets
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from desktop_app.domain.error import DeskError, ErrorCode

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

SERVICE = "Assistant Desk"
_LONGEST = 16_384  # characters; more than any key or token
_PART = 600
"""Characters of one entry. Windows takes 1,280 units of UTF-16, of which a character may need two."""
_LONGEST_NAME = 240
"""Characters of a name. Windows takes 512 units of UTF-16, and the number of a part needs some of them."""
_PARTS = "\x1eparts:"
"""Begins an entry that tells where the parts of a long secret are. A secret holds no such character."""


class SystemKeychain:
    """Implements `domain.port.Keychain` over the `keyring` library: Secret Service, KWallet, macOS, Windows.

    The library blocks, and unlocking may ask the person, so every call runs in a thread of its own. One that never
    ends is given up: its thread is a daemon, which ends with the program and keeps nothing from ending. The entries
    are read and written by one thread at a time: on Windows, `keyring` moves an entry aside to write another.

    Args:
        service: Under which name the secrets are filed.
        prompt_seconds: How long the person may take to unlock the keychain. After that it counts as locked.
        call_seconds: How long everything else may take.
    """

    def __init__(self, service: str = SERVICE, prompt_seconds: float = 60.0, call_seconds: float = 15.0) -> None:
        self._service = service
        self._prompt_seconds = prompt_seconds
        self._call_seconds = call_seconds
        self._turn = threading.Lock()

    async def get(self, name: str) -> str | None:
        """See the port."""
        return await self._call(lambda entries: entries.read(name))

    async def set(self, name: str, secret: str) -> None:
        """See the port. Whatever happens, the entry is either the old secret or the new one, whole.

        Raises:
            DeskError: KEY_REJECTED for an empty secret, one with control characters, or one of over 16,384 characters.
        """
        _check(secret)
        await self._call(lambda entries: entries.write(name, secret))

    async def delete(self, name: str) -> None:
        """See the port."""
        await self._call(lambda entries: entries.remove(name))

    async def _call(self, work: Callable[["_Entries"], T]) -> T:
        seconds = self._prompt_seconds + self._call_seconds
        future = _in_thread(lambda: _Entries(self._service, self._prompt_seconds), work, self._in_turn)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                return await asyncio.wrap_future(future)
        raise DeskError(ErrorCode.KEYCHAIN_FAILED, f"no answer in {seconds:g} s")

    @contextlib.contextmanager
    def _in_turn(self) -> Iterator[None]:
        is_mine = self._turn.acquire(timeout=self._call_seconds)  # or another hangs: it shall not keep this one
        try:
            yield
        finally:
            if is_mine:
                self._turn.release()


class MemoryKeychain:
    """Implements `domain.port.Keychain` for this run only: nothing is written anywhere."""

    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}

    async def get(self, name: str) -> str | None:
        """See the port."""
        return self._secrets.get(name)

    async def set(self, name: str, secret: str) -> None:
        """See the port.

        Raises:
            DeskError: KEY_REJECTED, for the same secrets as `SystemKeychain`.
        """
        _check(secret)
        self._secrets[name] = secret

    async def delete(self, name: str) -> None:
        """See the port."""
        self._secrets.pop(name, None)


def _check(secret: str) -> None:
    if not secret or not secret.isprintable():
        raise DeskError(ErrorCode.KEY_REJECTED, cause="characters")
    if len(secret) > _LONGEST:
        raise DeskError(ErrorCode.KEY_REJECTED, cause="length", limit=_LONGEST)


class _Entries:
    """The keychain's entries; blocks. A long secret is a head and parts, whose names change with each writing."""

    def __init__(self, service: str, prompt_seconds: float) -> None:
        self._service = service
        self._backend = _backend()
        if _is_secret_service(self._backend):
            _unlock(prompt_seconds)

    def read(self, name: str) -> str | None:
        name = _entry_name(name)
        head = self._backend.get_password(self._service, name)
        if head is None or not head.startswith(_PARTS):
            return head
        parts = [self._backend.get_password(self._service, part) for part in _part_names(name, head)]
        if any(part is None for part in parts):
            raise DeskError(ErrorCode.KEYCHAIN_FAILED, "a part of the secret is missing")
        return "".join(part for part in parts if part is not None)

    def write(self, name: str, secret: str) -> None:
        name = _entry_name(name)
        old = self._backend.get_password(self._service, name)
        head = secret
        if len(secret) > _PART:
            head = f"{_PARTS}{secrets.token_hex(4)}:{-(-len(secret) // _PART)}"
            for start, part in zip(range(0, len(secret), _PART), _part_names(name, head), strict=True):
                self._backend.set_password(self._service, part, secret[start : start + _PART])
        self._backend.set_password(self._service, name, head)
        self._remove_parts(name, old)

    def remove(self, name: str) -> None:
        name = _entry_name(name)
        old = self._backend.get_password(self._service, name)
        if old is not None:
            self._backend.delete_password(self._service, name)
            self._remove_parts(name, old)

    def _remove_parts(self, name: str, head: str | None) -> None:
        for part in _part_names(name, head or ""):
            if self._backend.get_password(self._service, part) is not None:
                self._backend.delete_password(self._service, part)


def _entry_name(name: str) -> str:
    """The name itself, or if it is too long its beginning and what tells it from others that begin so."""
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[: _LONGEST_NAME // 2]} [{hashlib.sha256(name.encode()).hexdigest()}]"


def _part_names(name: str, head: str) -> Iterator[str]:
    if not head.startswith(_PARTS):
        return
    writing, _, count = head.removeprefix(_PARTS).partition(":")
    if count.isdecimal() and int(count) <= _LONGEST // _PART + 1:
        yield from (f"{name} [{writing}/{number}]" for number in range(1, int(count) + 1))


def _backend() -> "KeyringBackend":
    """The keychain of this system. What the library does not recommend, such as a file, is none."""
    import keyring  # noqa: PLC0415 - takes 0.1 s and asks the message bus: not before the first secret

    backend = keyring.get_keyring()
    try:
        is_recommended = backend.priority >= 1
    except RuntimeError:  # it was there when the program began
        is_recommended = False
    if not is_recommended:
        raise DeskError(ErrorCode.KEYCHAIN_MISSING, type(backend).__module__)
    return backend


def _is_secret_service(backend: "KeyringBackend") -> bool:
    chained = getattr(backend, "backends", (backend,))
    return any(type(each).__module__ == "keyring.backends.SecretService" for each in chained)


def _unlock(seconds: float) -> None:
    """Has the person unlock the Secret Service. Without this, `keyring` would wait for the prompt for ever.

    The prompt is left to the person when the time is up: an answer given later helps the next try. (Taking it away with
    `Prompt.Dismiss` kills gnome-keyring 42.)
    """
    if sys.platform != "linux":
        return
    import secretstorage  # noqa: PLC0415 - there on Linux only

    with contextlib.closing(secretstorage.dbus_init()) as connection:
        try:
            collection = secretstorage.Collection(connection)
            is_locked = collection.is_locked() and (collection.unlock(timeout=seconds) or collection.is_locked())
        except secretstorage.ItemNotFoundException:
            return  # there is none yet: the first secret makes it
        except TimeoutError:
            is_locked = True
    if is_locked:
        raise DeskError(ErrorCode.KEYCHAIN_LOCKED, "the keychain was not unlocked")


def _in_thread(
    open_: Callable[[], _Entries],
    work: Callable[[_Entries], T],
    in_turn: Callable[[], contextlib.AbstractContextManager[None]],
) -> "concurrent.futures.Future[T]":
    """Starts `work` in a daemon thread: a pool would wait for a hanging call when the program ends."""
    future: concurrent.futures.Future[T] = concurrent.futures.Future()

    def run() -> None:
        try:
            entries = open_()
            with in_turn():
                # Not earlier: what was given up while the person unlocked must not replace what was written since.
                if future.set_running_or_notify_cancel():
                    future.set_result(work(entries))
        except DeskError as error:
            _fail(future, error)
        except _failures() as error:
            _fail(future, _translated(error))
        finally:
            _fail(future, DeskError(ErrorCode.KEYCHAIN_FAILED, "a defect in the keychain's library"))

    threading.Thread(target=run, name="keychain", daemon=True).start()
    return future


def _fail(future: "concurrent.futures.Future[T]", error: DeskError) -> None:
    """Ends a call that has not ended and that somebody waits for."""
    if not future.done() and (future.running() or future.set_running_or_notify_cancel()):
        future.set_exception(error)


def _failures() -> tuple[type[Exception], ...]:
    """What keychains raise: keyring's errors, and those of the libraries below that it lets through."""
    below = (
        ("keyring.errors", "KeyringError"),
        ("secretstorage.exceptions", "SecretStorageException"),
        ("jeepney.wrappers", "DBusErrorResponse"),
        ("win32ctypes.pywin32.pywintypes", "error"),
    )
    found = (getattr(sys.modules.get(module), name, None) for module, name in below)
    return (OSError, RuntimeError, ValueError, *(kind for kind in found if kind is not None))


def _translated(error: Exception) -> DeskError:
    """The error without its text and its trace, which may hold the secret (a `UnicodeDecodeError` does)."""
    causes = (error, error.__cause__)
    names = {kind.__name__ for cause in causes if cause is not None for kind in type(cause).__mro__}
    if "NoKeyringError" in names or "SecretServiceNotAvailableException" in names:
        code = ErrorCode.KEYCHAIN_MISSING
    elif names & {"KeyringLocked", "LockedException", "PromptDismissedException"}:
        code = ErrorCode.KEYCHAIN_LOCKED
    else:
        code = ErrorCode.KEYCHAIN_FAILED
    return DeskError(code, type(error).__name__)
