"""A view with a thread in it, and the values that threads are made of."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.domain.entity import StoredFile
from desktop_app.gui.theme.theme import Theme, ThemeChoice
from desktop_app.gui.transcript.model import TranscriptModel
from desktop_app.gui.transcript.view import TranscriptView
from tests.gui.transcript.thread import Blobs


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    found = qapp.findChild(Theme)
    return found if isinstance(found, Theme) else Theme(qapp, ThemeChoice.LIGHT)


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path)


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, blobs: Blobs) -> TranscriptView:
    made = TranscriptView(theme, blobs.path)
    qtbot.addWidget(made)
    made.resize(800, 600)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


@pytest.fixture
def model(qapp: QApplication) -> TranscriptModel:
    assert qapp is not None
    return TranscriptModel()


@pytest.fixture
def picture(blobs: Blobs) -> Callable[[str, int, int], StoredFile]:
    """Return a function that makes a PNG of a given size as a file whose bytes are here."""

    def make(file_id: str, width: int, height: int) -> StoredFile:
        image = QImage(width, height, QImage.Format.Format_RGB32)
        image.fill(0x2457D6)
        target = blobs.folder / file_id
        assert QImageWriter(str(target), QByteArray(b"png")).write(image)
        return StoredFile(file_id, "chart.png", target.stat().st_size, "image/png", sha256=file_id)

    return make
