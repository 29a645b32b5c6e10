"""What services keep: assistants and threads, found, taken over, deleted."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from desktop_app.domain.connection import ConnectionKind, RemoteAssistant
from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.gui.dialogs.confirm import ConfirmDialog
from desktop_app.gui.dialogs.remote_assistant import RemoteAssistantDialog, RemoteAssistantRow
from desktop_app.gui.dialogs.remote_thread import KeptRow, RemoteThreadDialog
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.table import Table
from tests.gui.dialog import button, click, part, press, says, shown
from tests.gui.stage import Stage
from tests.harness.wait import until

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
    table = part(assistants, Table, "remote-assistants")
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)  # the window manager gives the keyboard back in its own time
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


def test_what_cannot_be_deleted_any_more_can_be_forgotten(qtbot: QtBot, threads: RemoteThreadDialog) -> None:
    lost = KeptRow("", "Removed connection", "12 Nov", "conv_4", is_needed=False, is_out_of_reach=True)
    threads.show_rows((*KEPT, lost), None)
    table = part(threads, Table, "remote-threads")
    table.selectRow(3)
    click(threads, "remote-thread-delete")
    asked = part(threads, ConfirmDialog, "confirm-dialog")
    assert asked.windowTitle() == "Forget"
    with qtbot.waitSignal(threads.delete_requested) as forgotten:
        confirm(threads, "confirm-do")
    assert forgotten.args == [[3]]


def test_a_long_name_leaves_room_for_the_other_columns(threads: RemoteThreadDialog) -> None:
    threads.show_rows([replace(KEPT[0], connection="Our company's own " * 9)], None)
    table = part(threads, Table, "remote-threads")
    assert table.horizontalHeader().length() <= table.viewport().width()
    assert table.columnWidth(0) > table.viewport().width() // 4


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


async def asked(stage: Stage, text: str) -> None:
    """Asks in the open thread, and waits for the answer."""
    connection = stage.services.connections.get(stage.thread.connection_id)
    assert connection is not None
    played = stage.outside.at(connection.base_url)
    stage.type(text)
    press(Qt.Key.Key_Return)
    await until(lambda: text in played.asked and stage.thread.remote_id in played.started)
    played.finish()
    await until(lambda: not stage.services.conversation.is_busy(stage.thread_id))


async def test_complaint_21_a_thread_that_is_gone_here_is_deleted_on_its_service(stage: Stage) -> None:
    added = await stage.connect(ConnectionKind.OPENAI, "Work", "mini")
    await asked(stage, "Why?")
    remote_id = stage.thread.remote_id
    stage.services.threads.delete(stage.thread_id)
    stage.menu("Kept by services")
    dialog = part(stage.window, RemoteThreadDialog, "remote-thread-dialog")
    table = part(dialog, Table, "remote-threads")
    await until(lambda: table.rowCount() == 1)
    assert [cell.text() for column in range(2) if (cell := table.item(0, column))] == [
        f"Gone here · {remote_id}",
        "Work",
    ]
    table.selectRow(0)
    click(dialog, "remote-thread-delete")
    confirm(dialog, "confirm-do")
    await until(lambda: says(dialog, "remote-thread-result-title") == "No service keeps anything")
    assert stage.outside.at(added.base_url).deleted == [remote_id]
    dialog.reject()


async def test_an_assistant_of_the_service_becomes_one_of_the_app(stage: Stage) -> None:
    added = await stage.connect(ConnectionKind.ASSISTANTS, "Lab")
    played = stage.outside.at(added.base_url)
    played.assistants = [RemoteAssistant("asst_1", "Chemist", instructions="Be exact.", model="mini")]
    stage.menu("Assistants of a service")
    dialog = part(stage.window, RemoteAssistantDialog, "remote-assistant-dialog")
    table = part(dialog, Table, "remote-assistants")
    await until(lambda: table.rowCount() == 1)
    table.selectRow(0)
    click(dialog, "remote-assistant-adopt")
    await until(lambda: button(dialog, "remote-assistant-adopt").text() == "Take over again")
    adopted = stage.services.assistants.items[-1]
    assert (adopted.name, adopted.instructions, adopted.model) == ("Chemist", "Be exact.", "mini")
    click(dialog, "remote-assistant-delete")
    confirm(dialog, "confirm-do")
    await until(lambda: table.rowCount() == 0)
    assert played.deleted == ["asst_1"]
    assert adopted in stage.services.assistants.items
    dialog.reject()


async def test_assistants_are_offered_only_where_a_service_keeps_some(stage: Stage) -> None:
    await stage.connect(ConnectionKind.OPENAI, "Work")
    menu = part(stage.window, QMenu, "menu-file")
    action = next(each for each in menu.actions() if each.objectName() == "Assistants of a service")
    menu.aboutToShow.emit()
    assert not action.isEnabled()
    await stage.connect(ConnectionKind.ASSISTANTS, "Lab")
    menu.aboutToShow.emit()
    assert action.isEnabled()
