"""Fixtures and guards of all tests. Imports no Qt: everything below `gui` is tested without PySide6 too."""

import asyncio
import gc
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.harness import guard
from tests.harness.secret import traces

LoopFactory = Callable[[], asyncio.AbstractEventLoop]
QT_FOLDERS = {"gui", "app"}
"""The folders of `tests` whose coroutines run on Qt's event loop, as they do in the application."""


@pytest.fixture(autouse=True)
def _no_unexpected_logs(request: pytest.FixtureRequest) -> Iterator[None]:
    patterns = [str(mark.args[0]) for mark in request.node.iter_markers("expects_log")]
    yield from guard.unexpected_logs(patterns)


@pytest.fixture(autouse=True)
def _no_leaked_widgets() -> Iterator[None]:
    yield from guard.leaked_widgets()


@pytest.fixture
async def _no_lost_tasks() -> AsyncIterator[None]:
    async for _ in guard.lost_tasks():
        yield


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a fresh folder that holds everything the application stores during the test; afterwards no secret."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("ASSISTANT_DESK_HOME", str(folder))
    yield folder
    assert traces(folder) == [], "a key of some test is where it must not be"


def _uses_qt(item: pytest.Item) -> bool:
    parts = item.path.relative_to(item.config.rootpath).parts
    return len(parts) > 1 and parts[1] in QT_FOLDERS


def _qt_loop() -> asyncio.AbstractEventLoop:
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - Qt is imported only by tests that use it

    from desktop_app.app.loop import QtLoop  # noqa: PLC0415 - the same

    loop: asyncio.AbstractEventLoop = QtLoop(QApplication.instance())
    return loop


def pytest_asyncio_loop_factories(item: pytest.Item) -> Mapping[str, LoopFactory]:
    """Run coroutines of the window's tests on Qt's loop, all others on asyncio's own."""
    return {"qt": _qt_loop} if _uses_qt(item) else {"asyncio": asyncio.new_event_loop}


def pytest_itemcollected(item: pytest.Item) -> None:
    """Put the guard around every coroutine, and the QApplication before Qt's loop."""
    if isinstance(item, pytest.Function) and asyncio.iscoroutinefunction(item.obj):
        item.fixturenames.insert(0, "_no_lost_tasks")
        if _uses_qt(item):
            item.fixturenames.insert(0, "qapp")


def pytest_collection_finish() -> None:
    """Keep what the collection made out of the collector's way: the guards collect garbage often."""
    gc.collect()
    gc.freeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail in words, not by Qt's abort, when a test of the window has no display."""
    has_display = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    if sys.platform == "linux" and not has_display and "qapp" in getattr(item, "fixturenames", ()):
        pytest.fail("No display. Run `python3 installers/dev.py pytest` instead, which brings one.", pytrace=False)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the whole run when an engine, a sandbox or any other process outlives it."""
    left = guard.left_processes()
    if left:
        sys.stderr.write("\nProcesses left running:\n  " + "\n  ".join(left) + "\n")
        session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED
