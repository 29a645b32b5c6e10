"""A file that does not come can be asked for again."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from desktop_app.domain.entity import Answer, StoredFile, TextPart
from desktop_app.domain.event import AnswerSnapshot
from tests.gui.stage import RUN, Stage
from tests.harness.wait import until

FILE = StoredFile("f1", "table.csv", 3, "text/csv", remote_id="file_1")


def downloads(stage: Stage) -> list[QAbstractButton]:
    """The buttons that fetch a file and can be pressed."""
    buttons = stage.window.findChildren(QAbstractButton, "file-chip-fetch")
    return [each for each in buttons if each.isVisible() and each.isEnabled()]


async def test_a_download_that_failed_can_be_tried_again(stage: Stage) -> None:
    stage.type("Make a table")
    QTest.keyClick(stage.find("message"), Qt.Key.Key_Return)
    played = stage.engine.played
    await until(lambda: played.started)
    played.put(AnswerSnapshot(RUN, Answer("answer", (TextPart("Here"),), (FILE,), complete=True)))
    played.finish()
    await until(lambda: not stage.services.conversation.is_busy(stage.thread_id))
    await until(stage.find("banner").isVisible)  # it was fetched at once, in vain
    for _ in range(2):
        await until(lambda: downloads(stage))
        button = downloads(stage)[0]
        assert button.text() == "Download"
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert button.text() == "Downloading…"
        assert downloads(stage) == []
