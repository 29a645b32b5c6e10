"""Who runs in the background: the only place that creates tasks."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from desktop_app.domain.emitter import Emitter
from desktop_app.domain.error import DeskError, ErrorCode, ErrorInfo

_log = logging.getLogger(__name__)


class TaskScope:
    """Owns tasks by the name of their slot: a second start in a slot cancels the first.

    Attributes:
        failed: Says what ended a task that was not cancelled: a `DeskError` as it is, anything else (a defect)
            as `UNEXPECTED`, with its traceback in the log.
    """

    def __init__(self) -> None:
        self.failed: Emitter[ErrorInfo] = Emitter()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._closed = False

    def start(self, slot: str, work: Coroutine[Any, Any, None]) -> None:
        """Runs `work` in `slot`. After `aclose` it does nothing."""
        if self._closed:
            work.close()
            return
        self.cancel(slot)
        task = asyncio.get_running_loop().create_task(self._guard(work), name=slot)
        self._tasks[slot] = task
        task.add_done_callback(lambda done: self._forget(slot, done))

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
        """Cancels everything and waits until it has ended."""
        self._closed = True
        for slot in tuple(self._tasks):
            self.cancel(slot)
        while self._leaving:
            await asyncio.wait(self._leaving)

    def _forget(self, slot: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(slot) is task:
            del self._tasks[slot]

    async def _guard(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except DeskError as error:
            self.failed.emit(error.info)
        except Exception as error:
            _log.exception("A background task failed")
            self.failed.emit(ErrorInfo(ErrorCode.UNEXPECTED, {"type": type(error).__name__}))
