"""The person's assistants."""

from dataclasses import replace

from desktop_app.domain.emitter import Emitter
from desktop_app.domain.entity import Assistant, Thread
from desktop_app.domain.port import Archive
from desktop_app.services.identity import new_id, now
from desktop_app.services.notice import Notice, NoticeBoard, NoticeKind
from desktop_app.services.task import TaskScope

FIRST_ASSISTANT = Assistant(
    id="",
    name="Data analyst",
    description="Reads your files, writes and runs Python, and shows its work.",
    instructions=(
        "You are a careful data analyst. Look at the files before you answer, compute with code instead of guessing, "
        "show a chart where one helps, say which rows and columns you used, and answer briefly."
    ),
)
"""What a new archive starts with."""


class Assistants:
    """Keeps the list and the archive the same. There is always at least one.

    Attributes:
        changed: The list is different.
    """

    def __init__(self, archive: Archive, notices: NoticeBoard, scope: TaskScope) -> None:
        self.changed: Emitter[None] = Emitter()
        self._archive = archive
        self._notices = notices
        self._scope = scope
        self._items: tuple[Assistant, ...] = ()

    async def load(self) -> None:
        """Reads the archive; a new one gets its first assistant."""
        self._items = await self._archive.assistants()
        if not self._items:
            first = replace(FIRST_ASSISTANT, id=new_id("assistant"), created_at=now())
            await self._archive.save_assistant(first)
            self._items = (first,)
        self.changed.emit(None)

    @property
    def items(self) -> tuple[Assistant, ...]:
        """All of them, oldest first."""
        return self._items

    @property
    def default(self) -> Assistant:
        """The one a new thread gets."""
        return self._items[0]

    def get(self, assistant_id: str) -> Assistant | None:
        """An assistant, or None if it was deleted."""
        return next((item for item in self._items if item.id == assistant_id), None)

    def of(self, thread: Thread) -> Assistant:
        """Who answers in a thread: the default one where its own was deleted."""
        return self.get(thread.assistant_id) or self.default

    def create(self, draft: Assistant) -> Assistant:
        """Adds `draft` under a new id."""
        assistant = replace(draft, id=new_id("assistant"), created_at=now())
        self._put(assistant)
        return assistant

    def update(self, assistant: Assistant) -> None:
        """Replaces the one with this id."""
        self._put(assistant)

    def duplicate(self, assistant_id: str) -> Assistant | None:
        """Adds a copy under the next free name, such as `Data analyst 2`."""
        original = self.get(assistant_id)
        if original is None:
            return None
        names = {item.name for item in self._items}
        number = 2
        while f"{original.name} {number}" in names:
            number += 1
        return self.create(replace(original, name=f"{original.name} {number}"))

    def delete(self, assistant_id: str) -> None:
        """Removes it and posts a notice that can take it back. The last one stays."""
        assistant = self.get(assistant_id)
        if assistant is None or len(self._items) == 1:
            return
        self._items = tuple(item for item in self._items if item.id != assistant_id)
        self.changed.emit(None)
        self._scope.write(self._archive.delete_assistant(assistant_id))
        self._notices.post(
            Notice(NoticeKind.ASSISTANT_DELETED, assistant.name, undo=lambda: self._put(assistant)),
        )

    def _put(self, assistant: Assistant) -> None:
        others = [item for item in self._items if item.id != assistant.id]
        self._items = tuple(sorted([*others, assistant], key=lambda item: item.created_at))
        self.changed.emit(None)
        self._scope.write(self._archive.save_assistant(assistant))
