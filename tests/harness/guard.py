"""Guards that turn what usually passes silently into failures.

Warnings and Qt messages are pytest's and pytest-qt's own business (`pyproject.toml`). Here are the rest: unexpected log
records, tasks left over at the end of a test, exceptions that nobody awaited, top-level widgets nobody closed, and
processes that outlive the tests.
"""

import asyncio
import contextlib
import gc
import logging
import re
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import psutil
import pytest


class _Collector(logging.Handler):
    """Keeps every record of at least WARNING."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {record.getMessage()}")


def unexpected_logs(patterns: Sequence[str]) -> Iterator[None]:
    """Fail when something logs a warning or worse that matches none of `patterns`."""
    collector = _Collector()
    root = logging.getLogger()
    root.addHandler(collector)
    try:
        yield
    finally:
        root.removeHandler(collector)
    unexpected = [line for line in collector.lines if not any(re.search(pattern, line) for pattern in patterns)]
    if unexpected:
        pytest.fail("Unexpected log records:\n  " + "\n  ".join(unexpected), pytrace=False)


async def lost_tasks() -> AsyncIterator[None]:
    """Fail when a test leaves a task running, or an exception in a task that nobody awaited."""
    loop = asyncio.get_running_loop()
    lost: list[str] = []

    def on_exception(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        lost.append(f"{context.get('message')}: {context.get('exception')!r} in {context.get('future')!r}")

    loop.set_exception_handler(on_exception)
    yield
    for _ in range(3):  # what was cancelled at the very end needs a turn of the loop to be done
        await asyncio.sleep(0)
    gc.collect()  # a lost exception is reported when its task is collected
    loop.set_exception_handler(None)
    left = [repr(task) for task in asyncio.all_tasks(loop) if task is not asyncio.current_task()]
    if left:
        pytest.fail("Tasks left running:\n  " + "\n  ".join(left), pytrace=False)
    if lost:
        pytest.fail("Exceptions nobody awaited:\n  " + "\n  ".join(lost), pytrace=False)


def leaked_widgets() -> Iterator[None]:
    """Fail when a test leaves a top-level widget behind. Never imports Qt by itself."""
    before = _top_level_widgets()
    yield
    if not _top_level_widgets() - before:
        return
    gc.collect()
    leaked = _top_level_widgets() - before
    if leaked:
        pytest.fail("Top-level widgets left behind:\n  " + "\n  ".join(map(repr, leaked)), pytrace=False)


def _top_level_widgets() -> set[object]:
    """Return the top-level widgets there are, without those Qt keeps for itself, such as the tool tip."""
    if "PySide6.QtWidgets" not in sys.modules:
        return set()
    from PySide6.QtCore import QCoreApplication, QEvent  # noqa: PLC0415 - only in a process that has Qt already
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - the same

    if QApplication.instance() is None:
        return set()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return {widget for widget in QApplication.topLevelWidgets() if widget.metaObject().className() != "QTipLabel"}


def left_processes(seconds: float = 5) -> list[str]:
    """Return the command lines of child processes that are still there after `seconds` in which they could end."""
    _, left = psutil.wait_procs(psutil.Process().children(recursive=True), timeout=seconds)
    lines = []
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            lines.append(f"{process.pid}: {' '.join(process.cmdline()) or process.name()}")
    return lines
