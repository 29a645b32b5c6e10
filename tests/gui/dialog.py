"""Hands for dialogs: show one, find what is in it, press and type."""

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

W = TypeVar("W", bound=QWidget)
D = TypeVar("D", bound=QDialog)


def shown(qtbot: QtBot, dialog: D) -> D:
    """Shows a dialog until the test ends."""
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    with qtbot.waitActive(dialog):
        dialog.show()
        dialog.activateWindow()
    return dialog


def part(root: QWidget, kind: type[W], name: str) -> W:
    """The widget of this name."""
    found = root.findChild(kind, name)
    assert isinstance(found, kind), f"there is no {name}"
    return found


def button(root: QWidget, name: str) -> QPushButton:
    """The button of this name."""
    return part(root, QPushButton, name)


def click(root: QWidget, name: str) -> None:
    """Clicks the button of this name."""
    QTest.mouseClick(button(root, name), Qt.MouseButton.LeftButton)


def says(root: QWidget, name: str) -> str:
    """What the label of this name says, while it can be seen."""
    found = part(root, QLabel, name)
    return found.text() if found.isVisible() else ""


def words(root: QWidget) -> str:
    """Everything that labels say, while they can be seen."""
    return "\n".join(label.text() for label in root.findChildren(QLabel) if label.isVisible())


def field(root: QWidget, name: str) -> QLineEdit:
    """The field of this name, which can be seen."""
    found = part(root, QLineEdit, name)
    assert found.isVisible(), f"{name} is hidden"
    return found


def write(root: QWidget, name: str, text: str) -> None:
    """Types into a field instead of what is there, and leaves it."""
    line = field(root, name)
    line.selectAll()
    QTest.keyClick(line, Qt.Key.Key_Delete)
    QTest.keyClicks(line, text)
    line.editingFinished.emit()


def type_keys(text: str) -> None:
    """Types into whatever has the keyboard: the first letter may open a field for the others."""
    for letter in text:
        focused = QApplication.focusWidget()
        assert isinstance(focused, QWidget)
        QTest.keyClicks(focused, letter)


def press(key: Qt.Key) -> None:
    """Presses a key in whatever has the keyboard."""
    focused = QApplication.focusWidget()
    assert isinstance(focused, QWidget)
    QTest.keyClick(focused, key)


def finish_cell() -> None:
    """Takes what was typed into a cell, which Qt does after the key. Not for tests with a loop: it would run inside."""
    press(Qt.Key.Key_Return)
    QApplication.processEvents()
