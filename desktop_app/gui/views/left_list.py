"""The lists of the left pane: assistants and threads, or what a search found."""

from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop_app.gui.override import override
from desktop_app.gui.widgets.label import label
from desktop_app.gui.widgets.nav_list import NavList

tr = partial(QCoreApplication.translate, "left")

_ASSISTANT_ROWS = 5
_SHARE = 3
"""Where there is little height, the assistants get a third of it."""


class LeftLists(QStackedWidget):
    """Holds the lists; they get their models and delegates from outside."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("left-lists")
        self.assistants = NavList(tr("Assistants"), "assistants", moves_choose=False)
        self.assistants.setFixedHeight(0)
        self.threads = NavList(tr("Threads"), "threads")
        self.hits = NavList(tr("Search results"), "hits")
        self._nothing = label("", "muted", wrap=True)
        self._nothing.setObjectName("nothing-found")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
        self._nothing.setContentsMargins(8, 8, 8, 8)
        for widgets in ((self.assistants, self.threads), (self._nothing, self.hits)):
            page = QWidget()
            column = QVBoxLayout(page)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(4)
            column.addWidget(widgets[0])
            column.addWidget(widgets[1], 1)
            self.addWidget(page)

    def fit_assistants(self) -> None:
        """Make the list of assistants as high as its rows, up to five, unless the threads need the room."""
        row = max(self.assistants.sizeHintForRow(0), 1)
        most = max(min(self.height() // _SHARE // row, _ASSISTANT_ROWS), 1)
        self.assistants.setFixedHeight(min(self.assistants.model().rowCount(), most) * row)

    def show_threads(self) -> None:
        """Show assistants and threads."""
        self.setCurrentIndex(0)

    def show_hits(self, nothing: str) -> None:
        """Show search results; `nothing` says that there are none."""
        self._nothing.setText(nothing)
        self._nothing.setVisible(bool(nothing))
        self.hits.setVisible(not nothing)
        self.setCurrentIndex(1)

    def focus_list(self) -> None:
        """Give the list that is shown the keyboard."""
        target = self.threads if self.currentIndex() == 0 else self.hits
        target.setFocus(Qt.FocusReason.TabFocusReason)
        if not target.currentIndex().isValid() and target.model().rowCount():
            target.setCurrentIndex(target.model().index(0, 0))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.assistants.model() is not None:
            self.fit_assistants()
