"""A list model over plain values that says exactly what changed, so that views keep place and selection."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop_app.gui.override import override

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = int(Qt.ItemDataRole.UserRole)
"""The row itself."""
KEY_ROLE = ROW_ROLE + 1
"""What identifies the row over changes."""


class RowListModel(QAbstractListModel, Generic[Row]):
    """Rows with keys. Subclasses say what a row's key and its words are."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []

    def key(self, row: Row) -> str:
        """Return what identifies `row`; no two rows have the same."""
        raise NotImplementedError

    def words(self, row: Row) -> str:
        """Return what a screen reader says of `row`, and what keyboard search looks at."""
        raise NotImplementedError

    def is_choosable(self, row: Row) -> bool:  # noqa: ARG002 - the default for every row
        """Whether the row can be chosen; a heading cannot."""
        return True

    def rows(self) -> tuple[Row, ...]:
        """All rows."""
        return tuple(self._rows)

    def row_of(self, key: str) -> int:
        """Return the place of the row with this key, or -1."""
        return next((place for place, row in enumerate(self._rows) if self.key(row) == key), -1)

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Take `rows` over: between the common beginning and the common end, old rows go and new ones come."""
        old = [self.key(row) for row in self._rows]
        new = [self.key(row) for row in rows]
        start = _common(old, new)
        end = min(_common(old[::-1], new[::-1]), min(len(old), len(new)) - start)
        if len(old) - end > start:
            self.beginRemoveRows(QModelIndex(), start, len(old) - end - 1)
            del self._rows[start : len(old) - end]
            self.endRemoveRows()
        if len(new) - end > start:
            self.beginInsertRows(QModelIndex(), start, len(new) - end - 1)
            self._rows[start:start] = rows[start : len(new) - end]
            self.endInsertRows()
        for place, row in enumerate(rows):
            if self._rows[place] != row:
                self._rows[place] = row
                self.dataChanged.emit(self.index(place), self.index(place))

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default, never changed
        return 0 if parent.isValid() else len(self._rows)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == KEY_ROLE:
            return self.key(row)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.words(row)
        return None

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if not self.is_choosable(self._rows[index.row()]):
            return Qt.ItemFlag.ItemNeverHasChildren
        return super().flags(index) | Qt.ItemFlag.ItemNeverHasChildren


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    """Return how many elements both begin with."""
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count
