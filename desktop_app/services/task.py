"""Who runs in the background: the only place that creates tasks."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from desktop_app.domain.emitter import Emitter
from desktop_app.domain.error import DeskError, ErrorCode, ErrorInfo

_log = logging.getLogger(__name__)


T = TypeVar("T")


async def unless(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T:
    """Waits for `work`, or gives it up when `stop` is set.

    Raises:
        DeskError: CANCELLED, if `stop` was set first.
    """
    task = asyncio.ensure_future(work)
    stopped = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise DeskError(ErrorCode.CANCELLED)
        return task.result()
    finally:
        for left in (task, stopped):
            left.cancel()
        await asyncio.wait({task, stopped})
        if not task.cancelled():
            task.exception()  # of work that was given up, nobody wants to know


class TaskScope:
    """Owns tasks by the name of their slot: a second start in a slot cancels the first.

    Attributes:
        failed: Says what ended a task that was not cancelled: a `DeskError` as it is, anything else (a defect)
            as `UNEXPECTED`, with its traceback in the log.
    """

    def __init__(self) -> None:
        self.failed: Emitter[ErrorInfo] = Emitter()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._writes: set[asyncio.Task[None]] = set()
        self._leaving: set[asyncio.Task[None]] = set()
        self._closed = False

    def start(
        self,
        slot: str,
        work: Coroutine[Any, Any, None],
        on_failure: Callable[[ErrorInfo], object] | None = None,
    ) -> None:
        """Runs `work` in `slot`. After `aclose` it does nothing.

        Args:
            slot: The name of what is done; one task a slot.
            work: What is done.
            on_failure: Takes the error of this task instead of `failed`.
        """
        if self._closed:
            work.close()
            return
        self.cancel(slot)
        task = asyncio.get_running_loop().create_task(self._guard(work, on_failure or self.failed.emit), name=slot)
        self._tasks[slot] = task
        task.add_done_callback(lambda done: self._forget(slot, done))
        task.add_done_callback(lambda _: work.close())  # for one that was cancelled before it began

    def write(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs work that must not be lost: nothing cancels it, and `aclose` waits for it."""
        task = asyncio.get_running_loop().create_task(self._guard(work, self.failed.emit))
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)

    def is_running(self, slot: str) -> bool:
        """Whether the slot has a task that has not ended."""
        return slot in self._tasks

    def cancel(self, slot: str) -> None:
        """Cancels the slot's task, if there is one."""
        task = self._tasks.pop(slot, None)
        if task is not None:
            task.cancel()
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    async def aclose(self) -> None:
        """Cancels everything but writes, and waits until all of it has ended."""
        self._closed = True
        for slot in tuple(self._tasks):
            self.cancel(slot)
        while waiting := self._leaving | self._writes:
            await asyncio.wait(waiting)

    def _forget(self, slot: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(slot) is task:
            del self._tasks[slot]

    async def _guard(self, work: Coroutine[Any, Any, None], on_failure: Callable[[ErrorInfo], object]) -> None:
        try:
            await work
        except DeskError as error:
            on_failure(error.info)
        except Exception as error:  # noqa: BLE001 - a defect in one task must reach the person and the log
            _log.exception("A background task failed")
            on_failure(ErrorInfo(ErrorCode.UNEXPECTED, {"type": type(error).__name__}))
