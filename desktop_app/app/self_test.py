"""Checks an installation: builds the window, and runs one piece of code through engine and sandbox."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QGuiApplication

from desktop_app.app.composition import compose
from desktop_app.app.loop import QtLoop
from desktop_app.app.main import make_application, open_window
from desktop_app.domain.entity import Answer, CodeStep, Run, RunState, StepState, TextPart
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.gui.presenter.workspace import Workspace
from desktop_app.gui.text import describe, details
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.window import MainWindow
from desktop_app.services.desk import Desk
from desktop_app.services.local_engine import EngineState, LocalEngine
from desktop_app.stores.keychain import MemoryKeychain
from desktop_app.stores.settings import JsonSettings
from desktop_app.system.path import HOME_VARIABLE, Place, locate

QUESTION = "Solve 3x + 11 = 14"
ANSWER = "1"
_PAINT_MS = 10_000
_ENGINE_SECONDS = 60
_RUN_SECONDS = 120


def run() -> int:
    """Check every part, report on standard output, and return 0 if all of them work, else 1.

    Nothing of what the person has stored is read or changed.
    """
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    report = _Report()
    with tempfile.TemporaryDirectory(prefix="assistant-desk-self-test-") as folder:
        os.environ[HOME_VARIABLE] = folder  # the engine is a process of its own and finds its place by this
        place = locate().make()
        settings = JsonSettings(place.settings)
        app = make_application()
        with report.part("window") as say:
            theme, window = open_window(app, settings)
            _wait_for_paint(window)
            say(f"painted ({QGuiApplication.platformName()}, {window.width()} x {window.height()})")
        if report.is_good:
            with asyncio.Runner(loop_factory=lambda: QtLoop(app)) as runner:
                runner.run(_check(report, theme, window, place, settings))
    return report.end()


class WrongAnswerError(Exception):
    """The code step did not do what it should; the message says what it did."""


class _Say:
    """Takes what a part has to say about itself."""

    def __init__(self) -> None:
        self.words = ""

    def __call__(self, words: str) -> None:
        self.words = words


class _Report:
    """One line for each part."""

    def __init__(self) -> None:
        self.is_good = True

    @contextmanager
    def part(self, name: str) -> Iterator[_Say]:
        """Report how the block went, with what it said. Errors that can be expected end up in the report."""
        say = _Say()
        began = time.monotonic()
        try:
            yield say
        except DeskError as error:
            self._line("FAILED", name, describe(error.info).title)
            sys.stdout.write(details(error.info) + "\n")
            self.is_good = False
        except (TimeoutError, OSError, WrongAnswerError) as error:
            self._line("FAILED", name, str(error) or "took too long")
            self.is_good = False
        else:
            self._line("ok", name, f"{say.words}, {time.monotonic() - began:.1f} s")

    def end(self) -> int:
        """Write the verdict and return the exit code."""
        self._line("ok" if self.is_good else "FAILED", "self-test", "")
        return 0 if self.is_good else 1

    def _line(self, verdict: str, name: str, words: str) -> None:
        sys.stdout.write(f"{verdict:<7} {name:<10} {words}".rstrip() + "\n")
        sys.stdout.flush()


def _wait_for_paint(window: MainWindow) -> None:
    loop = QEventLoop()
    late = QTimer(singleShot=True, interval=_PAINT_MS)
    late.timeout.connect(loop.quit)
    window.painted.connect(loop.quit)
    late.start()
    loop.exec()
    if not late.isActive():
        raise TimeoutError("it was not painted")


async def _check(report: _Report, theme: Theme, window: MainWindow, place: Place, settings: JsonSettings) -> None:
    desk: Desk | None = None
    try:
        with report.part("archive") as say:
            desk = await compose(place, MemoryKeychain(), settings)
            await desk.start()
            say("opened")
        if desk is not None and report.is_good:
            workspace = Workspace(window, desk.services, theme, place.log / "window.log")
            workspace.open()
            await _check_engine(report, desk)
            if report.is_good:
                with report.part("code step") as say:
                    say(await _ask(desk, workspace.session.thread_id))
            workspace.close()
    finally:
        if desk is not None:
            await desk.aclose()
        window.close()


async def _check_engine(report: _Report, desk: Desk) -> None:
    connection = desk.services.engine
    with report.part("engine") as say:
        await _until_settled(connection)
        if connection.error is not None:
            raise DeskError(connection.error.code, connection.error.detail, **connection.error.data)
        say(f"answers, {len(connection.models)} model")
    sandbox = connection.sandbox
    if report.is_good and sandbox is not None:
        with report.part("sandbox") as say:
            if not sandbox.ok:
                data = {"reason": sandbox.reason, "install": sandbox.install}
                raise DeskError(ErrorCode.SANDBOX_UNAVAILABLE, sandbox.reason, **data)
            say(sandbox.kind)


async def _until_settled(connection: LocalEngine) -> None:
    settled = asyncio.Event()
    disconnect = connection.changed.connect(
        lambda _: settled.set() if connection.state is not EngineState.STARTING else None
    )
    if connection.state is EngineState.STARTING:
        async with asyncio.timeout(_ENGINE_SECONDS):
            await settled.wait()
    disconnect()


async def _ask(desk: Desk, thread_id: str) -> str:
    """Asks the question and returns what to report.

    Raises:
        DeskError: the run ended with an error.
        TimeoutError: it did not end.
        WrongAnswerError: it ended without the right answer from code that ran.
    """
    ended: asyncio.Future[Run] = asyncio.get_running_loop().create_future()
    disconnect = desk.services.conversation.run_ended.connect(
        lambda run: None if ended.done() else ended.set_result(run)
    )
    desk.services.conversation.ask(thread_id, QUESTION)
    async with asyncio.timeout(_RUN_SECONDS):
        run = await ended
    disconnect()
    if run.error is not None:
        raise DeskError(run.error.code, run.error.detail, **run.error.data)
    steps = [item for item in run.items if isinstance(item, CodeStep) and item.state is StepState.COMPLETED]
    parts = [part for item in run.items if isinstance(item, Answer) for part in item.parts]
    text = " ".join(part.text for part in parts if isinstance(part, TextPart))
    if run.state is not RunState.COMPLETED or not steps or ANSWER not in text:
        raise WrongAnswerError(f"the answer is not {ANSWER}: {run.state}, {len(steps)} steps, {text!r}")
    return f"{QUESTION}: {' '.join(text.split())[:60]}"
