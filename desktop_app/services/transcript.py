"""The transcripts in memory: the one place where a question or a run is replaced by its next value."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from desktop_app.domain.emitter import Emitter
from desktop_app.domain.entity import Run, TranscriptItem
from desktop_app.domain.port import Archive


class ChangeScope(StrEnum):
    """How much of a transcript is different."""

    RESET = "reset"
    ITEM_ADDED = "item_added"
    ITEM_CHANGED = "item_changed"


@dataclass(frozen=True, slots=True)
class TranscriptChange:
    """What is different.

    Attributes:
        item: The new value of the question or run; None for `RESET`.
        key: The code step or answer of the run that is new or changed; empty for the run itself or a question.
    """

    thread_id: str
    scope: ChangeScope
    item: TranscriptItem | None = None
    key: str = ""


class Transcripts:
    """Holds the threads that are open or busy.

    Attributes:
        changed: A transcript is different.
    """

    def __init__(self, archive: Archive) -> None:
        self.changed: Emitter[TranscriptChange] = Emitter()
        self._archive = archive
        self._by_thread: dict[str, dict[str, TranscriptItem]] = {}
        self._loaded: set[str] = set()

    async def load(self, thread_id: str) -> None:
        """Reads a thread that is not here yet. What was put meanwhile is newer and stays."""
        if thread_id not in self._loaded:
            items = await self._archive.transcript(thread_id)
            self._loaded.add(thread_id)
            self._by_thread[thread_id] = {item.id: item for item in items} | self._by_thread.get(thread_id, {})

    def forget(self, thread_id: str) -> None:
        """Lets a thread go that nobody looks at."""
        self._by_thread.pop(thread_id, None)
        self._loaded.discard(thread_id)

    def items(self, thread_id: str) -> tuple[TranscriptItem, ...]:
        """The thread in its order; empty while it is not loaded."""
        return tuple(self._by_thread.get(thread_id, {}).values())

    def last(self, thread_id: str) -> TranscriptItem | None:
        """Its newest question or run."""
        items = self._by_thread.get(thread_id)
        return items[next(reversed(items))] if items else None

    def item(self, thread_id: str, item_id: str) -> TranscriptItem | None:
        """A question or run."""
        return self._by_thread.get(thread_id, {}).get(item_id)

    def run(self, thread_id: str, run_id: str) -> Run | None:
        """A run."""
        item = self.item(thread_id, run_id)
        return item if isinstance(item, Run) else None

    def everything(self) -> Iterator[TranscriptItem]:
        """Every question and run that is in memory."""
        for items in self._by_thread.values():
            yield from items.values()

    def put(self, item: TranscriptItem, key: str = "") -> None:
        """Adds or replaces a question or run, and says so."""
        items = self._by_thread.setdefault(item.thread_id, {})
        scope = ChangeScope.ITEM_CHANGED if item.id in items else ChangeScope.ITEM_ADDED
        items[item.id] = item
        self.changed.emit(TranscriptChange(item.thread_id, scope, item, key))
