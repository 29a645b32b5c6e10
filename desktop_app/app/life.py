"""The window's life after its first paint: loop, services, and an end that loses nothing."""

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from desktop_app.app.composition import compose
from desktop_app.app.crash import CrashHandler
from desktop_app.app.loop import QtLoop
from desktop_app.app.signal_watch import SignalWatch
from desktop_app.domain.error import DeskError
from desktop_app.gui.measure import choose_locale
from desktop_app.gui.presenter.obstacle import show_obstacle
from desktop_app.gui.presenter.workspace import Workspace
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.window import MainWindow
from desktop_app.stores.keychain import SystemKeychain
from desktop_app.stores.settings import JsonSettings
from desktop_app.system import log, resource
from desktop_app.system.path import Place


def live(
    app: QApplication, theme: Theme, window: MainWindow, place: Place, settings: JsonSettings, files: Sequence[Path]
) -> int:
    """Run the window until it is closed, and return the exit code."""
    theme.follow_system()
    choose_locale()
    log_file = log.start(place.log, "window")
    app.setWindowIcon(QIcon(str(resource.find("icons/assistant-desk.svg"))))
    crashes = CrashHandler()
    crashes.install()
    signals = SignalWatch(window.close, app)
    try:
        with asyncio.Runner(loop_factory=lambda: QtLoop(app)) as runner:
            crashes.watch(runner.get_loop())
            runner.run(until_closed(theme, window, place, settings, log_file, crashes, files))
    finally:
        signals.close()
        log.stop()
    return 0


async def until_closed(
    theme: Theme,
    window: MainWindow,
    place: Place,
    settings: JsonSettings,
    log_file: Path,
    crashes: CrashHandler,
    files: Sequence[Path],
) -> None:
    """Bring the window to life, and end everything once it is closed."""
    theme.draw_icons()
    closed = asyncio.Event()
    window.closed.connect(closed.set)
    if not window.isVisible():
        return  # closed before there was anything to end
    async with contextlib.AsyncExitStack() as end:
        try:
            desk = await compose(place, SystemKeychain(), settings)
            end.push_async_callback(desk.aclose)
            await desk.start()
        except DeskError as error:
            show_obstacle(window, theme, error.info)
        else:
            workspace = Workspace(window, desk.services, theme, log_file)
            end.callback(workspace.close)
            end.callback(crashes.failed.connect(workspace.show_error))
            workspace.open(files)
        await closed.wait()
