"""A service's thread as the archive takes it: with ids of the app, and nothing in it that is still going on."""

import uuid
from collections.abc import Iterator
from dataclasses import replace

from desktop_app.domain.connection import ENGINE_ID
from desktop_app.domain.entity import (
    Assistant,
    MessageState,
    Question,
    Run,
    RunState,
    StoredFile,
    Thread,
    ThreadCopy,
    TranscriptItem,
)
from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.domain.event import RunStateChanged
from desktop_app.domain.item_file import map_files
from desktop_app.domain.reduce import apply
from desktop_app.services.identity import new_id, now
from desktop_app.services.thread import title_from

_DUMPS = uuid.UUID("4b1f2a52-8d0e-4c8e-9a6c-52d3f1c0d7e9")
_NAMELESS = "Assistant"
"""Who answered, where nobody knows."""


def dump_id(copy: ThreadCopy) -> str:
    """The app's id for a thread of a dump: the same each time, so that it is known again."""
    return f"thread_{uuid.uuid5(_DUMPS, repr(copy.remote_id or copy)).hex}"


class LocalCopy:
    """Gives the thread, its questions, runs and files ids of the app; the service's are kept beside them."""

    def __init__(self, copy: ThreadCopy, assistant: Assistant, connection_id: str = "") -> None:
        """`assistant` goes on in it. Without `connection_id` the copy is of no service that is left."""
        self._copy = copy
        self._assistant = assistant
        self._connection_id = connection_id
        self._thread_id = new_id("thread") if connection_id else dump_id(copy)
        self._file_ids: dict[str, str] = {}

    def thread(self) -> Thread:
        """The thread itself. One of no service goes on in the engine, to which its history is sent along."""
        times = [item.created_at for item in self._copy.items if item.created_at]
        created_at = self._copy.created_at or min(times, default=now())
        return Thread(
            id=self._thread_id,
            title=self._title(),
            assistant_id=self._assistant.id,
            created_at=created_at,
            updated_at=max([created_at, *times]),
            remote_id=self._remote(self._copy.remote_id),
            connection_id=self._connection_id or ENGINE_ID,
        )

    def items(self) -> tuple[TranscriptItem, ...]:
        """The transcript. A last question that nobody answered gets a run that was cut off, which offers Retry."""
        items = tuple(self._items())
        if not items or isinstance(items[-1], Run):
            return items
        asked = items[-1]
        unanswered = Run("", asked.thread_id, asked.id, self._assistant.name, self._assistant.model, asked.created_at)
        return (*items, self._run(unanswered, asked.id))

    def _title(self) -> str:
        """Never empty: a thread without title and service would count as one that has not been used."""
        for item in self._copy.items:
            if isinstance(item, Question):
                names = [file.name for file in item.files]
                return title_from(self._copy.title or item.text or next(iter(names), "")) or self._copy.remote_id
        return title_from(self._copy.title or self._copy.remote_id) or "…"

    def _items(self) -> Iterator[TranscriptItem]:
        question_ids: dict[str, str] = {}
        last = ""
        for item in self._copy.items:
            if isinstance(item, Question):
                last = question_ids[item.id] = new_id("question")
                yield self._question(item, last)
            else:
                yield self._run(item, question_ids.get(item.question_id, last))

    def _question(self, question: Question, question_id: str) -> Question:
        return replace(
            question,
            id=question_id,
            thread_id=self._thread_id,
            files=tuple(self._file(file) for file in question.files),
            state=MessageState.SENT,
            error=None,
            remote_id=self._remote(question.remote_id or question.id),
        )

    def _run(self, run: Run, question_id: str) -> Run:
        remote_id = run.remote_id or run.id
        # Told once more how it ended, the run closes the steps and answers that were left open.
        end = RunStateChanged(remote_id, run.state, at=run.ended_at)
        if not run.state.is_final:
            end = RunStateChanged(remote_id, RunState.FAILED, ErrorInfo(ErrorCode.INTERRUPTED), at=run.ended_at)
        closed = apply(replace(run, state=RunState.STARTING, remote_id=remote_id), end).run
        return replace(
            closed,
            id=new_id("run"),
            thread_id=self._thread_id,
            question_id=question_id,
            assistant_name=run.assistant_name or _NAMELESS,
            remote_id=self._remote(remote_id),
            items=tuple(map_files(item, self._file) for item in closed.items),
            connection_id=self._connection_id or ENGINE_ID,
        )

    def _file(self, file: StoredFile) -> StoredFile:
        """The same file has the same id wherever it is shown, and another one in another thread."""
        remote_id = file.remote_id or file.id
        local_id = self._file_ids.setdefault(remote_id, new_id("file"))
        connection_id = self._connection_id or ENGINE_ID
        return replace(file, id=local_id, remote_id=self._remote(remote_id), connection_id=connection_id)

    def _remote(self, remote_id: str) -> str:
        """An id means something only where a service is left to ask."""
        return remote_id if self._connection_id else ""
