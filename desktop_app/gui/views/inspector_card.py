"""What the pages of the inspector are made of."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QVBoxLayout, QWidget

from desktop_app.gui.widgets.label import label

Fact = tuple[str, str]
"""A name and a value, in words."""


def new_card() -> tuple[QFrame, QVBoxLayout]:
    """Return a card, and the column to fill it by."""
    card = QFrame()
    card.setProperty("kind", "card")
    column = QVBoxLayout(card)
    column.setContentsMargins(12, 12, 12, 12)
    column.setSpacing(8)
    return card, column


class Page(QWidget):
    """A column of cards."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 12, 0)
        self.column.setSpacing(12)


class Facts(QWidget):
    """Two columns of words."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        self._rows: list[tuple[QWidget, QWidget]] = []
        self._facts: list[Fact] = []

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Replace all rows, where any is different."""
        if list(facts) == self._facts:
            return
        self._facts = list(facts)
        for pair in self._rows:
            for widget in pair:
                self._grid.removeWidget(widget)
                widget.deleteLater()
        self._rows = []
        for place, (name, value) in enumerate(facts):
            key, text = label(name, "muted"), label(value, wrap=True)
            self._grid.addWidget(key, place, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(text, place, 1)
            self._rows.append((key, text))
