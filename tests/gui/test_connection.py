"""The card at the top left: it says where the open thread is answered, and switches it."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QDialog, QMenu, QPushButton, QToolButton

from desktop_app.domain.connection import ENGINE_ID, Connection, ConnectionKind, ConnectionReport, DeviceCode, SignIn
from desktop_app.domain.entity import RunState
from desktop_app.domain.error import DeskError, ErrorCode, ErrorInfo
from desktop_app.domain.event import RunStateChanged
from desktop_app.gui.dialogs.connect import ConnectDialog
from desktop_app.gui.dialogs.connection import ConnectionDialog
from desktop_app.gui.dialogs.connection_list import ConnectionList
from desktop_app.gui.dialogs.connection_remove import RemoveConnectionDialog
from desktop_app.gui.dialogs.network import NetworkDialog
from desktop_app.gui.dialogs.sign_in import SignInDialog
from tests.gui.dialog import click, field, part, words, write
from tests.gui.stage import RUN, Stage
from tests.harness.wait import until

CODE = DeviceCode("https://microsoft.com/devicelogin", "AB12CD")
URL = "https://assistants.example.com/v1"
WORK = Connection("", ConnectionKind.ASSISTANTS, "Work", URL, "gpt", SignIn.KEY)


async def add(stage: Stage, connection: Connection = WORK, key: str = "secret") -> str:
    """Add a connection, and return its id."""
    before = len(stage.services.connections.items)
    stage.services.connections.save(connection, key)
    await until(lambda: len(stage.services.connections.items) > before)
    return stage.services.connections.items[-1].id


async def menu(stage: Stage) -> dict[str, QAction]:
    """Open the card's menu, and return its entries by their words."""
    click(stage.window, "connection")
    await until(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    opened = QApplication.activePopupWidget()
    assert isinstance(opened, QMenu)
    return {action.text(): action for action in opened.actions() if action.text()}


async def choose(stage: Stage, text: str) -> None:
    """Choose an entry of the card's menu."""
    entry = (await menu(stage))[text]
    close_menu()
    entry.trigger()


def close_menu() -> None:
    opened = QApplication.activePopupWidget()
    assert opened is not None
    opened.close()


def dialog(stage: Stage, kind: type[QDialog]) -> QDialog:
    """Return the newest open dialog of this kind."""
    return [each for each in stage.window.findChildren(kind) if each.isVisible()][-1]


def press(parent: QDialog, words: str) -> None:
    """Press the button that a screen reader calls this."""
    next(each for each in parent.findChildren(QPushButton) if each.accessibleName() == words).click()


def card(stage: Stage) -> str:
    return stage.find("connection").accessibleName()


def connection_id(stage: Stage) -> str:
    thread = stage.services.threads.get(stage.thread_id)
    assert thread is not None
    return thread.connection_id


async def test_the_card_shows_the_engine_first(stage: Stage) -> None:
    assert card(stage).startswith("Connection: This computer. Built-in analyst")
    entries = await menu(stage)
    assert entries["This computer"].isChecked()
    assert {"Connect a model…", "Sandbox details…", "Add a connection…", "Manage connections…"} <= entries.keys()
    close_menu()


async def test_choosing_switches_the_open_thread_and_those_to_come(stage: Stage) -> None:
    added = await add(stage)
    await choose(stage, "Work")
    assert connection_id(stage) == added
    assert card(stage) == "Connection: Work. gpt. Assistants API server"
    entries = await menu(stage)
    assert entries["Work"].isChecked()
    assert "Connect a model…" not in entries
    close_menu()
    assert stage.services.connections.current_id == added


async def test_each_thread_keeps_its_connection(stage: Stage) -> None:
    first = stage.thread_id
    stage.type("Hi")
    click_send(stage)
    await until(lambda: stage.engine.played.started)
    stage.engine.played.finish()
    await until(lambda: not busy(stage))
    await add(stage)
    stage.window.left.new_thread_requested.emit()
    await choose(stage, "Work")
    assert card(stage).startswith("Connection: Work")
    stage.workspace.session.open(first)
    assert card(stage).startswith("Connection: This computer")


def click_send(stage: Stage) -> None:
    part(stage.window, QToolButton, "send").click()


def busy(stage: Stage) -> bool:
    thread = stage.services.threads.get(stage.thread_id)
    return thread is not None and thread.busy


async def test_a_busy_thread_is_not_switched_and_says_why(stage: Stage) -> None:
    await add(stage)
    stage.type("Hi")
    click_send(stage)
    await until(lambda: stage.engine.played.started)
    entries = await menu(stage)
    assert not entries["Work"].isEnabled()
    assert "busy" in entries["Work"].toolTip()
    assert entries["This computer"].isEnabled()
    close_menu()
    stage.engine.played.finish()
    await until(lambda: not busy(stage))


async def test_a_connection_is_added_in_the_dialog_and_used(stage: Stage) -> None:
    stage.outside.at(URL).report = ConnectionReport(("gpt",), is_model_tested=True)
    await choose(stage, "Add a connection…")
    adding = dialog(stage, ConnectionDialog)
    write(adding, "connection-paste", f"{URL}/threads")
    click(adding, "connection-continue")
    write(adding, "connection-key", "secret")
    write(adding, "connection-model", "gpt")
    click(adding, "connection-save")
    await until(lambda: "assistants.example.com" in card(stage))
    added = stage.services.connections.get(connection_id(stage))
    assert added is not None
    assert (added.base_url, added.model) == (URL, "gpt")
    assert stage.services.connections.has_key(added.id)


async def test_a_thread_that_has_begun_stays_where_it_is_when_a_connection_is_added(stage: Stage) -> None:
    stage.type("Hi")
    click_send(stage)
    await until(lambda: stage.engine.played.started)
    stage.engine.played.finish()
    await until(lambda: not busy(stage))
    await choose(stage, "Add a connection…")
    adding = dialog(stage, ConnectionDialog)
    click(adding, "connection-kind-assistants")
    write(adding, "connection-url", URL)
    write(adding, "connection-key", "secret")
    write(adding, "connection-model", "gpt")
    click(adding, "connection-save")
    await until(lambda: stage.services.connections.current_id != ENGINE_ID)
    assert connection_id(stage) == ENGINE_ID


async def test_a_missing_key_is_said_on_the_card(stage: Stage) -> None:
    await add(stage, key="")
    await choose(stage, "Work")
    assert "Key missing" in card(stage)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (ErrorCode.UNAUTHORIZED, "does not accept the key"),
        (ErrorCode.SIGN_IN_FAILED, "Sign in"),
        (ErrorCode.QUOTA_EXHAUSTED, "quota is used up"),
    ],
)
async def test_what_kept_the_last_question_from_an_answer_is_said_on_the_card(
    stage: Stage, code: ErrorCode, said: str
) -> None:
    await add(stage)
    await choose(stage, "Work")
    played = stage.outside.at(URL)
    stage.type("Hi")
    click_send(stage)
    await until(lambda: played.started)
    played.put(RunStateChanged(RUN, RunState.FAILED, ErrorInfo(code)))
    await until(lambda: said in card(stage) and not busy(stage))
    assert "Connection: Work" in card(stage)


