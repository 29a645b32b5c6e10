"""Importing threads: what is asked for, and what came of it."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from desktop_app.domain.connection import ConnectionKind
from desktop_app.domain.entity import Question, Run, ThreadCopy
from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.gui.dialogs.thread_import import ThreadImportDialog
from desktop_app.gui.measure import count
from desktop_app.gui.theme.theme import Theme
from tests.gui.dialog import button, click, part, says, shown
from tests.gui.stage import Stage
from tests.harness.wait import until

CONNECTIONS = [("engine", "This computer"), ("c1", "Work")]


@pytest.fixture
def dialog(qtbot: QtBot, theme: Theme) -> ThreadImportDialog:
    return shown(qtbot, ThreadImportDialog(theme, CONNECTIONS, "c1"))


def ids(dialog: ThreadImportDialog, text: str) -> None:
    part(dialog, QPlainTextEdit, "import-ids").setPlainText(text)


def test_ids_are_asked_of_the_connection(qtbot: QtBot, dialog: ThreadImportDialog) -> None:
    assert not button(dialog, "import-start").isEnabled()
    ids(dialog, "thread_1, thread_2")
    with qtbot.waitSignal(dialog.start_requested) as started:
        click(dialog, "import-start")
    assert started.args == ["c1", "thread_1, thread_2"]


def test_a_file_stands_in_for_what_is_typed_until_something_is_typed(qtbot: QtBot, dialog: ThreadImportDialog) -> None:
    ids(dialog, "thread_1")
    dialog.show_file(Path("/somewhere/dump.json"))
    with qtbot.waitSignal(dialog.start_requested) as started:
        click(dialog, "import-start")
    assert started.args == ["c1", Path("/somewhere/dump.json")]
    dialog.show_progress(0, 0, 0, (), is_over=True)
    ids(dialog, "thread_2")
    with qtbot.waitSignal(dialog.start_requested) as started:
        click(dialog, "import-start")
    assert started.args == ["c1", "thread_2"]


def test_what_was_not_imported_is_said_in_words(dialog: ThreadImportDialog) -> None:
    errors = [("thread_2", ErrorInfo(ErrorCode.NOT_FOUND)), ("thread_3", ErrorInfo(ErrorCode.ALREADY_HERE))]
    dialog.show_progress(3, 3, 1, errors, is_over=True)
    assert says(dialog, "import-result-title") == "1 thread was imported"
    lines = part(dialog, QPlainTextEdit, "import-errors").toPlainText().splitlines()
    assert lines[0] == "thread_2: The service does not have what was asked for"
    assert lines[1].startswith("thread_3: ")


def test_how_far_it_is_and_that_the_service_asks_to_wait(dialog: ThreadImportDialog) -> None:
    dialog.show_progress(3, 10, 3, (), is_over=False, wait=8.0)
    assert says(dialog, "import-result-title") == "3 of 10"
    assert says(dialog, "import-result-text") == "The service asks to wait 8 s."


def test_it_can_be_stopped(qtbot: QtBot, dialog: ThreadImportDialog) -> None:
    ids(dialog, "thread_1")
    click(dialog, "import-start")
    assert button(dialog, "import-start").text() == "Stop"
    with qtbot.waitSignal(dialog.cancel_requested):
        click(dialog, "import-start")
    dialog.show_progress(0, 1, 0, (), is_over=True)
    assert button(dialog, "import-start").text() == "Import"
    assert says(dialog, "import-result-title") == "No thread was imported"


def test_closing_ends_the_import(qtbot: QtBot, dialog: ThreadImportDialog) -> None:
    ids(dialog, "thread_1")
    click(dialog, "import-start")
    with qtbot.waitSignal(dialog.cancel_requested):
        dialog.reject()


def test_thousands_of_errors_are_not_all_shown(dialog: ThreadImportDialog) -> None:
    errors = [(f"thread_{number}", ErrorInfo(ErrorCode.NOT_FOUND)) for number in range(5_000)]
    dialog.show_progress(5_000, 5_000, 0, errors, is_over=True)
    lines = part(dialog, QPlainTextEdit, "import-errors").toPlainText().splitlines()
    assert len(lines) == 201
    assert lines[-1] == f"… and {count(4_800)} more"


async def test_threads_come_into_the_list_and_what_did_not_is_said(stage: Stage) -> None:
    added = await stage.connect(ConnectionKind.ASSISTANTS, "Lab")
    items = (Question("msg_1", "", "How many rows?", (), 1.0), Run("run_1", "", "msg_1", "Analyst", "mini", 1.0))
    stage.outside.at(added.base_url).kept["thread_old1"] = ThreadCopy("thread_old1", "How many rows?", 1.0, items)
    stage.services.connections.use(added.id)
    stage.menu("Import threads")
    dialog = part(stage.window, ThreadImportDialog, "import-dialog")
    ids(dialog, "thread_old1\nthread_gone2")
    click(dialog, "import-start")
    await until(lambda: says(dialog, "import-result-title") == "1 thread was imported")
    assert "thread_gone2: " in part(dialog, QPlainTextEdit, "import-errors").toPlainText()
    assert "How many rows?" in [thread.title for thread in stage.services.threads.items]
    dialog.reject()


async def test_a_file_that_cannot_be_read_is_said(stage: Stage, tmp_path: Path) -> None:
    stage.menu("Import threads")
    dialog = part(stage.window, ThreadImportDialog, "import-dialog")
    dialog.show_file(tmp_path / "missing.json")
    click(dialog, "import-start")
    await until(lambda: says(dialog, "import-result-title") == "No thread was imported")
    assert "missing.json" in part(dialog, QPlainTextEdit, "import-errors").toPlainText()
    dialog.reject()
