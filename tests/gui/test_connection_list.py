"""The list of connections, what is asked before one goes, and how services are reached."""

import ssl
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.domain.connection import ConnectionReport, Network
from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.gui.dialogs.connection_list import ConnectionList, ConnectionRow
from desktop_app.gui.dialogs.connection_remove import RemoveConnectionDialog
from desktop_app.gui.dialogs.network import NetworkDialog
from desktop_app.gui.theme.theme import Theme
from tests.gui.dialog import button, click, field, press, shown, words, write

ENGINE = ConnectionRow("engine", "This computer", "Embedded engine", "Built-in analyst", can_remove=False)
WORK = ConnectionRow("1", "Work", "OpenAI · api.openai.com", "Key stored")
HOME = ConnectionRow("2", "Home", "Assistants API server · localhost", "Key missing", is_complete=False)
UNREACHED = ConnectionReport(
    error=ErrorInfo(ErrorCode.CONNECTION_FAILED, {"host": "api.openai.com", "cause": "name"}),
)


@pytest.fixture
def listed(qtbot: QtBot, theme: Theme) -> ConnectionList:
    """Return a list of three."""
    dialog = ConnectionList(theme)
    dialog.show_rows([ENGINE, WORK, HOME])
    return shown(qtbot, dialog)


def buttons(dialog: ConnectionList, name: str) -> list[QPushButton]:
    """Return the buttons of this name that can be seen, from the top."""
    found = [each for each in dialog.findChildren(QPushButton, name) if each.isVisible()]
    return sorted(found, key=lambda each: each.mapTo(dialog, each.rect().topLeft()).y())


def test_every_connection_is_there_with_what_is_missing(listed: ConnectionList) -> None:
    assert "Work\nOpenAI · api.openai.com\nKey stored" in words(listed)
    assert "Key missing" in words(listed)


def test_the_engine_can_be_edited_and_not_removed(listed: ConnectionList) -> None:
    assert buttons(listed, "connection-edit")[0].accessibleName() == "Edit This computer"
    assert [each.accessibleName() for each in buttons(listed, "connection-remove")] == ["Remove Work", "Remove Home"]


def test_a_test_says_what_it_found_below_its_own_connection(qtbot: QtBot, listed: ConnectionList) -> None:
    with qtbot.waitSignal(listed.test_requested) as asked:
        buttons(listed, "connection-test")[0].click()
    assert asked.args == ["1"]
    listed.show_report(UNREACHED)
    assert "Key stored\nThere is no computer named “api.openai.com”" in words(listed).replace("\n\n", "\n")


def test_cleaning_up_is_said_and_why_it_did_not_come_to_an_end(listed: ConnectionList) -> None:
    listed.show_removing("1")
    assert "Deleting there what this program has put…" in words(listed)
    assert not buttons(listed, "connection-remove")[0].isEnabled()
    listed.show_not_removed("1", ErrorInfo(ErrorCode.FORBIDDEN))
    assert "The service does not allow this" in words(listed)
    assert buttons(listed, "connection-remove")[0].isEnabled()


def test_a_second_test_gives_the_first_one_up(qtbot: QtBot, listed: ConnectionList) -> None:
    first, second = buttons(listed, "connection-test")
    first.click()
    with qtbot.waitSignals([listed.cancel_requested, listed.test_requested]):
        second.click()
    listed.show_report(ConnectionReport(is_model_tested=True))
    assert words(listed).count("It works") == 1
    assert (first.text(), second.text()) == ("Test", "Test")


def test_the_answer_to_another_dialogs_test_is_not_shown_here(qtbot: QtBot, listed: ConnectionList) -> None:
    buttons(listed, "connection-test")[0].click()
    with qtbot.waitSignals([listed.cancel_requested, listed.edit_requested]):
        buttons(listed, "connection-edit")[1].click()
    listed.show_report(UNREACHED)
    assert "no computer" not in words(listed)


def test_what_changes_is_shown_where_it_was(listed: ConnectionList) -> None:
    listed.show_rows([ENGINE, ConnectionRow("2", "Home", HOME.about, "Key stored")])
    assert "Work" not in words(listed)
    assert "Key missing" not in words(listed)


@pytest.mark.parametrize(
    ("threads", "said"), [(0, "No thread uses it"), (1, "One thread uses it"), (3, "3 threads use it")]
)
def test_before_a_connection_goes_its_threads_are_counted(qtbot: QtBot, theme: Theme, threads: int, said: str) -> None:
    dialog = shown(qtbot, RemoveConnectionDialog(theme, "Work", threads))
    assert said in words(dialog)


@pytest.mark.parametrize("also", [False, True])
def test_what_the_service_keeps_is_deleted_only_if_that_is_wanted(qtbot: QtBot, theme: Theme, *, also: bool) -> None:
    dialog = shown(qtbot, RemoveConnectionDialog(theme, "Work", 1))
    switch = dialog.findChild(QCheckBox, "connection-clean-up")
    assert switch is not None
    switch.setChecked(also)
    with qtbot.waitSignal(dialog.confirmed) as confirmed:
        click(dialog, "connection-remove-confirm")
    assert confirmed.args == [also]


def test_enter_removes_nothing(qtbot: QtBot, theme: Theme) -> None:
    dialog = shown(qtbot, RemoveConnectionDialog(theme, "Work", 1))
    with qtbot.assertNotEmitted(dialog.confirmed):
        press(Qt.Key.Key_Return)
    assert not dialog.isVisible()


@pytest.fixture
def network(qtbot: QtBot) -> NetworkDialog:
    """Return the dialog as it is at first."""
    return shown(qtbot, NetworkDialog(Network()))


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("network-proxy", "ftp://proxy", "not the address of a proxy"),
        ("network-proxy", "http://me:secret@proxy:80", "kept in a file"),
        ("network-certificates", "/no/such/file.pem", "no such file"),
        ("network-certificates", __file__, "PEM"),
        ("network-connect", "soon", "not a number"),
        ("network-connect", "0", "between 1 and 3600"),
        ("network-silence", "nan", "between 1 and 3600"),
    ],
)
def test_what_cannot_be_used_is_said_and_not_saved(network: NetworkDialog, name: str, text: str, problem: str) -> None:
    write(network, name, text)
    assert problem in words(network)
    assert field(network, name).property("invalid")
    assert not button(network, "network-save").isEnabled()


def test_the_network_is_saved_as_it_was_entered(qtbot: QtBot, network: NetworkDialog, tmp_path: Path) -> None:
    authority = tmp_path / "company.pem"
    authority.write_text(ssl.DER_cert_to_PEM_cert(ssl.create_default_context().get_ca_certs(binary_form=True)[0]))
    write(network, "network-proxy", "proxy.example.com:8080")
    write(network, "network-certificates", str(authority))
    write(network, "network-connect", "2,5")
    with qtbot.waitSignal(network.saved) as saved:
        click(network, "network-save")
    assert saved.args == [Network("http://proxy.example.com:8080", str(authority), 2.5, 60.0, 300.0)]


def test_the_defaults_can_be_had_again(qtbot: QtBot) -> None:
    dialog = shown(qtbot, NetworkDialog(Network("http://proxy:1", "", 1.0, 2.0, 3.0)))
    click(dialog, "network-defaults")
    with qtbot.waitSignal(dialog.saved) as saved:
        click(dialog, "network-save")
    assert saved.args == [Network()]
