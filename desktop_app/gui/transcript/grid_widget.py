"""A large table: its own limits and scroll bars, and only the cells in sight are drawn."""

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
            is_right = self._table.alignments[index.column()] == "right"
            side = Qt.AlignmentFlag.AlignTrailing if is_right else Qt.AlignmentFlag.AlignLeading
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return text_of(self._table.head[section])
        return None


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
            self._view.setColumnWidth(column, min(widest + 24, _WIDEST_COLUMN))

    @override
    def height_for(self, width: int) -> int:
        # The header, the rows, and a scroll bar that may lie across.
        height = min(_ROW * (self._model.rowCount() + 1) + 16, _HEIGHT)
        self._view.setGeometry(0, 0, width, height)
        return height
