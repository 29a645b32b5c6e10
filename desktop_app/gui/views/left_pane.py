"""The left pane: connection, new thread, search, assistants, threads."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6 import QtCore
from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop_app.gui.override import override
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.views.connection_card import ConnectionCard
from desktop_app.gui.widgets.button import Button, IconButton
from desktop_app.gui.widgets.label import label

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

tr = partial(QCoreApplication.translate, "left")

_SEARCH_DELAY_MS = 120


class SearchField(QLineEdit):
    """The search: Escape empties it, Down goes to what was found.

    Signals:
        query_changed: The person has stopped typing for a moment; the words.
        list_requested: Down was pressed.
    """

    query_changed = Signal(str)
    list_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("search")
        self.setAccessibleName(tr("Search threads"))
        self.setPlaceholderText(tr("Search threads"))
        self.setAcceptDrops(False)
        self._icon = QAction(self)
        self.addAction(self._icon, QLineEdit.ActionPosition.LeadingPosition)
        self._clear = QAction(tr("Clear the search"), self)
        self.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setVisible(False)
        self._clear.triggered.connect(self.clear)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SEARCH_DELAY_MS)
        self._timer.timeout.connect(lambda: self.query_changed.emit(self.text()))
        self.textChanged.connect(self._on_text_changed)
        theme.changed.connect(self._draw)
        self._draw()

    def _on_text_changed(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        if text.strip():
            self._timer.start()
        else:
            self._timer.stop()
            self.query_changed.emit("")

    def _draw(self) -> None:
        self._icon.setIcon(self._theme.icon("search"))
        self._clear.setIcon(self._theme.icon("x"))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == QtCore.Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() == QtCore.Qt.Key.Key_Down:
            self.list_requested.emit()
        else:
            super().keyPressEvent(event)


class LeftPane(QFrame):
    """Composes the pane; the lists are put in from outside.

    Signals:
        new_thread_requested, new_assistant_requested: The buttons.
    """

    new_thread_requested = Signal()
    new_assistant_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("left-pane")
        self.setProperty("pane", "side")
        self.setAccessibleName(tr("Assistants and threads"))
        self.setMinimumWidth(200)
        self.connection = ConnectionCard(theme)
        self.new_thread = Button(tr("New thread"), "new-thread", kind="primary", theme=theme, icon="plus")
        self.search = SearchField(theme)
        add = IconButton(theme, "plus", tr("New assistant…"), "new-assistant")
        heading = QHBoxLayout()
        heading.setContentsMargins(8, 0, 0, 0)
        heading.addWidget(label(tr("Assistants").upper(), "section"), 1)
        heading.addWidget(add)
        self._heading = QWidget()
        self._heading.setLayout(heading)

        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 8)
        column.setSpacing(12)
        column.addWidget(self.connection)
        column.addWidget(self.new_thread)
        column.addWidget(self.search)
        self._lower = QVBoxLayout()
        self._lower.setSpacing(2)
        self._lower.addWidget(self._heading)
        column.addLayout(self._lower)
        column.addStretch(1)
        self._column = column
        self.new_thread.clicked.connect(self.new_thread_requested)
        add.clicked.connect(self.new_assistant_requested)

    def set_lists(self, lists: QWidget) -> None:
        """Put the lists below the heading."""
        self._column.takeAt(self._column.count() - 1)
        self._column.setStretchFactor(self._lower, 1)
        self._lower.addWidget(lists, 1)

    def show_heading(self, *, shown: bool) -> None:
        """Show or hide the heading over the assistants."""
        self._heading.setVisible(shown)
