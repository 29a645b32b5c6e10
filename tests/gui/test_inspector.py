"""The inspector: what belongs to the open thread."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from desktop_app.services.attachment import DraftState
from tests.gui.stage import Stage
from tests.harness.wait import until


def words(page: QWidget) -> list[str]:
    return [label.text() for label in page.findChildren(QLabel) if label.isVisibleTo(page)]


async def test_files_and_run_of_the_thread_are_shown(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2\n")
    stage.services.attachments.add(stage.thread_id, [path])
    await until(lambda: [d.state for d in stage.services.attachments.files(stage.thread_id)] == [DraftState.READY])
    stage.type("What is in it?")
    QTest.keyClick(stage.find("message"), Qt.Key.Key_Return)
    await until(lambda: stage.engine.played.asked)
    stage.engine.played.finish()
    await until(lambda: not stage.services.conversation.is_busy(stage.thread_id))
    chip = stage.find("header-files", QPushButton)
    await until(lambda: chip.isVisible() and chip.property("text") == "1 file")
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    files = stage.find("inspector-files")
    await until(files.isVisible)
    assert words(files)[:3] == ["ATTACHED", "table.csv", "8 bytes"]
    run = words(stage.find("inspector-run"))
    assert run[run.index("Steps") + 1] == "0 code, 1 answer"
    assert run[run.index("Model") + 1] == "Built-in analyst"
    assert run[run.index("State") + 1].startswith("Completed")


async def test_the_assistant_page_edits_the_assistant_of_the_thread(stage: Stage) -> None:
    QTest.mouseClick(stage.find("inspector-edit"), Qt.MouseButton.LeftButton)
    dialog = stage.find("assistant-dialog")
    await until(dialog.isVisible)
    assert stage.services.assistants.default.name in [
        str(field.property("text")) for field in dialog.findChildren(QWidget, "assistant-name")
    ]
    dialog.close()
