"""Everything that can be pressed or typed into in the dialogs about services has a name, and one that is spoken."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.gui.dialogs.confirm import ConfirmDialog
from desktop_app.gui.dialogs.price import PriceDialog
from desktop_app.gui.dialogs.remote_assistant import RemoteAssistantDialog
from desktop_app.gui.dialogs.remote_thread import RemoteThreadDialog
from desktop_app.gui.dialogs.thread_import import ThreadImportDialog
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.focus import focus_stops
from desktop_app.services.price import PriceTable
from tests.gui.dialog import press, shown


def imported(theme: Theme) -> ThreadImportDialog:
    dialog = ThreadImportDialog(theme, [("c", "Work")], "c")
    dialog.show_progress(1, 1, 0, [("thread_1", ErrorInfo(ErrorCode.NOT_FOUND))], is_over=True)
    return dialog


DIALOGS: list[Callable[[Theme], QDialog]] = [
    lambda theme: PriceDialog(theme, PriceTable(), ["mini"]),
    lambda theme: RemoteAssistantDialog(theme, [("c", "Work")], "c"),
    RemoteThreadDialog,
    imported,
    lambda _theme: ConfirmDialog("Delete", "For good.", "Delete"),
]


@pytest.mark.parametrize("make", DIALOGS)
def test_each_stop_of_the_keyboard_has_both_names(qtbot: QtBot, theme: Theme, make: Callable[[Theme], QDialog]) -> None:
    dialog = shown(qtbot, make(theme))
    stops = list(focus_stops(dialog))
    assert len(stops) >= 2
    assert [stop for stop in stops if not stop.objectName() or not stop.accessibleName()] == []


@pytest.mark.parametrize("make", DIALOGS)
def test_tab_goes_round_and_escape_closes(qtbot: QtBot, theme: Theme, make: Callable[[Theme], QDialog]) -> None:
    dialog = shown(qtbot, make(theme))
    seen: list[QWidget | None] = []
    for _stop in focus_stops(dialog):
        press(Qt.Key.Key_Tab)
        seen.append(dialog.focusWidget())
    assert set(seen) == set(focus_stops(dialog))
    press(Qt.Key.Key_Escape)
    assert not dialog.isVisible()
