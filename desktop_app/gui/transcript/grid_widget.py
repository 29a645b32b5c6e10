"""A large table: its own limits and scroll bars, and only the cells in sight are drawn."""

from string import Template

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from desktop_app.gui.override import override
from desktop_app.gui.transcript.rich import Table, text_of
from desktop_app.gui.transcript.row import TableRow
from desktop_app.gui.transcript.row_widget import Context, RowWidget

_ROW = 30
_HEIGHT = 400
_WIDEST_COLUMN = 260
_SAMPLED_ROWS = 50
_ROOT = QModelIndex()
_SHEET = """
QTableView { background: $surface; selection-background-color: $accent_wash; selection-color: $text; }
QTableView::item { border: 0; border-bottom: 1px solid $border; padding: 0 8px; }
QTableView::item:selected { background: $accent_wash; color: $text; }
QHeaderView { background: $surface; }
QHeaderView::section {
  background: $surface; color: $text; border: 0; border-bottom: 1px solid $control; padding: 0 11px; font-weight: 600;
}
"""


class _TableModel(QAbstractTableModel):
    """The cells of a table."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._table = Table((), (), ())

    def set_table(self, table: Table) -> None:
        """Shows another table."""
        self.beginResetModel()
        self._table = table
        self.endResetModel()

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        is_right = self._table.alignments[column] == "right"
        side = Qt.AlignmentFlag.AlignTrailing if is_right else Qt.AlignmentFlag.AlignLeading
        return side | Qt.AlignmentFlag.AlignVCenter

    @override
    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._table.rows)

    @override
    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._table.head)

    @override
    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            row = self._table.rows[index.row()]
            return text_of(row[index.column()]) if index.column() < len(row) else ""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(index.column())
        return None

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(section)
        return text_of(self._table.head[section]) if role == Qt.ItemDataRole.DisplayRole else None


class _TableView(QTableView):
    """Copies the chosen cells with tabs, as spreadsheets like them."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not event.matches(QKeySequence.StandardKey.Copy):
            super().keyPressEvent(event)
            return
        rows: dict[int, list[str]] = {}
        for index in sorted(self.selectedIndexes(), key=lambda each: (each.row(), each.column())):
            rows.setdefault(index.row(), []).append(str(index.data()))
        QGuiApplication.clipboard().setText("\n".join("\t".join(cells) for cells in rows.values()))


class GridWidget(RowWidget):
    """A `TableRow` with more rows or columns than a document lays out quickly."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(context, parent)
        self._model = _TableModel(self)
        self._view = _TableView(self)
        self._view.setObjectName("large-table")
        self._view.setModel(self._model)
        self._view.setTabKeyNavigation(False)
        self._view.verticalHeader().hide()
        self._view.verticalHeader().setDefaultSectionSize(_ROW)
        self._view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._view.setFont(self.look.font(13))
        self._view.setShowGrid(False)
        self._view.horizontalHeader().setFixedHeight(_ROW)
        self._view.horizontalHeader().setHighlightSections(False)
        self._view.setFrameShape(QTableView.Shape.NoFrame)
        self._paint_sheet()

    def _paint_sheet(self) -> None:
        self._view.setStyleSheet(Template(_SHEET).substitute(self.look.theme.palette._asdict()))

    @override
    def restyle(self) -> None:
        self._paint_sheet()
        super().restyle()

    @override
    def show_row(self) -> None:
        if not isinstance(self.row, TableRow):
            return
        self._model.set_table(self.row.table)
        self._view.setAccessibleName(" ".join(text_of(cell) for cell in self.row.table.head))
        metrics = self._view.fontMetrics()
        rows = (self.row.table.head, *self.row.table.rows[:_SAMPLED_ROWS])
        for column in range(len(self.row.table.head)):
            texts = [text_of(row[column]) for row in rows if column < len(row)]
            widest = max(metrics.horizontalAdvance(text[:80]) for text in texts)
            self._view.setColumnWidth(column, min(widest + 32, _WIDEST_COLUMN))

    @override
    def height_for(self, width: int) -> int:
        # The header, the rows, and a scroll bar that may lie across.
        height = min(_ROW * (self._model.rowCount() + 1) + 16, _HEIGHT)
        self._view.setGeometry(0, 0, width, height)
        return height
