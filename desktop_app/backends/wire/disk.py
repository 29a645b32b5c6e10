"""Files that are opened in a thread, by tasks that may be cancelled meanwhile."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def opened(work: Callable[[], T], undo: Callable[[T], object]) -> T:
    """Runs `work` in a thread and returns what it opened.

    If the task is cancelled before that is there, `undo` gets it as soon as it is: a thread cannot be stopped.
    """
    opening = asyncio.get_running_loop().run_in_executor(None, work)

    def give_up(done: asyncio.Future[T]) -> None:
        if not done.cancelled() and done.exception() is None:
            undo(done.result())

    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(give_up)
        raise
