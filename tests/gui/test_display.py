"""The tests of the window have a real display, Qt's event loop, and a guard against widgets left behind."""

import asyncio
import sys

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.harness import guard
from tests.harness.wait import until


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the tests use the session that is there")
def test_the_display_is_a_real_one(qapp: QGuiApplication) -> None:
    assert qapp.platformName() == "xcb"
    assert qapp.primaryScreen().geometry().width() >= 1440


async def test_a_window_becomes_active_while_coroutines_run(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    await asyncio.to_thread(lambda: None)
    await until(window.isActiveWindow)
    assert QGuiApplication.focusWindow() is window.windowHandle()


async def test_waiting_for_what_never_happens_ends() -> None:
    with pytest.raises(TimeoutError):
        await until(lambda: False, seconds=0.05)


def test_a_widget_left_behind_fails(qapp: QGuiApplication) -> None:
    assert qapp is not None
    guarded = guard.leaked_widgets()
    next(guarded)
    forgotten = QWidget()
    with pytest.raises(pytest.fail.Exception, match="QWidget"):
        next(guarded)
    forgotten.deleteLater()


def test_a_widget_that_was_deleted_passes(qapp: QGuiApplication) -> None:
    assert qapp is not None
    guarded = guard.leaked_widgets()
    next(guarded)
    QWidget().deleteLater()
    assert next(guarded, "ended") == "ended"