async def test_an_errors_button_opens_the_settings_of_the_threads_connection(stage: Stage) -> None:
    await add(stage)
    await choose(stage, "Work")
    stage.workspace.show_error(ErrorInfo(ErrorCode.UNAUTHORIZED, {"status": "401"}))
    banner = stage.find("banner")
    await until(banner.isVisible)
    click(banner, "banner-action")
    editing = dialog(stage, ConnectionDialog)
    assert "Edit the connection" in words(editing)
    editing.reject()


async def test_an_errors_button_opens_the_model_of_the_engine(stage: Stage) -> None:
    stage.workspace.show_error(ErrorInfo(ErrorCode.UNAUTHORIZED))
    banner = stage.find("banner")
    await until(banner.isVisible)
    click(banner, "banner-action")
    dialog(stage, ConnectDialog).reject()


async def test_a_connection_is_edited_without_its_key_being_asked_for_again(stage: Stage) -> None:
    added = await add(stage)
    await choose(stage, "Work")
    await choose(stage, "Connection settings…")
    editing = dialog(stage, ConnectionDialog)
    write(editing, "connection-name", "Office")
    click(editing, "connection-save")
    await until(lambda: card(stage).startswith("Connection: Office"))
    assert stage.services.connections.has_key(added)


async def test_a_key_of_the_environment_is_named_and_not_copied(stage: Stage) -> None:
    stage.services.connections.save(WORK, None, "WORK_KEY")
    await until(lambda: len(stage.services.connections.items) > 1)
    await choose(stage, "Manage connections…")
    listed = dialog(stage, ConnectionList)
    assert "Key in WORK_KEY" in words(listed)
    press(listed, "Edit Work")
    editing = dialog(stage, ConnectionDialog)
    assert field(editing, "connection-key").placeholderText() == "Taken from WORK_KEY"
    editing.reject()
    listed.accept()


