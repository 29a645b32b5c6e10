"""Adding and changing a connection: whatever is pasted, a test that says what is wrong, and a key nobody sees."""

from urllib.parse import urlsplit

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.domain.connection import Connection, ConnectionKind, ConnectionReport, DeviceCode, SignIn
from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.gui.dialogs.connection import ConnectionDialog
from desktop_app.gui.theme.theme import Theme
from tests.gui.dialog import button, click, field, press, shown, words, write

SECRET = "a-key-of-nobody"
OPENAI_KEY = "sk-0123456789abcdefghij"
AZURE = "https://acme.openai.azure.com/openai/v1"
PROJECT = "https://acme.services.ai.azure.com/api/projects/sales"
SAVED = Connection("7", ConnectionKind.AZURE, "Work", AZURE, "gpt", SignIn.KEY)
FINE = ConnectionReport(("gpt",), is_model_tested=True)
WRONG_KEY = ConnectionReport(error=ErrorInfo(ErrorCode.UNAUTHORIZED, {"status": "401"}))


@pytest.fixture
def adding(qtbot: QtBot, theme: Theme) -> ConnectionDialog:
    """Return the dialog that adds a connection."""
    offers = [("OPENAI_API_KEY", Connection("", ConnectionKind.OPENAI, "OpenAI", "https://api.openai.com/v1"))]
    return shown(qtbot, ConnectionDialog(theme, offers=offers, names=["OpenAI"]))


@pytest.fixture
def editing(qtbot: QtBot, theme: Theme) -> ConnectionDialog:
    """Return the dialog with a connection whose key is stored."""
    return shown(qtbot, ConnectionDialog(theme, SAVED, has_key=True))


def choose(dialog: QWidget, name: str, text: str) -> None:
    """Choose from a picker's menu."""
    click(dialog, name)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    next(action for action in menu.actions() if text in action.text()).trigger()
    menu.close()


def fill(dialog: ConnectionDialog, *, key: str = SECRET, model: str = "gpt") -> None:
    write(dialog, "connection-key", key)
    write(dialog, "connection-model", model)


@pytest.mark.parametrize(
    ("pasted", "kind", "url"),
    [
        ("https://acme.openai.azure.com/", ConnectionKind.AZURE, AZURE),
        (f"AZURE_OPENAI_ENDPOINT={AZURE}", ConnectionKind.AZURE, AZURE),
        ("https://api.openai.com/v1/responses", ConnectionKind.OPENAI, "https://api.openai.com/v1"),
        (PROJECT, ConnectionKind.FOUNDRY, f"{PROJECT}/openai/v1"),
        (f"{PROJECT}/assistants/asst_1", ConnectionKind.AGENT_SERVICE, PROJECT),
        ("http://localhost:9000/v1/threads", ConnectionKind.ASSISTANTS, "http://localhost:9000/v1"),
    ],
)
def test_whatever_is_pasted_is_understood(
    qtbot: QtBot, adding: ConnectionDialog, pasted: str, kind: ConnectionKind, url: str
) -> None:
    write(adding, "connection-paste", pasted)
    assert url in words(adding)
    click(adding, "connection-continue")
    if kind not in (ConnectionKind.FOUNDRY, ConnectionKind.AGENT_SERVICE):
        write(adding, "connection-key", SECRET)
    with qtbot.waitSignal(adding.check_requested) as asked:
        click(adding, "connection-test")
    assert (asked.args[0].kind, asked.args[0].base_url) == (kind, url)


def test_an_address_of_the_retired_api_names_the_way_that_works(adding: ConnectionDialog) -> None:
    write(adding, "connection-paste", "https://acme.openai.azure.com/openai/assistants?api-version=2024-05-01-preview")
    assert "The Assistants API has ended there" in words(adding)
    click(adding, "connection-continue")
    assert field(adding, "connection-url").text() == AZURE


