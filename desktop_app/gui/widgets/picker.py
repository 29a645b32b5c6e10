"""A button that shows the choice and opens a menu of the others."""

from collections.abc import Iterable
from functools import partial

from PySide6 import QtCore, QtWidgets
from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QApplication, QWidget

from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.button import Button

_MOST_CHARACTERS = {"chip": 28, "field": 64}


class Picker(Button):
    """Choices have an id and a label.

    Signals:
        picked: The person chose the one with this id.
    """

    picked = Signal(str)

    def __init__(
        self, theme: Theme, label: str, name: str, parent: QWidget | None = None, *, kind: str = "chip"
    ) -> None:
        super().__init__("", name, parent, kind=kind, theme=theme, icon="chevron-down")
        self._label = label
        self._most = _MOST_CHARACTERS[kind]
        self._labels: dict[str, str] = {}
        self._current = ""
        self.setAccessibleName(label)
        self.clicked.connect(self._open)

    def current(self) -> str:
        """Return the id of the choice."""
        return self._current

    def set_choices(self, choices: Iterable[tuple[str, str]], current: str) -> None:
        """Offer these (id, label) pairs, one of which is chosen."""
        self.setLayoutDirection(_behind(QApplication.layoutDirection()))  # the icon stands behind the words
        self._labels = dict(choices)
        self.set_current(current)

    def set_current(self, key: str) -> None:
        """Show a choice, without a signal."""
        self._current = key
        words = self._labels.get(key, "")
        self.setText(words if len(words) <= self._most else words[: self._most - 1] + "…")
        self.setToolTip(f"{self._label}: {words}" if words else self._label)
        self.setAccessibleName(f"{self._label}: {words}" if words else self._label)

    def _pick(self, key: str) -> None:
        self.set_current(key)
        self.picked.emit(key)

    def _open(self) -> None:
        menu = QtWidgets.QMenu(self)
        menu.setObjectName("choices")
        menu.setLayoutDirection(QApplication.layoutDirection())
        for key, words in self._labels.items():
            action = menu.addAction(words.replace("&", "&&"), partial(self._pick, key))
            action.setCheckable(True)
            action.setChecked(key == self._current)
        menu.aboutToHide.connect(menu.deleteLater)
        height = menu.sizeHint().height()
        below = self.mapToGlobal(QPoint(0, self.height() + 2))
        above = self.mapToGlobal(QPoint(0, -height - 2))
        is_low = below.y() + height > self.screen().availableGeometry().bottom()
        menu.popup(above if is_low else below)


def _behind(direction: "QtCore.Qt.LayoutDirection") -> "QtCore.Qt.LayoutDirection":
    left, right = QtCore.Qt.LayoutDirection.LeftToRight, QtCore.Qt.LayoutDirection.RightToLeft
    return right if direction == left else left
