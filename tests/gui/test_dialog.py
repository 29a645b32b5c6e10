"""The dialogs: what can be saved, what a test of an endpoint says, what helps where code cannot run."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.domain.entity import Assistant, EndpointReport, SandboxStatus
from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.gui.dialogs.assistant import AssistantDialog
from desktop_app.gui.dialogs.connect import ConnectDialog
from desktop_app.gui.dialogs.sandbox import SandboxDialog
from desktop_app.gui.theme.theme import Theme
from tests.gui.stage import Stage
from tests.harness.wait import until

URL = "http://localhost:1234/v1"


def click(dialog: QWidget, name: str) -> None:
    button = dialog.findChild(QPushButton, name)
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def button(dialog: QWidget, name: str) -> QPushButton:
    found = dialog.findChild(QPushButton, name)
    assert found is not None
    return found


def write(dialog: QWidget, name: str, text: str) -> None:
    field = dialog.findChild(QLineEdit, name)
    assert field is not None
    field.setText(text)


@pytest.fixture
def editor(qtbot: QtBot, theme: Theme) -> AssistantDialog:
    dialog = AssistantDialog(theme, Assistant("7", "Analyst", model="old-model"), [("", "The connection's")])
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


@pytest.fixture
def connect(qtbot: QtBot, theme: Theme) -> ConnectDialog:
    dialog = ConnectDialog(theme, "", "", has_key=False)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def title(dialog: ConnectDialog) -> str:
    found = dialog.findChild(QLabel, "endpoint-result-title")
    assert found is not None
    return found.text()


def test_what_was_edited_is_saved_and_the_rest_stays(qtbot: QtBot, editor: AssistantDialog) -> None:
    write(editor, "assistant-name", "  Chemist ")
    with qtbot.waitSignal(editor.saved) as saved:
        click(editor, "assistant-save")
    assert saved.args == [Assistant("7", "Chemist", model="old-model")]


@pytest.mark.parametrize("name", ["", "   ", "x" * 257])
def test_a_name_that_cannot_be_saved(editor: AssistantDialog, name: str) -> None:
    write(editor, "assistant-name", name)
    assert not button(editor, "assistant-save").isEnabled()


def test_instructions_that_are_too_long_are_marked(editor: AssistantDialog) -> None:
    field = editor.findChild(QPlainTextEdit, "assistant-instructions")
    assert field is not None
    field.setPlainText("word " * 51_201)
    assert field.property("invalid")
    assert not button(editor, "assistant-save").isEnabled()
    field.setPlainText("word")
    assert not field.property("invalid")
    assert button(editor, "assistant-save").isEnabled()


def test_nothing_can_be_connected_without_address_and_model(connect: ConnectDialog) -> None:
    assert not button(connect, "endpoint-connect").isEnabled()
    write(connect, "endpoint-url", "no address")
    write(connect, "endpoint-model", "one")
    assert not button(connect, "endpoint-connect").isEnabled()
    assert not button(connect, "endpoint-test").isEnabled()
    write(connect, "endpoint-url", URL)
    assert button(connect, "endpoint-connect").isEnabled()


def test_a_preset_is_tested_and_lists_its_models(qtbot: QtBot, connect: ConnectDialog) -> None:
    with qtbot.waitSignal(connect.check_requested) as asked:
        click(connect, "preset-LM Studio")
    assert asked.args == [URL, "", ""]
    connect.show_report(EndpointReport(URL, ("one", "two")))
    assert title(connect) == "The server answers"


def test_what_is_wrong_is_said_and_not_connected(qtbot: QtBot, connect: ConnectDialog) -> None:
    write(connect, "endpoint-url", URL)
    write(connect, "endpoint-model", "one")
    with qtbot.assertNotEmitted(connect.connected):
        click(connect, "endpoint-connect")
        connect.show_report(EndpointReport(URL, error=ErrorInfo(ErrorCode.UNAUTHORIZED)))
    assert title(connect) == "The service does not accept the key"
    assert connect.isVisible()


def test_connecting_tests_the_very_same_values_first(qtbot: QtBot, connect: ConnectDialog) -> None:
    write(connect, "endpoint-url", "http://localhost:1234")
    write(connect, "endpoint-key", "secret")
    write(connect, "endpoint-model", "one")
    with qtbot.waitSignal(connect.check_requested):
        click(connect, "endpoint-connect")
    with qtbot.waitSignal(connect.connected) as connected:
        connect.show_report(EndpointReport(URL, ("one",), can_call_tools=True))
    assert connected.args == [URL, "secret", "one"]
    assert not connect.isVisible()


def test_closing_gives_the_test_up(qtbot: QtBot, connect: ConnectDialog) -> None:
    write(connect, "endpoint-url", URL)
    click(connect, "endpoint-test")
    with qtbot.waitSignal(connect.cancel_requested):
        connect.reject()


def test_what_is_changed_during_the_test_is_not_connected_untested(qtbot: QtBot, connect: ConnectDialog) -> None:
    write(connect, "endpoint-url", URL)
    write(connect, "endpoint-model", "one")
    click(connect, "endpoint-connect")
    with qtbot.waitSignal(connect.cancel_requested):
        write(connect, "endpoint-model", "two")
    with qtbot.assertNotEmitted(connect.connected):
        connect.show_report(EndpointReport(URL, ("one",), can_call_tools=True))


def test_the_key_is_never_shown(connect: ConnectDialog) -> None:
    field = connect.findChild(QLineEdit, "endpoint-key")
    assert field is not None
    assert field.echoMode() is QLineEdit.EchoMode.Password


def test_where_code_cannot_run_the_command_that_helps_can_be_copied(qtbot: QtBot, theme: Theme) -> None:
    dialog = SandboxDialog(theme)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show_status(SandboxStatus(ok=False, reason="bwrap is missing", install="sudo apt install bubblewrap"))
    dialog.show()
    click(dialog, "sandbox-copy")
    assert QGuiApplication.clipboard().text() == "sudo apt install bubblewrap"
    with qtbot.waitSignal(dialog.retry_requested):
        click(dialog, "sandbox-retry")


async def test_the_window_says_that_code_cannot_run(stage: Stage) -> None:
    stage.engine.sandbox = SandboxStatus(ok=False, reason="bwrap is missing", install="sudo apt install bubblewrap")
    stage.services.engine.retry()
    banner = stage.find("banner")
    await until(banner.isVisible)
    assert button(banner, "banner-action").text() == "Sandbox details…"
    click(banner, "banner-action")
    dialog = stage.window.findChild(SandboxDialog)
    assert dialog is not None
    stage.engine.sandbox = SandboxStatus(ok=True, kind="bubblewrap")
    click(dialog, "sandbox-retry")
    await until(lambda: not banner.isVisible())
    dialog.accept()


async def test_an_assistant_can_be_made_duplicated_and_deleted(stage: Stage) -> None:
    click_new = stage.find("new-assistant")
    QTest.mouseClick(click_new, Qt.MouseButton.LeftButton)
    dialog = stage.window.findChild(AssistantDialog)
    assert dialog is not None
    write(dialog, "assistant-name", "Chemist")
    click(dialog, "assistant-save")
    assistants = stage.services.assistants
    assert [item.name for item in assistants.items] == ["Data analyst", "Chemist"]
    assert button(stage.window, "header-assistant").text() == "Chemist"
    copy = assistants.duplicate(assistants.items[1].id)
    assert copy is not None
    assistants.delete(copy.id)
    click(stage.window, "toast-action")
    assert [item.name for item in assistants.items] == ["Data analyst", "Chemist", "Chemist 2"]
