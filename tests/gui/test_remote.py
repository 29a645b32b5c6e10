"""What services keep: assistants and threads, found, taken over, deleted."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.gui.dialogs.confirm import ConfirmDialog
from desktop_app.gui.dialogs.remote_assistant import RemoteAssistantDialog, RemoteAssistantRow
from desktop_app.gui.dialogs.remote_thread import KeptRow, RemoteThreadDialog
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.table import Table
from tests.gui.dialog import button, click, part, press, says, shown

ANALYST = RemoteAssistantRow("asst_1", "Analyst", "mini", "12 Nov", is_here=False)
CHEMIST = RemoteAssistantRow("asst_2", "Chemist", "mini", "12 Nov", is_here=True)
KEPT = (
    KeptRow("Total by city", "Work", "12 Nov", "thread_1", is_needed=True),
    KeptRow("", "Work", "12 Nov", "thread_2", is_needed=False),
    KeptRow("Total by city", "Home", "12 Nov", "conv_3", is_needed=False),
)


@pytest.fixture
def assistants(qtbot: QtBot, theme: Theme) -> RemoteAssistantDialog:
    dialog = shown(qtbot, RemoteAssistantDialog(theme, [("c1", "Work"), ("c2", "Home")], "c1"))
    dialog.show_rows((ANALYST, CHEMIST), None)
    return dialog


@pytest.fixture
def threads(qtbot: QtBot, theme: Theme) -> RemoteThreadDialog:
    dialog = shown(qtbot, RemoteThreadDialog(theme))
    dialog.show_rows(KEPT, None)
    return dialog


def confirm(dialog: RemoteAssistantDialog | RemoteThreadDialog, name: str) -> None:
    click(part(dialog, ConfirmDialog, "confirm-dialog"), name)


def test_an_assistant_is_adopted(qtbot: QtBot, assistants: RemoteAssistantDialog) -> None:
    assert not button(assistants, "remote-assistant-adopt").isEnabled()
    part(assistants, Table, "remote-assistants").selectRow(0)
    with qtbot.waitSignal(assistants.adopt_requested) as adopted:
        click(assistants, "remote-assistant-adopt")
    assert adopted.args == ["asst_1"]


def test_one_that_is_here_is_taken_over_again(assistants: RemoteAssistantDialog) -> None:
    part(assistants, Table, "remote-assistants").selectRow(1)
    assert button(assistants, "remote-assistant-adopt").text() == "Take over again"


def test_what_was_chosen_stays_chosen_when_the_list_changes(qtbot: QtBot, assistants: RemoteAssistantDialog) -> None:
    part(assistants, Table, "remote-assistants").selectRow(1)
    assistants.show_rows((CHEMIST,), None)
    with qtbot.waitSignal(assistants.adopt_requested) as adopted:
        click(assistants, "remote-assistant-adopt")
    assert adopted.args == ["asst_2"]


def test_an_assistant_is_deleted_only_after_a_question(qtbot: QtBot, assistants: RemoteAssistantDialog) -> None:
    part(assistants, Table, "remote-assistants").selectRow(0)
    with qtbot.assertNotEmitted(assistants.delete_requested):
        click(assistants, "remote-assistant-delete")
        confirm(assistants, "confirm-cancel")
    QApplication.processEvents()
    part(assistants, Table, "remote-assistants").setFocus()
    press(Qt.Key.Key_Delete)
    with qtbot.waitSignal(assistants.delete_requested) as deleted:
        confirm(assistants, "confirm-do")
    assert deleted.args == ["asst_1"]


def test_why_assistants_are_not_listed_is_said(assistants: RemoteAssistantDialog) -> None:
    assistants.show_rows((), ErrorInfo(ErrorCode.UNAUTHORIZED))
    assert says(assistants, "remote-assistant-result-title") == "The service does not accept the key"
    assistants.show_rows((), None)
    assert says(assistants, "remote-assistant-result-title") == "This service keeps no assistants"


def test_complaint_21_threads_that_are_not_needed_are_found_and_cleaned_up(
    qtbot: QtBot, threads: RemoteThreadDialog
) -> None:
    table = part(threads, Table, "remote-threads")
    gone = table.item(1, 0)
    assert gone is not None
    assert gone.text() == "Gone here · thread_2"
    click(threads, "remote-thread-select")
    assert table.chosen() == [1, 2]
    assert says(threads, "remote-thread-count") == "2 of 3 chosen"
    click(threads, "remote-thread-delete")
    with qtbot.waitSignal(threads.delete_requested) as deleted:
        confirm(threads, "confirm-do")
    assert deleted.args == [[1, 2]]


def test_nothing_is_deleted_without_a_choice_or_an_answer(qtbot: QtBot, threads: RemoteThreadDialog) -> None:
    assert not button(threads, "remote-thread-delete").isEnabled()
    part(threads, Table, "remote-threads").selectRow(0)
    with qtbot.assertNotEmitted(threads.delete_requested):
        click(threads, "remote-thread-delete")
        confirm(threads, "confirm-cancel")


def test_why_some_are_left_is_said(threads: RemoteThreadDialog) -> None:
    threads.show_rows(KEPT[:1], ErrorInfo(ErrorCode.THREAD_BUSY))
    assert says(threads, "remote-thread-result-title") == "This thread is still working on your last message"
    threads.show_rows((), None)
    assert says(threads, "remote-thread-result-title") == "No service keeps anything"
