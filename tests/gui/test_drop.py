"""Files dragged over the window."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from desktop_app.services.attachment import DraftState
from tests.gui.stage import Stage
from tests.harness.wait import until

COPY, LEFT, NONE = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def carry(paths: Sequence[Path]) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def enter(stage: Stage, data: QMimeData) -> bool:
    event = QDragEnterEvent(QPoint(300, 300), COPY, data, LEFT, NONE)
    QApplication.sendEvent(stage.window, event)
    return event.isAccepted()


def drop(stage: Stage, data: QMimeData) -> None:
    QApplication.sendEvent(stage.window, QDropEvent(QPointF(300, 300), COPY, data, LEFT, NONE, QEvent.Type.Drop))


async def test_the_target_and_what_does_not_fit_are_said_before_the_drop(stage: Stage, tmp_path: Path) -> None:
    good, empty = tmp_path / "good.csv", tmp_path / "empty.csv"
    good.write_text("a\n1\n")
    empty.touch()
    assert enter(stage, carry([good, empty, tmp_path]))
    overlay = stage.find("drop-overlay")
    assert overlay.isVisible()
    assert overlay.size() == stage.window.size()
    words = overlay.accessibleName()
    assert "Attach to this message" in words
    assert "“empty.csv” is empty" in words
    assert "is a folder" in words
    QApplication.sendEvent(stage.window, QDragLeaveEvent())
    assert not overlay.isVisible()


async def test_a_drop_attaches(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "good.csv"
    path.write_text("a\n1\n")
    data = carry([path])
    enter(stage, data)
    drop(stage, data)
    assert not stage.find("drop-overlay").isVisible()
    await until(lambda: [d.state for d in stage.services.attachments.files(stage.thread_id)] == [DraftState.READY])
    assert stage.find("chip-good.csv").isVisible()


async def test_what_cannot_be_attached_is_not_taken(stage: Stage, tmp_path: Path) -> None:
    data = carry([tmp_path])
    enter(stage, data)
    assert "This cannot be attached" in stage.find("drop-overlay").accessibleName()
    drop(stage, data)
    assert stage.services.attachments.files(stage.thread_id) == ()