def test_the_retired_api_is_not_added_as_a_server_of_ones_own(adding: ConnectionDialog) -> None:
    click(adding, "connection-kind-assistants")
    write(adding, "connection-url", "https://api.openai.com/v1/assistants")
    assert not button(adding, "connection-save").isEnabled()
    assert "has ended there" in words(adding)
    click(adding, "connection-instead")
    assert adding.findChild(QPushButton, "connection-other-address") is not None  # OpenAI's own is not asked for


@pytest.mark.parametrize("pasted", ["", "nonsense", "ftp://example.com", "https://portal.azure.com/#home"])
def test_what_is_no_endpoint_does_not_go_on(adding: ConnectionDialog, pasted: str) -> None:
    write(adding, "connection-paste", pasted)
    assert not button(adding, "connection-continue").isEnabled()


def test_a_pasted_key_of_openai_is_hidden_at_once_and_used(qtbot: QtBot, adding: ConnectionDialog) -> None:
    write(adding, "connection-paste", OPENAI_KEY)
    assert field(adding, "connection-paste").echoMode() is QLineEdit.EchoMode.Password
    click(adding, "connection-continue")
    with qtbot.waitSignal(adding.check_requested) as asked:
        click(adding, "connection-test")
    assert asked.args[0].kind is ConnectionKind.OPENAI
    assert asked.args[1] == OPENAI_KEY


def test_a_key_pasted_into_the_address_moves_to_its_own_field(adding: ConnectionDialog) -> None:
    click(adding, "connection-kind-azure")
    QGuiApplication.clipboard().setText("0123456789abcdef0123456789abcdef")
    line = field(adding, "connection-url")
    line.paste()
    line.textEdited.emit(line.text())
    assert line.text() == ""
    assert field(adding, "connection-key").text() == "0123456789abcdef0123456789abcdef"


def test_an_offered_key_is_taken_from_the_environment(qtbot: QtBot, adding: ConnectionDialog) -> None:
    click(adding, "connection-offer-OPENAI_API_KEY")
    assert field(adding, "connection-key").placeholderText() == "Taken from OPENAI_API_KEY"
    write(adding, "connection-model", "gpt")
    with qtbot.waitSignal(adding.check_requested):
        click(adding, "connection-save")
    with qtbot.waitSignal(adding.saved) as saved:
        adding.show_report(FINE)
    connection, key, variable = saved.args
    assert (connection.name, key, variable) == ("OpenAI 2", None, "OPENAI_API_KEY")


def test_a_key_of_the_environment_goes_to_no_other_host(adding: ConnectionDialog) -> None:
    click(adding, "connection-offer-OPENAI_API_KEY")
    click(adding, "connection-other-address")
    write(adding, "connection-url", "https://elsewhere.example.com/v1")
    assert field(adding, "connection-key").placeholderText() == ""
    assert not button(adding, "connection-test").isEnabled()


def test_nothing_is_saved_before_the_test_has_passed(qtbot: QtBot, adding: ConnectionDialog) -> None:
    click(adding, "connection-kind-openai")
    fill(adding)
    with qtbot.assertNotEmitted(adding.saved):
        click(adding, "connection-save")
        adding.show_report(WRONG_KEY)
    assert "does not accept the key" in words(adding)
    assert field(adding, "connection-key").property("invalid")


def test_after_a_test_that_failed_it_can_be_saved_anyway(qtbot: QtBot, adding: ConnectionDialog) -> None:
    click(adding, "connection-kind-openai")
    fill(adding)
    assert not adding.findChildren(QPushButton, "connection-save-anyway")[0].isVisible()
    click(adding, "connection-save")
    adding.show_report(ConnectionReport(error=ErrorInfo(ErrorCode.SERVER_FAILED)))
    with qtbot.waitSignal(adding.saved) as saved:
        click(adding, "connection-save-anyway")
    assert saved.args[1] == SECRET
    assert not adding.isVisible()


def test_what_was_changed_during_the_test_is_tested_again(qtbot: QtBot, adding: ConnectionDialog) -> None:
    click(adding, "connection-kind-openai")
    fill(adding)
    click(adding, "connection-save")
    with qtbot.waitSignal(adding.cancel_requested):
        write(adding, "connection-key", "another")
    with qtbot.assertNotEmitted(adding.saved):
        adding.show_report(FINE)


