"""How the program ends: by a signal, by a defect, in a process of its own."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from desktop_app.app.crash import CrashHandler, last_resort
from desktop_app.app.signal_watch import SignalWatch
from desktop_app.domain.error import ErrorCode, ErrorInfo
from tests.harness.source import ROOT
from tests.harness.wait import until


@pytest.fixture
def crashes() -> Iterator[CrashHandler]:
    before = sys.excepthook, threading.excepthook
    handler = CrashHandler()
    yield handler
    sys.excepthook, threading.excepthook = before


@pytest.mark.expects_log("Uncaught exception")
def test_a_defect_reaches_log_and_person(crashes: CrashHandler, caplog: pytest.LogCaptureFixture) -> None:
    seen: list[ErrorInfo] = []
    crashes.failed.connect(seen.append)
    error = ZeroDivisionError("a defect")
    crashes._on_exception(ZeroDivisionError, error, None)
    assert [info.data["type"] for info in seen] == ["ZeroDivisionError"]
    assert "a defect" in caplog.text


@pytest.mark.expects_log("The event loop reports")
async def test_what_the_loop_reports_reaches_the_person(crashes: CrashHandler) -> None:
    seen: list[ErrorInfo] = []
    crashes.failed.connect(seen.append)
    loop = asyncio.get_running_loop()
    crashes.watch(loop)
    loop.call_exception_handler({"message": "lost", "exception": KeyError("x")})
    assert [info.code for info in seen] == [ErrorCode.UNEXPECTED]


@pytest.mark.expects_log("cannot go on")
def test_a_start_that_fails_says_so_and_returns_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QApplication, "instance", lambda: None)  # so that no message box waits for a click

    def fail() -> int:
        raise RuntimeError("no way")

    assert last_resort(fail) == 1
    assert "RuntimeError: no way" in capsys.readouterr().err


@pytest.mark.usefixtures("qapp")
async def test_a_signal_is_noticed_while_qt_sleeps() -> None:
    parent = QObject()
    stopped: list[bool] = []
    watch = SignalWatch(lambda: stopped.append(True), parent)
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        await until(lambda: stopped)
    finally:
        watch.close()
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def threads(database: Path) -> int:
    """Return how many threads another process has stored."""
    if not database.exists():
        return 0
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'thread'").fetchone():
            return 0
        return int(connection.execute("SELECT count(*) FROM thread").fetchone()[0])


async def test_sigterm_ends_window_and_engine_in_order(home: Path, tmp_path: Path) -> None:
    attached = tmp_path / "table.csv"
    attached.write_text("a,b\n1,2\n")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "desktop_app", str(attached), cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    await until(lambda: threads(home / "data" / "archive.sqlite"), seconds=30)
    process.terminate()
    async with asyncio.timeout(10):
        _, errors = await process.communicate()
    assert (process.returncode, errors) == (0, b"")
    log = (home / "log" / "window.log").read_text()
    assert "ERROR" not in log
    assert "CRITICAL" not in log


def test_the_self_test_passes_here(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "desktop_app", "self-test"], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["ok"] * 6
    assert list(home.iterdir()) == []
