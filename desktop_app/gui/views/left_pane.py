"""The left pane: connection, new thread, search, assistants, threads."""

from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.gui.override import override
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.views.connection_card import ConnectionCard
from desktop_app.gui.widgets.button import Button, IconButton
from desktop_app.gui.widgets.label import label
from desktop_app.gui.widgets.nav_list import NavList

tr = partial(QCoreApplication.translate, "left")

_SEARCH_DELAY_MS = 120
_ASSISTANT_ROWS = 5


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
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() == Qt.Key.Key_Down:
            self.list_requested.emit()
        else:
            super().keyPressEvent(event)


class LeftPane(QFrame):
    """Composes the pane; the lists get their models and delegates from outside.

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
        self.assistants = NavList(tr("Assistants"), "assistants", moves_choose=False)
        self.assistants.setFixedHeight(0)
        self.threads = NavList(tr("Threads"), "threads")
        self.hits = NavList(tr("Search results"), "hits")
        add = IconButton(theme, "plus", tr("New assistant…"), "new-assistant")
        self._nothing = label("", "muted", wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
        self._nothing.setContentsMargins(8, 8, 8, 8)
        self._stack = QStackedWidget()

        heading = QHBoxLayout()
        heading.setContentsMargins(8, 0, 0, 0)
        heading.addWidget(label(tr("Assistants").upper(), "section"), 1)
        heading.addWidget(add)
        normal = _column(4)
        normal.addLayout(heading)
        normal.addWidget(self.assistants)
        normal.addWidget(self.threads, 1)
        found = _column(0)
        found.addWidget(self._nothing)
        found.addWidget(self.hits, 1)
        for layout in (normal, found):
            page = QWidget()
            page.setLayout(layout)
            self._stack.addWidget(page)

        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 8)
        column.setSpacing(12)
        column.addWidget(self.connection)
        column.addWidget(self.new_thread)
        column.addWidget(self.search)
        column.addWidget(self._stack, 1)
        self.new_thread.clicked.connect(self.new_thread_requested)
        add.clicked.connect(self.new_assistant_requested)
        self.search.list_requested.connect(self._focus_list)

    def fit_assistants(self) -> None:
        """Make the list of assistants as high as its rows, up to five."""
        model = self.assistants.model()
        rows = min(model.rowCount(), _ASSISTANT_ROWS)
        self.assistants.setFixedHeight(rows * self.assistants.sizeHintForRow(0) if rows else 0)

    def show_threads(self) -> None:
        """Show assistants and threads."""
        self._stack.setCurrentIndex(0)

    def show_hits(self, nothing: str) -> None:
        """Show search results; `nothing` says that there are none."""
        self._nothing.setText(nothing)
        self._nothing.setVisible(bool(nothing))
        self.hits.setVisible(not nothing)
        self._stack.setCurrentIndex(1)

    def _focus_list(self) -> None:
        target = self.threads if self._stack.currentIndex() == 0 else self.hits
        target.setFocus(Qt.FocusReason.TabFocusReason)
        if not target.currentIndex().isValid() and target.model() is not None and target.model().rowCount():
            target.setCurrentIndex(target.model().index(0, 0))


def _column(spacing: int) -> QVBoxLayout:
    layout = QVBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    return layout
