"""Writing, attaching, sending, stopping."""

import time
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest

from desktop_app.domain.entity import RunState
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.gui.widgets.button import IconButton
from desktop_app.services.attachment import DraftState
from tests.gui.stage import Stage
from tests.harness.wait import until

ENTER = Qt.Key.Key_Return


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2\n")
    return path


async def test_enter_pressed_twice_sends_once(stage: Stage) -> None:
    stage.type("How many?")
    for _ in range(2):
        QTest.keyClick(stage.find("message"), ENTER)
    await until(lambda: stage.engine.played.asked)
    assert stage.engine.played.asked == ["How many?"]
    assert stage.text == ""
    stage.engine.played.finish()
    await until(lambda: not stage.services.conversation.is_busy(stage.thread_id))
    assert len(stage.services.conversation.transcript(stage.thread_id)) == 2


async def test_shift_and_enter_begin_a_new_line(stage: Stage) -> None:
    stage.type("one")
    height = stage.find("message").height()
    QTest.keyClick(stage.find("message"), ENTER, Qt.KeyboardModifier.ShiftModifier)
    stage.type("two")
    assert stage.text == "one\ntwo"
    assert stage.find("message").height() > height
    assert stage.engine.played.asked == []


async def test_complaint_01_stop_stops_and_nothing_is_sent_into_a_running_thread(stage: Stage) -> None:
    stage.type("Begin")
    QTest.keyClick(stage.find("message"), ENTER)
    await until(lambda: stage.find("send").accessibleName() == "Stop")
    await until(lambda: stage.engine.played.started)
    stage.type("Too early")
    QTest.keyClick(stage.find("message"), ENTER)
    assert stage.text == "Too early"
    QTest.mouseClick(stage.find("send"), Qt.MouseButton.LeftButton)
    await until(lambda: stage.engine.played.cancelled)
    await until(lambda: stage.find("send").accessibleName() == "Send")
    assert stage.engine.played.asked == ["Begin"]
    assert stage.text == "Too early"


async def test_escape_stops(stage: Stage) -> None:
    stage.type("Begin")
    QTest.keyClick(stage.find("message"), ENTER)
    await until(lambda: stage.engine.played.started and stage.window.conversation.composer.is_busy)
    QTest.keyClick(stage.find("message"), Qt.Key.Key_Escape)
    await until(lambda: stage.engine.played.cancelled)
    await until(lambda: not stage.window.conversation.composer.is_busy)


async def test_complaint_07_failed_upload_keeps_the_text(stage: Stage, table: Path) -> None:
    stage.engine.played.upload_error = DeskError(ErrorCode.UPLOAD_FAILED, "broken")
    stage.type("What is in it?")
    stage.services.attachments.add(stage.thread_id, [table])
    await until(lambda: stage.services.attachments.files(stage.thread_id)[0].state is DraftState.FAILED)
    QTest.keyClick(stage.find("message"), ENTER)
    assert stage.text == "What is in it?"
    assert stage.engine.played.asked == []
    chip = stage.find("chip-table.csv")
    assert "could not be uploaded" in chip.accessibleName()

    stage.engine.played.upload_error = None
    retry = chip.findChild(IconButton, "chip-retry")
    assert retry is not None
    QTest.mouseClick(retry, Qt.MouseButton.LeftButton)
    await until(lambda: stage.services.attachments.files(stage.thread_id)[0].state is DraftState.READY)
    QTest.keyClick(stage.find("message"), ENTER)
    await until(lambda: stage.engine.played.asked == ["What is in it?"])
    stage.engine.played.finish()
    await until(lambda: not stage.services.conversation.is_busy(stage.thread_id))


async def test_a_chip_can_be_taken_away(stage: Stage, table: Path) -> None:
    stage.services.attachments.add(stage.thread_id, [table])
    remove = stage.find("chip-table.csv").findChild(IconButton, "chip-remove")
    assert remove is not None
    QTest.mouseClick(remove, Qt.MouseButton.LeftButton)
    assert stage.services.attachments.files(stage.thread_id) == ()
    assert not stage.find("chips").isVisible()


async def test_a_pasted_image_becomes_a_file(stage: Stage) -> None:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    QGuiApplication.clipboard().setImage(image)
    QTest.keyClick(stage.find("message"), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: [d.state for d in stage.services.attachments.files(stage.thread_id)] == [DraftState.READY])
    file = stage.services.attachments.files(stage.thread_id)[0].file
    path = stage.services.files.path(file)
    assert (file.name, file.media_type) == ("pasted-image.png", "image/png")
    assert path is not None
    assert QImage(str(path)) == image


