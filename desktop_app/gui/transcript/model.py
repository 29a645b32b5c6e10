"""The transcript as a list model: takes what the services say, names the rows that changed, once a frame."""

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from desktop_app.domain.entity import StoredFile, TranscriptItem
from desktop_app.gui.override import override
from desktop_app.gui.transcript.group import Choices
from desktop_app.gui.transcript.link import linked_file
from desktop_app.gui.transcript.row import ActivityRow, PendingRow, Row, StepRow
from desktop_app.gui.transcript.section import Section
from desktop_app.services.activity import Activity
from desktop_app.services.transcript import ChangeScope, TranscriptChange

FRAME = 16
"""Milliseconds between two looks at what has changed."""
_REST = 4
"""So many times as long as a change took to be shown the window has for itself: a long open block may take a fifth."""
_LONGEST_FRAME = 1_000
_ROOT = QModelIndex()


class TranscriptModel(QAbstractListModel):
    """Rows of a thread.

    A change costs the rows of the item that changed, and of a streamed answer only those of its open block.

    Signals:
        settled: The rows have changed and will not change again before the next frame.
    """

    settled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []
        self._owners: list[Section | None] = []
        self._sections: list[Section] = []
        self._by_id: dict[str, Section] = {}
        self._choices = Choices()
        self._changed: dict[str, TranscriptItem] = {}
        self._activity: Activity | None = None
        self._timer = QTimer(self, interval=FRAME, singleShot=True)
        self._timer.timeout.connect(self.flush)

    @property
    def rows(self) -> Sequence[Row]:
        """All rows, not to be changed."""
        return self._rows

    def set_items(self, items: Sequence[TranscriptItem]) -> None:
        """Shows another thread."""
        self._timer.stop()
        self._changed.clear()
        self.beginResetModel()
        self._sections = [Section(item, self._choices, is_newest=item is items[-1]) for item in items]
        self._by_id = {section.item.id: section for section in self._sections}
        self._rows = [section.rows[0] for section in self._sections]
        self._owners = list(self._sections)
        self._activity = None
        self.endResetModel()
        self.settled.emit()

    def apply(self, change: TranscriptChange) -> None:
        """Takes a change of this thread; it is shown with the next frame."""
        if change.item is None or change.scope is ChangeScope.RESET:
            return
        self._changed[change.item.id] = change.item
        if not self._timer.isActive():
            self._timer.start()

    def set_activity(self, activity: Activity | None) -> None:
        """Shows below everything what is being waited for."""
        if activity == self._activity:
            return
        had = self._activity is not None
        self._activity = activity
        rows = [ActivityRow("activity", 16, activity)] if activity else []
        end = len(self._rows) - int(had)
        self._splice(end, int(had), rows, None)
        self.settled.emit()

    def flush(self) -> None:
        """Shows what has been taken since the last frame."""
        begin = time.perf_counter()
        self._timer.stop()
        changed, self._changed = self._changed, {}
        for item in changed.values():
            section = self._by_id.get(item.id)
            if section is None:
                self._add(item)
            else:
                self._update(section, item)
        if changed:
            self.settled.emit()
        spent = (time.perf_counter() - begin) * 1000
        self._timer.setInterval(max(FRAME, min(round(spent * _REST), _LONGEST_FRAME)))

    def expand(self, index: int) -> bool:
        """Makes the real rows of a `PendingRow`. Says whether it was one."""
        section = self._owners[index]
        if section is None or not isinstance(self._rows[index], PendingRow):
            return False
        section.expand()
        self._splice(index, 1, section.rows, section)
        return True

    def toggle(self, row: Row) -> None:
        """Folds or unfolds the card of this header."""
        self._edit(row, Section.toggle)

    def show_all(self, row: Row) -> None:
        """Shows the lines that this row stands for."""
        self._edit(row, Section.show_all)

    def code(self, index: int) -> str:
        """The code of the step that a row belongs to, or nothing."""
        section = self._owners[index]
        step = section.step(self._rows[index]) if section else None
        return step.step.code if step else ""

    def markdown(self, index: int) -> str:
        """The answers of the run that a row belongs to, or nothing."""
        section = self._owners[index]
        return section.markdown() if section else ""

    def file(self, index: int, href: str) -> StoredFile | None:
        """The file that a `sandbox:` link in a row stands for."""
        section = self._owners[index]
        return linked_file(section.item, section.answer(self._rows[index]), href) if section else None

    def index_of(self, row: Row) -> int | None:
        """Where a row is now; the search begins at the end."""
        return next((index for index in range(len(self._rows) - 1, -1, -1) if self._rows[index].key == row.key), None)

    def reveal(self, key: str) -> int | None:
        """Where the row of this key is, made if it was not; where its item begins if there is no such row any more."""
        section = self._by_id.get(key.partition("/")[0])
        if section is None:
            return None
        start = self._start(section)
        self.expand(start)
        return next((start + place for place, row in enumerate(section.rows) if row.key == key), start)

    def _edit(self, row: Row, edit: Callable[[Section, Row], None]) -> None:
        index = self.index_of(row)
        section = None if index is None else self._owners[index]
        if index is None or section is None:
            return
        start, count = self._start(section), len(section.rows)
        edit(section, self._rows[index])
        self._splice(start, count, section.rows, section)
        self.settled.emit()

    def _update(self, section: Section, item: TranscriptItem) -> None:
        start, count = self._start(section), len(section.rows)
        section.update(item)
        self._splice(start, count, section.rows, section)

    def _add(self, item: TranscriptItem) -> None:
        if self._sections:
            before = self._sections[-1]
            before.is_newest = False
            self._update(before, before.item)
        section = Section(item, self._choices)
        self._sections.append(section)
        self._by_id[item.id] = section
        self._splice(len(self._rows) - int(self._activity is not None), 0, section.rows, section)

    def _start(self, section: Section) -> int:
        """The first row of a section. What changes is nearly always the last one."""
        index = len(self._rows) - int(self._activity is not None)
        for other in reversed(self._sections):
            index -= len(other.rows)
            if other is section:
                break
        return index

    def _splice(self, start: int, count: int, new: Sequence[Row], owner: Section | None) -> None:
        """Replaces rows and says which: rows at both ends that are the same objects are not named."""
        old = self._rows
        while count and new and old[start] is new[0]:
            start, count, new = start + 1, count - 1, new[1:]
        while count and new and old[start + count - 1] is new[-1]:
            count, new = count - 1, new[:-1]
        both = min(count, len(new))
        if both:
            self._rows[start : start + both] = new[:both]
            self._owners[start : start + both] = [owner] * both
            self.dataChanged.emit(self.index(start), self.index(start + both - 1))
        start, count, new = start + both, count - both, new[both:]
        if count:
            self.beginRemoveRows(_ROOT, start, start + count - 1)
            del self._rows[start : start + count], self._owners[start : start + count]
            self.endRemoveRows()
        if new:
            self.beginInsertRows(_ROOT, start, start + len(new) - 1)
            self._rows[start:start] = new
            self._owners[start:start] = [owner] * len(new)
            self.endInsertRows()

    @override
    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.problem if isinstance(row, StepRow) else None
        return row if role == Qt.ItemDataRole.UserRole else None
