"""A whole conversation as its service has it, made into what the archive keeps.

Items do not say which response made them: each message of the person begins a question, and what follows it until the
next is one run.
"""

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from desktop_app.backends.responses.decode import items
from desktop_app.backends.responses.message import FILES
from desktop_app.backends.responses.silent_run import silent_id
from desktop_app.backends.responses.source import Source
from desktop_app.backends.wire.media import media_type
from desktop_app.backends.wire.shape import Json, objects, optional_number, optional_text, text
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


def thread_copy(conversation: Json, listed: Iterable[Json], source: Source) -> ThreadCopy:
    """The conversation with all of its items."""
    created_at = optional_number(conversation, "created_at") or 0.0
    transcript = tuple(_transcript(listed, source, created_at))
    return ThreadCopy(text(conversation, "id"), title(conversation, transcript), created_at, transcript)


def _transcript(listed: Iterable[Json], source: Source, created_at: float) -> Iterator[TranscriptItem]:
    question_id = ""
    output: list[Json] = []
    for item in listed:
        if item.get("role") == "user":
            yield from _run(output, source, question_id, created_at)
            question_id, output = text(item, "id"), []
            yield _question(item, source, created_at)
        else:
            output.append(item)
    yield from _run(output, source, question_id, created_at)


def _question(item: Json, source: Source, created_at: float) -> Question:
    parts = objects(item, "content")
    words = [optional_text(part, "text") for part in parts if part.get("type") in ("input_text", "text")]
    said = [part for part in words if part.strip() and not part.startswith(FILES)]
    question_id = text(item, "id")
    files = tuple(_files(parts, source))
    state = MessageState.SENT
    return Question(question_id, source.id, "\n\n".join(said), files, created_at, state=state, remote_id=question_id)


def _files(parts: Iterable[Json], source: Source) -> Iterator[StoredFile]:
    """The files that the message brought along itself; those in the container it only names."""
    for part in parts:
        file_id = optional_text(part, "file_id")
        if file_id and part.get("type") in ("input_image", "input_file"):
            name = PurePosixPath(optional_text(part, "filename")).name or file_id
            kind = "image/png" if part.get("type") == "input_image" else media_type(name)
            yield StoredFile(file_id, name, 0, kind, remote_id=file_id, connection_id=source.connection_id)


def _run(output: list[Json], source: Source, question_id: str, created_at: float) -> Iterator[Run]:
    made = tuple(items(output, source))
    if made:
        yield Run(
            id=silent_id(question_id),
            thread_id=source.id,
            question_id=question_id,
            assistant_name="",
            model="",
            created_at=created_at,
            state=RunState.COMPLETED,
            remote_id=silent_id(question_id),
            items=made,
            ended_at=created_at,
            connection_id=source.connection_id,
        )