async def test_pasted_files_are_attached_and_pasted_text_is_plain(stage: Stage, table: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(table))])
    data.setText(str(table))
    QGuiApplication.clipboard().setMimeData(data)
    QTest.keyClick(stage.find("message"), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: stage.services.attachments.files(stage.thread_id))
    assert stage.text == ""
    rich = QMimeData()
    rich.setHtml("<b>bold</b>")
    rich.setText("bold")
    QGuiApplication.clipboard().setMimeData(rich)
    QTest.keyClick(stage.find("message"), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert stage.text == "bold"
    await until(lambda: stage.services.attachments.files(stage.thread_id)[0].state is DraftState.READY)


async def test_each_thread_keeps_its_draft(stage: Stage) -> None:
    first = stage.thread_id
    stage.services.threads.rename(first, "First")
    stage.type("not sent")
    QTest.mouseClick(stage.find("new-thread"), Qt.MouseButton.LeftButton)
    assert stage.thread_id != first
    assert stage.text == ""
    stage.workspace.session.open(first)
    assert stage.text == "not sent"


async def test_too_much_text_is_counted_and_not_sent(stage: Stage) -> None:
    composer = stage.window.conversation.composer
    composer.set_text("word " * 51_201)
    assert not stage.find("send").isEnabled()
    composer.set_text("x")
    assert stage.find("send").isEnabled()


async def test_one_click_attaches_the_sample_and_asks(stage: Stage) -> None:
    question = stage.find("sample-0")
    await until(question.isVisible)
    QTest.mouseClick(question, Qt.MouseButton.LeftButton)
    await until(lambda: stage.engine.played.asked)
    sent = stage.services.conversation.transcript(stage.thread_id)[0]
    assert [file.name for file in getattr(sent, "files", ())] == ["penguins.csv"]
    stage.engine.played.finish(RunState.COMPLETED)
    await until(lambda: not stage.services.conversation.is_busy(stage.thread_id))


async def test_a_very_long_text_becomes_a_file(stage: Stage) -> None:
    QGuiApplication.clipboard().setText("ä" * 256_000)
    begin = time.perf_counter()
    QTest.keyClick(stage.find("message"), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert time.perf_counter() - begin < 1
    await until(lambda: [d.state for d in stage.services.attachments.files(stage.thread_id)] == [DraftState.READY])
    file = stage.services.attachments.files(stage.thread_id)[0].file
    path = stage.services.files.path(file)
    assert (file.name, file.media_type) == ("pasted-text.txt", "text/plain")
    assert path is not None
    assert path.read_text(encoding="utf-8") == "ä" * 256_000
    assert stage.text == ""


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.csv"
    path.write_bytes(b"a,b\n" * 2**21)
    return path


async def test_enter_while_a_file_is_copied_sends_by_itself(stage: Stage, large: Path) -> None:
    stage.services.attachments.add(stage.thread_id, [large])
    stage.type("What is in it?")
    QTest.keyClick(stage.find("message"), ENTER)
    assert stage.text == "What is in it?"
    assert stage.find("send").accessibleName() == "Stop"
    await until(lambda: stage.engine.played.asked)
    assert stage.text == ""
    stage.engine.played.finish()
    await until(lambda: not stage.services.conversation.is_busy(stage.thread_id))
    assert stage.engine.played.asked == ["What is in it?"]


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_X])
async def test_escape_and_typing_take_back_what_waits_for_a_copy(stage: Stage, large: Path, key: Qt.Key) -> None:
    stage.services.attachments.add(stage.thread_id, [large])
    stage.type("What is in it?")
    QTest.keyClick(stage.find("message"), ENTER)
    QTest.keyClick(stage.find("message"), key)
    assert stage.find("send").accessibleName() == "Send"
    await until(lambda: stage.services.attachments.files(stage.thread_id)[0].state is DraftState.READY)
    assert stage.text.startswith("What is in it?")
    assert stage.engine.played.asked == []


async def test_an_upload_can_be_given_up(stage: Stage, table: Path) -> None:
    stage.engine.played.upload_may_end.clear()
    stage.type("Keep this")
    stage.services.attachments.add(stage.thread_id, [table])
    await until(lambda: stage.engine.played.uploading)
    cancel = stage.find("chip-table.csv").findChild(IconButton, "chip-remove")
    assert cancel is not None
    await until(lambda: cancel.accessibleName() == "Cancel")
    QTest.mouseClick(cancel, Qt.MouseButton.LeftButton)
    stage.engine.played.upload_may_end.set()
    assert stage.services.attachments.files(stage.thread_id) == ()
    assert not stage.find("chips").isVisible()
    QTest.keyClick(stage.find("message"), ENTER)
    await until(lambda: stage.engine.played.asked == ["Keep this"])
    stage.engine.played.finish()
    await until(lambda: not stage.services.conversation.is_busy(stage.thread_id))
