"""Starts the window. The order is what makes it quick: paint first, everything else after."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

import desktop_app
from desktop_app.app.look import StoredLook
from desktop_app.gui.theme.theme import Theme, ThemeChoice
from desktop_app.gui.window import MainWindow
from desktop_app.system.path import locate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from desktop_app.domain.port import Settings


def run_gui(files: Sequence[Path]) -> int:
    """Show the window with `files` attached to a new thread, and return the exit code when it is closed."""
    place = locate().make()
    app = make_application()
    theme, window = open_window(app, StoredLook(place.settings))
    painted = QEventLoop()
    window.painted.connect(painted.quit)
    window.closed.connect(painted.quit)
    painted.exec()
    gc.freeze()
    gc.enable()
    # What takes time to import comes only now, behind a window that can be seen.
    from desktop_app.app.crash import last_resort  # noqa: PLC0415 - see above
    from desktop_app.app.life import live  # noqa: PLC0415 - see above
    from desktop_app.stores.settings import JsonSettings  # noqa: PLC0415 - see above

    return last_resort(lambda: live(app, theme, window, place, JsonSettings(place.settings), files))


def make_application() -> QApplication:
    """Return Qt's side of the program."""
    app = QApplication([desktop_app.__name__, "-style", "fusion"])
    app.setApplicationName("Assistant Desk")
    app.setApplicationVersion(desktop_app.__version__)
    app.setDesktopFileName("assistant-desk")
    app.setQuitOnLastWindowClosed(False)  # the window's end is the beginning of an orderly one
    return app


def open_window(app: QApplication, settings: StoredLook | Settings) -> tuple[Theme, MainWindow]:
    """Return the window, which is shown but not painted yet."""
    theme = Theme(app, _choice(settings), has_icons=False)  # their places are there, they come after the first paint
    window = MainWindow(theme)
    for name, value in settings.all().items():
        window.restore(name, value)
    window.show()
    return theme, window


def _choice(settings: StoredLook | Settings) -> ThemeChoice:
    stored = settings.get("theme") or ""
    return ThemeChoice(stored) if stored in set(ThemeChoice) else ThemeChoice.SYSTEM
