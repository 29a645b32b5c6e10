"""A table of words: rows are chosen, with mouse and keyboard alike."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from desktop_app.gui.override import override

_ROW = 32
_USUAL_ROWS = 7
_LEAST_ROWS = 3
_SMALL_SCREEN = 600
_MOST_OF_WIDTH = 3


class Table(QTableWidget):
    """Rows under headings. The first column takes what room there is; the table takes what height there is.

    Tab leaves it, as it leaves a list; between its cells go the arrow keys.

    Signals:
        delete_requested: Delete was pressed.
    """

    delete_requested = Signal()

    def __init__(
        self,
        label: str,
        name: str,
        headings: Sequence[str],
        parent: QWidget | None = None,
        *,
        figures: Collection[int] = (),
    ) -> None:
        """`figures` are the columns of numbers."""
        super().__init__(0, len(headings), parent)
        self._figures = figures
        self.setObjectName(name)
        self.setAccessibleName(label)
        for column, words in enumerate(headings):
            self.setHorizontalHeaderItem(column, self._item(column, words))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setDefaultSectionSize(_ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def show_words(self, rows: Sequence[Sequence[str]]) -> None:
        """Show these; nothing is chosen any more."""
        self.setRowCount(len(rows))
        for place, words in enumerate(rows):
            for column, word in enumerate(words):
                self.set_words(place, column, word)
        self.clearSelection()

    def set_words(self, row: int, column: int, words: str) -> None:
        """Show this in a cell."""
        self.setItem(row, column, self._item(column, words))

    def _item(self, column: int, words: str) -> QTableWidgetItem:
        item = QTableWidgetItem(words)
        item.setToolTip(words)
        side = Qt.AlignmentFlag.AlignTrailing if column in self._figures else Qt.AlignmentFlag.AlignLeading
        item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        return item

    def chosen(self) -> list[int]:
        """Return the places of the rows that are chosen, from top to bottom."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_requested.emit()
        else:
            super().keyPressEvent(event)

    @override
    def sizeHintForColumn(self, column: int) -> int:
        """No column is so wide that the others have no room; what is cut is said by its tool tip."""
        return min(super().sizeHintForColumn(column), self.viewport().width() // _MOST_OF_WIDTH)

    @override
    def sizeHint(self) -> QSize:
        is_small = self.screen().availableGeometry().height() < _SMALL_SCREEN
        rows = _LEAST_ROWS if is_small else _USUAL_ROWS
        return QSize(super().sizeHint().width(), _ROW * (rows + 1))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), _ROW * (_LEAST_ROWS + 1))
