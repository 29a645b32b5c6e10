"""A whole thread as its service has it, made into what the archive keeps."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.backends.assistants.decode import answer, items, run_state, stored_file
from desktop_app.backends.assistants.origin import Origin
from desktop_app.backends.wire.shape import (
    Json,
    address,
    objects,
    optional_number,
    optional_object,
    optional_text,
    text,
)
from desktop_app.backends.wire.snapshot import snapshot
from desktop_app.backends.wire.title import title
from desktop_app.domain.entity import (
    MessageState,
    Question,
    Run,
    RunState,
    StoredFile,
    ThreadCopy,
    TranscriptItem,
)
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.event import AnswerSnapshot
from desktop_app.domain.reduce import apply

if TYPE_CHECKING:
    from desktop_app.backends.wire.client import Client


async def read_thread(client: "Client", thread_id: str, connection_id: str) -> ThreadCopy:
    """Every message, run and step, all pages. Questions and runs come in the order of their messages.

    Raises:
        DeskError: NOT_FOUND, among others.
    """
    thread = await client.get(address("threads", thread_id))
    messages = await client.pages(address("threads", thread_id, "messages"), {})
    runs = await client.pages(address("threads", thread_id, "runs"), {})
    steps = {text(run, "id"): await _steps(client, thread_id, text(run, "id")) for run in runs}
    copy = _Copy(thread_id, connection_id, messages, steps, await _names(client, runs))
    for file_id in copy.attached:
        copy.files[file_id] = await _file(client, file_id)
    transcript = tuple(copy.transcript(runs))
    return ThreadCopy(
        remote_id=thread_id,
        title=title(thread, transcript),
        created_at=optional_number(thread, "created_at") or 0.0,
        items=transcript,
    )


class _Copy:
    """The parts of a thread while it is put together."""

    def __init__(
        self,
        thread_id: str,
        connection_id: str,
        messages: list[Json],
        steps: dict[str, list[Json]],
        names: dict[str, str],
    ) -> None:
        self.files: dict[str, StoredFile] = {}
        self._thread_id = thread_id
        self._connection_id = connection_id
        self._origin = Origin(connection_id)
        self._messages = messages
        self._steps = steps
        self._names = names
        self._question_id = ""

    @property
    def attached(self) -> tuple[str, ...]:
        """The ids of the files that the person gave, each once."""
        asked = (message for message in self._messages if message.get("role") == "user")
        return tuple(dict.fromkeys(file_id for message in asked for file_id in _attached(message)))

    def transcript(self, runs: Iterable[Json]) -> Iterator[TranscriptItem]:
        """A run stands at its first message; one that made none at its time, before the next question."""
        waiting = {text(run, "id"): run for run in runs}
        spoken = {optional_text(message, "run_id") for message in self._messages}
        for message in self._messages:
            if message.get("role") == "user":
                for run_id in self._silent_before(message, waiting, spoken):
                    yield self._run(waiting.pop(run_id))
                yield self._question(message)
            elif optional_text(message, "run_id") in self._steps:
                run = waiting.pop(optional_text(message, "run_id"), None)
                if run is not None:
                    yield self._run(run)
            else:
                yield self._loose(message)
        yield from map(self._run, waiting.values())

    def _silent_before(self, message: Json, waiting: dict[str, Json], spoken: set[str]) -> list[str]:
        """Runs that made no message and began before this one was sent."""
        sent_at = optional_number(message, "created_at") or 0.0
        return [
            run_id
            for run_id, run in waiting.items()
            if run_id not in spoken and (optional_number(run, "created_at") or 0.0) < sent_at
        ]

    def _question(self, message: Json) -> Question:
        self._question_id = text(message, "id")
        texts = (optional_text(optional_object(part, "text"), "value") for part in objects(message, "content"))
        return Question(
            id=self._question_id,
            thread_id=self._thread_id,
            text="\n\n".join(words for words in texts if words.strip()),
            files=tuple(self._origin.of_file(self.files[file_id]) for file_id in dict.fromkeys(_attached(message))),
            created_at=optional_number(message, "created_at") or 0.0,
            state=MessageState.SENT,
            remote_id=self._question_id,
        )

    def _run(self, data: Json) -> Run:
        run_id = text(data, "id")
        run = self._empty(run_id, data)
        mine = (message for message in self._messages if message.get("run_id") == run_id)
        for item in items(self._steps[run_id], mine):
            run = apply(run, snapshot(run_id, self._origin.of_item(item))).run
        return apply(run, run_state(data)).run

    def _loose(self, message: Json) -> Run:
        """A message of the assistant that no run made: somebody put it there."""
        key = text(message, "id")
        said = replace(self._origin.of_item(answer(message)), complete=True)
        run = apply(self._empty(key, message), AnswerSnapshot(key, said)).run
        return replace(run, state=RunState.COMPLETED, ended_at=run.created_at)

    def _empty(self, run_id: str, data: Json) -> Run:
        return Run(
            id=run_id,
            thread_id=self._thread_id,
            question_id=self._question_id,
            assistant_name=self._names.get(optional_text(data, "assistant_id"), ""),
            model=optional_text(data, "model"),
            created_at=optional_number(data, "created_at") or 0.0,
            remote_id=run_id,
            connection_id=self._connection_id,
        )


def _attached(message: Json) -> Iterator[str]:
    for attachment in objects(message, "attachments"):
        yield from filter(None, (optional_text(attachment, "file_id"),))
    for part in objects(message, "content"):
        yield from filter(None, (optional_text(optional_object(part, "image_file"), "file_id"),))


async def _steps(client: "Client", thread_id: str, run_id: str) -> list[Json]:
    return await client.pages(address("threads", thread_id, "runs", run_id, "steps"), {})


async def _names(client: "Client", runs: Iterable[Json]) -> dict[str, str]:
    """What the assistants of the runs are called; those that are gone have no name."""
    names = {}
    for assistant_id in dict.fromkeys(optional_text(run, "assistant_id") for run in runs):
        if assistant_id:
            assistant = await _known(client, address("assistants", assistant_id))
            names[assistant_id] = optional_text(assistant, "name")
    return names


async def _file(client: "Client", file_id: str) -> StoredFile:
    return stored_file(file_id, await _known(client, address("files", file_id)))


async def _known(client: "Client", place: str) -> Json:
    """An object, or an empty one if it is gone."""
    try:
        return await client.get(place)
    except DeskError as error:
        if error.code is not ErrorCode.NOT_FOUND:
            raise
        return {}