def test_a_test_without_a_model_lists_what_there_is(qtbot: QtBot, adding: ConnectionDialog) -> None:
    click(adding, "connection-kind-openai")
    write(adding, "connection-key", SECRET)
    with qtbot.assertNotEmitted(adding.saved):
        click(adding, "connection-save")
        adding.show_report(ConnectionReport(("one", "two")))
    assert "It lists 2 models" in words(adding)
    assert field(adding, "connection-model").hasFocus()
    completer = field(adding, "connection-model").completer()
    assert completer.model().rowCount() == 2


def test_an_agent_needs_no_model(qtbot: QtBot, adding: ConnectionDialog) -> None:
    write(adding, "connection-paste", f"{PROJECT}/agents/analyst")
    click(adding, "connection-continue")
    assert field(adding, "connection-agent").text() == "analyst"
    click(adding, "connection-save")
    with qtbot.waitSignal(adding.saved) as saved:
        adding.show_report(ConnectionReport())
    assert saved.args[0].agent == "analyst"


def test_the_stored_key_is_kept_unless_another_is_typed(qtbot: QtBot, editing: ConnectionDialog) -> None:
    assert "leave empty to keep it" in field(editing, "connection-key").placeholderText()
    with qtbot.waitSignal(editing.check_requested) as asked:
        click(editing, "connection-test")
    assert asked.args == [SAVED, None, ""]


def test_the_stored_key_is_not_sent_to_another_host(editing: ConnectionDialog) -> None:
    write(editing, "connection-url", "https://other.openai.azure.com")
    assert urlsplit(field(editing, "connection-url").text()).netloc == "other.openai.azure.com"
    assert not button(editing, "connection-test").isEnabled()


def test_a_sign_in_with_a_code_shows_it_and_lets_it_be_copied(qtbot: QtBot, adding: ConnectionDialog) -> None:
    click(adding, "connection-kind-foundry")
    write(adding, "connection-url", PROJECT)
    choose(adding, "connection-sign-in", "with a code")
    assert not field_is_shown(adding, "connection-key")
    click(adding, "connection-test")
    adding.show_code(DeviceCode("https://microsoft.com/devicelogin", "AB12CD"))
    click(adding, "device-code-copy")
    assert QGuiApplication.clipboard().text() == "AB12CD"
    with qtbot.waitSignal(adding.link_activated) as opened:
        click(adding, "device-code-link")
    assert opened.args == ["https://microsoft.com/devicelogin"]
    adding.show_report(ConnectionReport(error=ErrorInfo(ErrorCode.SIGN_IN_FAILED, {"cause": "timeout"})))
    assert "AB12CD" not in words(adding)


def field_is_shown(dialog: QWidget, name: str) -> bool:
    found = dialog.findChild(QLineEdit, name)
    return found is not None and found.isVisible()


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("openai", {"name", "key", "model"}),
        ("azure", {"name", "url", "key", "model"}),
        ("foundry", {"name", "url", "tenant", "model", "agent"}),
        ("agent_service", {"name", "url", "tenant", "model"}),
        ("assistants", {"name", "url", "key", "model"}),
    ],
)
def test_each_kind_asks_for_what_it_needs(adding: ConnectionDialog, kind: str, fields: set[str]) -> None:
    click(adding, f"connection-kind-{kind}")
    every = ("name", "url", "key", "tenant", "model", "agent")
    assert {name for name in every if field_is_shown(adding, f"connection-{name}")} == fields


def test_back_leads_to_the_other_services(adding: ConnectionDialog) -> None:
    click(adding, "connection-kind-azure")
    click(adding, "connection-back")
    click(adding, "connection-kind-openai")
    assert not field_is_shown(adding, "connection-url")


