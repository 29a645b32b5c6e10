"""The table of prices: what can be saved, and what is said of the rest."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from desktop_app.gui.dialogs.price import PriceDialog
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.table import Table
from desktop_app.services.price import Price, PriceTable
from tests.gui.dialog import button, click, finish_cell, part, press, says, shown, type_keys

MINI = Price("mini", 0.25, 0.025, 2.0)
TABLE = PriceTable((MINI,), 0.03, "USD")


def write(dialog: PriceDialog, row: int, *texts: str) -> None:
    table = part(dialog, Table, "price-table")
    for column, text in enumerate(texts):
        item = table.item(row, column)
        assert item is not None
        item.setText(text)


def saved(qtbot: QtBot, dialog: PriceDialog) -> PriceTable:
    with qtbot.waitSignal(dialog.saved) as signal:
        click(dialog, "price-save")
    table = signal.args[0]
    assert isinstance(table, PriceTable)
    return table


def test_nothing_changed_is_saved_as_it_was(qtbot: QtBot, theme: Theme) -> None:
    dialog = shown(qtbot, PriceDialog(theme, TABLE, ["mini", "other", "other"]))
    assert part(dialog, Table, "price-table").rowCount() == 2
    assert saved(qtbot, dialog) == TABLE


def test_a_model_that_is_used_takes_only_its_prices(qtbot: QtBot, theme: Theme) -> None:
    dialog = shown(qtbot, PriceDialog(theme, TABLE, ["other"]))
    write(dialog, 1, "other", "1,5", "", "10.25")
    part(dialog, QLineEdit, "price-session").setText("0.1")
    part(dialog, QLineEdit, "price-currency").setText(" EUR ")
    assert saved(qtbot, dialog) == PriceTable((MINI, Price("other", 1.5, 1.5, 10.25)), 0.1, "EUR")


def test_prices_are_typed_without_a_mouse(qtbot: QtBot, theme: Theme) -> None:
    dialog = shown(qtbot, PriceDialog(theme, PriceTable(), ["other"]))
    for price in ("1", "0.5", "3"):
        type_keys(price)
        finish_cell()
        press(Qt.Key.Key_Right)
    assert saved(qtbot, dialog).prices == (Price("other", 1.0, 0.5, 3.0),)


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (("other", "cheap", "", "1"), "“cheap” is not a price. It should look like 1.25."),
        (("other", "-1", "", "1"), "“-1” is not a price. It should look like 1.25."),
        (("other", "inf", "", "1"), "“inf” is not a price. It should look like 1.25."),
        (("other", "1", "", ""), "Enter what output costs, too: other."),
        (("other", "", "1", "2"), "Enter what input costs, too: other."),
        (("", "1", "", "2"), "The model of line 2 is missing."),
        (("mini", "1", "", "2"), "“mini” stands there twice."),
    ],
)
def test_what_cannot_be_saved_is_said(qtbot: QtBot, theme: Theme, texts: tuple[str, ...], words: str) -> None:
    dialog = shown(qtbot, PriceDialog(theme, TABLE, ["other"]))
    write(dialog, 1, *texts)
    assert says(dialog, "price-hint") == words
    assert not button(dialog, "price-save").isEnabled()


@pytest.mark.parametrize(("name", "text"), [("price-session", "free"), ("price-session", ""), ("price-currency", " ")])
def test_container_and_currency_are_needed(qtbot: QtBot, theme: Theme, name: str, text: str) -> None:
    dialog = shown(qtbot, PriceDialog(theme, TABLE, []))
    field = part(dialog, QLineEdit, name)
    field.setText(text)
    assert field.property("invalid")
    assert not button(dialog, "price-save").isEnabled()


def test_rows_come_and_go(qtbot: QtBot, theme: Theme) -> None:
    dialog = shown(qtbot, PriceDialog(theme, TABLE, []))
    table = part(dialog, Table, "price-table")
    click(dialog, "price-add")
    type_keys("new")
    finish_cell()
    write(dialog, 1, "new", "1", "1", "1")
    table.setCurrentCell(0, 0)
    table.setFocus()
    press(Qt.Key.Key_Delete)
    assert saved(qtbot, dialog).prices == (Price("new", 1.0, 1.0, 1.0),)


def test_tab_leaves_the_table(qtbot: QtBot, theme: Theme) -> None:
    dialog = shown(qtbot, PriceDialog(theme, TABLE, []))
    assert part(dialog, Table, "price-table").hasFocus()
    press(Qt.Key.Key_Tab)
    assert button(dialog, "price-add").hasFocus()
