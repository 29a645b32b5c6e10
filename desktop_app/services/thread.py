"""The list of threads, their drafts, and the search."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from desktop_app.domain.connection import ENGINE_ID
from desktop_app.domain.emitter import Emitter
from desktop_app.domain.entity import SearchHit, Thread
from desktop_app.domain.port import Archive
from desktop_app.services.identity import new_id, now
from desktop_app.services.notice import Notice, NoticeBoard, NoticeKind
from desktop_app.services.task import TaskScope

TITLE_CHARACTERS = 60
DRAFT_DELAY = 0.3
"""Seconds between a key press and its place on the disk: a write for each would be a write a character."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What the archive found for a query, best first."""

    query: str
    hits: tuple[SearchHit, ...]


class Threads:
    """Keeps the list and the archive the same.

    Attributes:
        changed: The list is different: order, titles, marks.
        found: A search has ended. A newer search cancels an older one.
        deleted: The thread with this id was deleted.
        draft_changed: The draft of the thread with this id is different.
    """

    def __init__(
        self,
        archive: Archive,
        notices: NoticeBoard,
        scope: TaskScope,
        connection_id: Callable[[], str] = lambda: ENGINE_ID,
    ) -> None:
        """`connection_id` says where a new thread begins."""
        self.changed: Emitter[None] = Emitter()
        self.found: Emitter[SearchResult] = Emitter()
        self.deleted: Emitter[str] = Emitter()
        self.draft_changed: Emitter[str] = Emitter()
        self._archive = archive
        self._notices = notices
        self._scope = scope
        self._connection_id = connection_id
        self._by_id: dict[str, Thread] = {}
        self._drafts: dict[str, str] = {}
        self._unsaved: set[str] = set()
        self._hidden: set[str] = set()

    async def load(self) -> None:
        """Reads the archive, drafts included."""
        for thread in await self._archive.threads():
            self._by_id[thread.id] = replace(thread, busy=False)
            self._drafts[thread.id] = await self._archive.draft(thread.id)
        self.changed.emit(None)

    @property
    def items(self) -> tuple[Thread, ...]:
        """All that are not deleted, last used first."""
        shown = (thread for thread in self._by_id.values() if thread.id not in self._hidden)
        return tuple(sorted(shown, key=lambda thread: thread.updated_at, reverse=True))

    def get(self, thread_id: str) -> Thread | None:
        """A thread, or None if it is gone."""
        return None if thread_id in self._hidden else self._by_id.get(thread_id)

    def find(self, thread_id: str) -> Thread | None:
        """A thread that was here when the program began or later, even if it has been deleted."""
        return self._by_id.get(thread_id)

    def create(self, assistant_id: str) -> Thread:
        """A new thread; one that was never used is taken again."""
        unused = next((thread for thread in self.items if not thread.title and not thread.remote_id), None)
        if unused is not None:
            thread = replace(unused, assistant_id=assistant_id, updated_at=now(), connection_id=self._connection_id())
        else:
            time = now()
            thread = Thread(new_id("thread"), "", assistant_id, time, time, connection_id=self._connection_id())
        self.put(thread)
        return thread

    def put(self, thread: Thread) -> None:
        """Takes a changed thread over and stores it in the background."""
        self._by_id[thread.id] = thread
        self.changed.emit(None)
        self._scope.write(self._save(thread.id))

    async def store(self, thread: Thread) -> None:
        """Takes a changed thread over; it is stored when this returns."""
        self._by_id[thread.id] = thread
        await self._save(thread.id)
        self.changed.emit(None)

    async def _save(self, thread_id: str) -> None:
        """Stores the newest value: one that was put before may be stored later."""
        await self._archive.save_thread(self._by_id[thread_id])

    def rename(self, thread_id: str, title: str) -> None:
        """Gives it a title; an empty one changes nothing."""
        thread = self.get(thread_id)
        if thread is not None and title.strip():
            self.put(replace(thread, title=" ".join(title.split())))

    def choose_assistant(self, thread_id: str, assistant_id: str) -> None:
        """Lets another assistant answer from the next question on."""
        thread = self.get(thread_id)
        if thread is not None:
            self.put(replace(thread, assistant_id=assistant_id))

    def choose_connection(self, thread_id: str, connection_id: str) -> None:
        """Lets the thread go on elsewhere from the next question on; not while a run is going on."""
        thread = self.get(thread_id)
        if thread is not None and not thread.busy and thread.connection_id != connection_id:
            self.put(replace(thread, connection_id=connection_id, remote_id=""))

    def mark_read(self, thread_id: str) -> None:
        """The person has seen the thread."""
        thread = self.get(thread_id)
        if thread is not None and thread.unread:
            self.put(replace(thread, unread=False))

    def delete(self, thread_id: str) -> None:
        """Hides the thread and posts a notice that can take it back; it goes for good at the next start."""
        thread = self.get(thread_id)
        if thread is None:
            return
        self._hidden.add(thread_id)
        self.changed.emit(None)
        self._scope.write(self._archive.delete_thread(thread_id))
        self.deleted.emit(thread_id)
        self._notices.post(
            Notice(NoticeKind.THREAD_DELETED, thread.title, undo=lambda: self.restore(thread_id)),
        )

    def restore(self, thread_id: str) -> None:
        """Takes `delete` back."""
        self._hidden.discard(thread_id)
        self.changed.emit(None)
        self._scope.write(self._archive.restore_thread(thread_id))

    def search(self, query: str) -> None:
        """Looks for threads; the answer comes on `found`. A blank query finds nothing."""
        self._scope.start("search", self._search(query))

    async def _search(self, query: str) -> None:
        hits = await self._archive.search(query) if query.strip() else ()
        self.found.emit(SearchResult(query, hits))

    def draft(self, thread_id: str) -> str:
        """What the person had typed and not sent."""
        return self._drafts.get(thread_id, "")

    def set_draft(self, thread_id: str, text: str) -> None:
        """Keeps it, over a restart too."""
        if self._drafts.get(thread_id, "") != text:
            self._drafts[thread_id] = text
            self._unsaved.add(thread_id)
            if not self._scope.is_running("drafts"):
                self._scope.start("drafts", self._save_drafts_soon())
            self.draft_changed.emit(thread_id)

    async def flush(self) -> None:
        """Stores what `set_draft` has not stored yet."""
        while self._unsaved:
            thread_id = self._unsaved.pop()
            await self._archive.save_draft(thread_id, self._drafts[thread_id])

    async def _save_drafts_soon(self) -> None:
        await asyncio.sleep(DRAFT_DELAY)
        await self.flush()


def title_from(question: str) -> str:
    """A title of at most 60 characters for a thread that begins with this question."""
    line = " ".join(question.split())
    if len(line) <= TITLE_CHARACTERS:
        return line
    cut = line[:TITLE_CHARACTERS].rsplit(" ", 1)[0]
    return f"{cut}…"
