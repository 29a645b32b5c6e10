"""An archive that cannot be used is said in the window, with what helps."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from desktop_app.app.crash import CrashHandler
from desktop_app.app.life import until_closed
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.window import MainWindow
from desktop_app.stores.archive import SqliteArchive
from desktop_app.stores.settings import JsonSettings
from desktop_app.system.path import Place, locate
from tests.harness.wait import until


@pytest.fixture
def place(home: Path) -> Place:
    assert home.is_dir()
    return locate().make()


@asynccontextmanager
async def window_over(place: Place, theme: Theme) -> AsyncIterator[MainWindow]:
    QApplication.setQuitOnLastWindowClosed(False)
    window = MainWindow(theme)
    window.show()
    settings = JsonSettings(place.settings)
    life = asyncio.create_task(until_closed(theme, window, place, settings, place.log / "w", CrashHandler(), ()))
    try:
        yield window
    finally:
        window.close()
        await life
        window.deleteLater()
        QApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)


async def words(window: MainWindow) -> str:
    await until(lambda: window.findChild(QWidget, "banner"))
    banner = window.findChild(QWidget, "banner")
    assert banner is not None
    await until(banner.isVisible)
    return " ".join(label.text() for label in banner.findChildren(QLabel))


async def test_a_damaged_archive_is_said_with_its_folder_and_its_details(place: Place, theme: Theme) -> None:
    place.archive.write_bytes(b"no database at all, whatever one may think" * 200)
    async with window_over(place, theme) as window:
        assert "damaged" in await words(window)
        action, copy = (window.findChild(QPushButton, name) for name in ("banner-action", "banner-copy"))
        assert action is not None
        assert copy is not None
        assert action.text() == "Show the folder"
        QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
        assert "Code: storage_failed" in QGuiApplication.clipboard().text()
        assert not window.conversation.composer.isEnabled()


async def test_an_archive_that_cannot_be_read_is_said_too(place: Place, theme: Theme) -> None:
    await (await SqliteArchive.open(place.data)).aclose()
    with closing(sqlite3.connect(place.archive)) as archive:
        archive.execute("ALTER TABLE assistant RENAME TO somewhere_else")
    async with window_over(place, theme) as window:
        assert "archive on this computer" in await words(window)
