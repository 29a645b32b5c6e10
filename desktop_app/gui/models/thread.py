"""The threads as list rows, under headings by date."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt

from desktop_app.domain.entity import SearchHit, Thread
from desktop_app.gui.measure import group, short_time
from desktop_app.gui.models.row_list import Index, RowListModel
from desktop_app.gui.override import override

tr = partial(QCoreApplication.translate, "threads")


@dataclass(frozen=True, slots=True)
class ThreadRow:
    """A thread, or a heading if it has no id.

    Attributes:
        time: When it was last used, in words.
    """

    id: str
    title: str
    time: str = ""
    busy: bool = False
    unread: bool = False


@dataclass(frozen=True, slots=True)
class HitRow:
    """A thread that the search found; `matches` are `[start, end)` in the snippet."""

    id: str
    title: str
    snippet: str
    matches: tuple[tuple[int, int], ...]


def shown_title(thread: Thread) -> str:
    """Return the title, or the words for a thread that has none yet."""
    return thread.title or tr("New thread")


class ThreadModel(RowListModel[ThreadRow]):
    """Threads, last used first, each group under its heading. Titles can be edited."""

    def show(self, threads: Iterable[Thread], now: float | None = None) -> None:
        """Take the threads over, in their order."""
        rows: list[ThreadRow] = []
        heading = ""
        for thread in threads:
            if (its_group := group(thread.updated_at, now)) != heading:
                heading = its_group
                rows.append(ThreadRow("", heading))
            rows.append(
                ThreadRow(
                    thread.id, shown_title(thread), short_time(thread.updated_at, now), thread.busy, thread.unread
                )
            )
        self.set_rows(rows)

    @override
    def key(self, row: ThreadRow) -> str:
        return row.id or f"heading:{row.title}"

    @override
    def words(self, row: ThreadRow) -> str:
        if row.busy:
            return tr("{title}, working").format(title=row.title)
        return tr("{title}, new answer").format(title=row.title) if row.unread else row.title

    @override
    def is_choosable(self, row: ThreadRow) -> bool:
        return bool(row.id)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.EditRole and index.isValid():
            return self.rows()[index.row()].title
        return super().data(index, role)

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if flags & Qt.ItemFlag.ItemIsEnabled else flags


class HitModel(RowListModel[HitRow]):
    """What a search found, best first."""

    def show(self, hits: Iterable[SearchHit]) -> None:
        """Take the hits over; a thread that was found twice is shown once."""
        rows: dict[str, HitRow] = {}
        for hit in hits:
            rows.setdefault(hit.thread.id, HitRow(hit.thread.id, shown_title(hit.thread), hit.snippet, hit.matches))
        self.set_rows(tuple(rows.values()))

    @override
    def key(self, row: HitRow) -> str:
        return row.id

    @override
    def words(self, row: HitRow) -> str:
        return f"{row.title}: {row.snippet}" if row.snippet else row.title
