"""Blocking calls that wait for a person, and that nobody else must wait for."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from desktop_app.domain.error import DeskError, ErrorCode

T = TypeVar("T")


class Stop:
    """Says, in any thread, that nobody wants a result any more."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._actions: list[Callable[[], object]] = []

    @property
    def is_set(self) -> bool:
        """Whether it was said."""
        return self._event.is_set()

    def set(self) -> None:
        """Says it."""
        with self._lock:
            self._event.set()
            actions, self._actions = self._actions, []
        for action in actions:
            action()

    def then(self, action: Callable[[], object]) -> None:
        """Calls `action`, which must not block, when it is said, or at once if it was."""
        with self._lock:
            if not self._event.is_set():
                self._actions.append(action)
                return
        action()


class Call(Generic[T]):
    """A blocking function in a thread of its own, awaited by any number of tasks; given up when none is left.

    The thread is a daemon, and not one of asyncio's: a program that ends does not wait for it.

    Args:
        work: Raises `DeskError`. It is given what says that nobody wants its result any more.
    """

    def __init__(self, work: Callable[[Stop], T]) -> None:
        self._loop = asyncio.get_running_loop()
        self._result: asyncio.Future[T] = self._loop.create_future()
        self._stop = Stop()
        self._waiting = 0
        threading.Thread(target=self._run, args=(work,), name="entra", daemon=True).start()

    @property
    def is_over(self) -> bool:
        """Whether it has a result, or was given up."""
        return self._result.done()

    async def result(self) -> T:
        """What the function returns.

        Raises:
            DeskError: What it raises.
        """
        self._waiting += 1
        try:
            return await asyncio.shield(self._result)
        finally:
            self._waiting -= 1
            if not self._waiting and not self._result.done():
                self._stop.set()
                self._result.cancel()

    def give_up(self) -> None:
        """Tells everyone who waits that it was cancelled."""
        if not self._result.done():
            self._stop.set()
            self._result.set_exception(DeskError(ErrorCode.SIGN_IN_FAILED, "signed out meanwhile", cause="cancelled"))

    def _run(self, work: Callable[[Stop], T]) -> None:
        outcome: T | DeskError = DeskError(ErrorCode.UNEXPECTED, "the sign-in ended with an exception")
        try:
            outcome = work(self._stop)
        except DeskError as error:
            outcome = error
        finally:  # also for a defect, which the thread's hook reports
            with contextlib.suppress(RuntimeError):  # the loop is closed: the program has ended
                self._loop.call_soon_threadsafe(self._finish, outcome)

    def _finish(self, outcome: T | DeskError) -> None:
        if self._result.done():
            return
        if isinstance(outcome, DeskError):
            self._result.set_exception(outcome)
        else:
            self._result.set_result(outcome)