async def test_a_test_in_the_list_says_what_is_wrong(stage: Stage) -> None:
    await add(stage)
    stage.outside.at(URL).report = ConnectionReport(error=ErrorInfo(ErrorCode.FORBIDDEN))
    await choose(stage, "Manage connections…")
    listed = dialog(stage, ConnectionList)
    press(listed, "Test Work")
    await until(lambda: "does not allow this" in words(listed))
    listed.accept()


async def test_a_removed_connection_leaves_its_threads_to_be_answered_elsewhere(stage: Stage) -> None:
    await add(stage)
    await choose(stage, "Work")
    await choose(stage, "Manage connections…")
    listed = dialog(stage, ConnectionList)
    press(listed, "Remove Work")
    asking = dialog(stage, RemoveConnectionDialog)
    assert "One thread uses it" in words(asking)
    click(asking, "connection-remove-confirm")
    await until(lambda: "No connection" in card(stage))
    assert "Work" not in words(listed)
    listed.accept()
    shown = stage.find("connection")
    await until(lambda: shown.height() >= 2 * shown.fontMetrics().height())
    await choose(stage, "This computer")
    assert card(stage).startswith("Connection: This computer")


async def test_a_connection_that_could_not_be_cleaned_up_says_why_where_it_is(stage: Stage) -> None:
    await add(stage)
    await choose(stage, "Work")
    played = stage.outside.at(URL)
    stage.type("Hi")
    click_send(stage)
    await until(lambda: played.started)
    played.finish()
    await until(lambda: not busy(stage))
    played.error = DeskError(ErrorCode.TIMED_OUT)
    await choose(stage, "Manage connections…")
    listed = dialog(stage, ConnectionList)
    press(listed, "Remove Work")
    asking = dialog(stage, RemoveConnectionDialog)
    part(asking, QCheckBox, "connection-clean-up").click()
    click(asking, "connection-remove-confirm")
    assert "Deleting there" in words(listed)
    await until(lambda: "The server took too long" in words(listed))
    listed.accept()
    banner = stage.find("banner")
    assert banner.isVisible()
    assert not part(banner, QPushButton, "banner-action").isVisible()  # the engine has nothing to do with it


async def test_a_question_that_waits_for_a_code_shows_it_until_it_goes_on(stage: Stage) -> None:
    await add(stage, replace(WORK, sign_in=SignIn.DEVICE_CODE))
    await choose(stage, "Work")
    stage.services.connections.code_shown.emit(CODE)
    asking = dialog(stage, SignInDialog)
    assert "AB12CD" in words(asking)
    stage.type("Hi")
    click_send(stage)
    await until(lambda: stage.outside.at(URL).started)
    await until(lambda: not stage.window.findChildren(SignInDialog))
    stage.outside.at(URL).finish()
    await until(lambda: not busy(stage))


async def test_a_code_for_a_test_is_shown_where_it_was_asked_for(stage: Stage) -> None:
    azure = "https://acme.openai.azure.com/openai/v1"
    await add(stage, Connection("", ConnectionKind.AZURE, "Work", azure, "gpt", SignIn.DEVICE_CODE))
    stage.workspace.show_error(ErrorInfo(ErrorCode.FORBIDDEN))
    await choose(stage, "Work")
    click(stage.find("banner"), "banner-action")
    editing = dialog(stage, ConnectionDialog)
    click(editing, "connection-test")
    stage.services.connections.code_shown.emit(CODE)
    assert "AB12CD" in words(editing)
    assert not [each for each in stage.window.findChildren(SignInDialog) if each.isVisible()]
    await until(lambda: "It works" in words(editing))
    assert "AB12CD" not in words(editing)
    editing.reject()


async def test_the_network_takes_effect_at_once(stage: Stage) -> None:
    await choose(stage, "Manage connections…")
    listed = dialog(stage, ConnectionList)
    click(listed, "tool-network")
    asking = dialog(stage, NetworkDialog)
    write(asking, "network-proxy", "http://proxy.example.com:3128")
    click(asking, "network-save")
    await until(lambda: stage.services.connections.network.proxy == "http://proxy.example.com:3128")
    listed.accept()


async def test_a_long_name_is_cut_in_the_menu_and_whole_in_its_tool_tip(stage: Stage) -> None:
    name = "A connection & its very long name " * 4
    await add(stage, Connection("", ConnectionKind.ASSISTANTS, name, URL, "gpt", SignIn.NONE))
    entry = next(action for text, action in (await menu(stage)).items() if text.startswith("A connection"))
    assert len(entry.text()) < 60
    assert entry.toolTip() == name
    close_menu()


async def test_the_card_opens_with_the_keyboard(stage: Stage) -> None:
    stage.find("connection").setFocus()
    QTest.keyClick(stage.find("connection"), Qt.Key.Key_Space)
    await until(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    close_menu()