def test_a_double_click_tests_once_and_a_later_click_stops(editing: ConnectionDialog) -> None:
    asked: list[object] = []
    stopped: list[bool] = []
    editing.check_requested.connect(lambda *values: asked.append(values))
    editing.cancel_requested.connect(lambda: stopped.append(True))
    test = button(editing, "connection-test")
    QTest.mouseClick(test, Qt.MouseButton.LeftButton)
    QTest.mouseDClick(test, Qt.MouseButton.LeftButton)  # what a second quick press is to a widget
    QTest.mouseRelease(test, Qt.MouseButton.LeftButton)
    assert (len(asked), stopped) == (1, [])
    QTest.mouseClick(test, Qt.MouseButton.LeftButton)
    assert (len(asked), stopped) == (1, [True])


def test_closing_gives_the_test_up(qtbot: QtBot, editing: ConnectionDialog) -> None:
    click(editing, "connection-test")
    with qtbot.waitSignal(editing.cancel_requested):
        QTest.keyClick(editing, Qt.Key.Key_Escape)


def test_everything_can_be_done_with_the_keyboard(qtbot: QtBot, adding: ConnectionDialog) -> None:
    qtbot.waitUntil(field(adding, "connection-paste").hasFocus)
    QTest.keyClicks(field(adding, "connection-paste"), AZURE)
    QTest.keyClick(adding, Qt.Key.Key_Return)
    qtbot.waitUntil(field(adding, "connection-key").hasFocus)
    QTest.keyClicks(field(adding, "connection-key"), SECRET)
    QTest.keyClick(field(adding, "connection-key"), Qt.Key.Key_Tab)
    assert field(adding, "connection-model").hasFocus()
    QTest.keyClicks(field(adding, "connection-model"), "gpt")
    with qtbot.waitSignal(adding.check_requested) as asked:
        QTest.keyClick(field(adding, "connection-model"), Qt.Key.Key_Return)
    assert asked.args[0].base_url == AZURE


def test_enter_presses_the_button_that_has_the_keyboard(adding: ConnectionDialog) -> None:
    button(adding, "connection-kind-azure").setFocus()
    QTest.keyClick(button(adding, "connection-kind-azure"), Qt.Key.Key_Return)
    assert field_is_shown(adding, "connection-url")


def test_no_widget_says_the_key_or_is_without_a_name(adding: ConnectionDialog) -> None:
    click(adding, "connection-kind-azure")
    write(adding, "connection-url", AZURE)
    fill(adding)
    click(adding, "connection-test")
    assert field(adding, "connection-key").echoMode() is QLineEdit.EchoMode.Password
    for widget in filter(QWidget.isVisible, adding.findChildren(QWidget)):
        said = (widget.toolTip(), widget.objectName(), widget.accessibleName(), widget.accessibleDescription())
        assert SECRET not in " ".join(said)
        if isinstance(widget, QLineEdit | QPushButton):
            assert widget.objectName()
            assert widget.accessibleName()
    assert SECRET not in words(adding)


def test_in_a_small_window_the_rest_can_be_scrolled_to(qtbot: QtBot, adding: ConnectionDialog) -> None:
    click(adding, "connection-kind-foundry")
    adding.resize(560, 300)
    qtbot.waitUntil(lambda: adding.height() <= 320)
    while not field(adding, "connection-agent").hasFocus():
        press(Qt.Key.Key_Tab)
    assert not field(adding, "connection-agent").visibleRegion().isEmpty()
    assert not button(adding, "connection-save").visibleRegion().isEmpty()


@pytest.mark.parametrize("offers", [(), [("OPENAI_API_KEY", Connection("", ConnectionKind.OPENAI, "", ""))]])
def test_the_dialog_is_as_high_as_what_it_shows(
    qtbot: QtBot, theme: Theme, offers: list[tuple[str, Connection]]
) -> None:
    dialog = shown(qtbot, ConnectionDialog(theme, offers=offers))
    last = button(dialog, "connection-kind-assistants")
    qtbot.waitUntil(lambda: last.visibleRegion().boundingRect().height() == last.height())
