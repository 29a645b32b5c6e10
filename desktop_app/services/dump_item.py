"""Messages and run steps of a dump, as the domain knows them. What is missing or unknown does no harm.

Shapes: `openai/types/beta/threads` (message, run, run step), and plain chat messages, whose content is text. The
service that wrote them is gone: files have names and places, and no bytes.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from desktop_app.domain.entity import (
    Answer,
    AnswerPart,
    CodeOutput,
    CodeStep,
    FileLink,
    ImageOutput,
    ImagePart,
    LogOutput,
    MessageState,
    Question,
    Run,
    RunItem,
    RunState,
    StepState,
    StoredFile,
    TextPart,
    Usage,
)
from desktop_app.domain.error import ErrorCode, ErrorInfo

Json = dict[str, Any]

_MOST = 1e15
_TRACEBACK = "Traceback (most recent call last)"
_LAST_LINE = re.compile(r"^(?:[\w.]+\.)?([A-Za-z_]\w*(?:Error|Exception|Interrupt|Exit|Iteration|Warning))(?:: (.*))?$")


def words(data: Json, name: str) -> str:
    """A field that is text, or as good as empty."""
    value = data.get(name)
    return value if isinstance(value, str) else ""


def number(data: Json, name: str) -> float | None:
    """A field that is a number of sensible size, or None."""
    value = data.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _MOST:
        return None
    return float(value)


def inner(data: Json, name: str) -> Json:
    """A field that is an object, or as good as empty."""
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def objects(data: Json, name: str) -> list[Json]:
    """The objects of a list, given as it is or as a page of the service (`{"data": […]}`)."""
    value = data.get(name)
    values = value.get("data") if isinstance(value, dict) else value
    return [item for item in values if isinstance(item, dict)] if isinstance(values, list) else []


def question(message: Json, thread_id: str) -> Question:
    """A message of the person."""
    parts = tuple(_parts(message))
    pictures = [part.file for part in parts if isinstance(part, ImagePart)]
    return Question(
        id=words(message, "id"),
        thread_id=thread_id,
        text="\n".join(part.text for part in parts if isinstance(part, TextPart)).strip(),
        files=_once([*pictures, *_attached(message)]),
        created_at=number(message, "created_at") or 0.0,
        state=MessageState.SENT,
        remote_id=words(message, "id"),
    )


def run(data: Json, thread_id: str, question_id: str, items: Iterable[RunItem]) -> Run:
    """A run with what it has made. Of one that is known by its messages only, `data` holds what these say."""
    status = words(data, "status")
    state = RunState(status) if status in RunState.__members__.values() else RunState.COMPLETED
    ends = ("completed_at", "failed_at", "cancelled_at")
    return Run(
        id=words(data, "id"),
        thread_id=thread_id,
        question_id=question_id,
        assistant_name="",
        model=words(data, "model"),
        created_at=number(data, "created_at") or 0.0,
        state=state,
        remote_id=words(data, "id"),
        items=tuple(items),
        error=_run_error(data, state),
        usage=_usage(inner(data, "usage")),
        ended_at=next((time for name in ends if (time := number(data, name)) is not None), None),
    )


def items(steps: Iterable[Json], messages: Iterable[Json]) -> Iterator[RunItem]:
    """What a run has made, in the order of its steps; messages that no step names come last."""
    left = {words(message, "id") or str(place): message for place, message in enumerate(messages)}
    for step in steps:
        details = inner(step, "step_details")
        message_id = words(inner(details, "message_creation"), "message_id")
        if message_id in left:
            yield _answer(message_id, left.pop(message_id))
        for place, call in enumerate(objects(details, "tool_calls")):
            if call.get("type") == "code_interpreter":
                yield _code_step(f"{words(step, 'id')}/{place}", step, inner(call, "code_interpreter"))
    for key, message in left.items():
        yield _answer(key, message)


def _run_error(data: Json, state: RunState) -> ErrorInfo | None:
    match state:
        case RunState.FAILED:
            message = words(inner(data, "last_error"), "message")
            return ErrorInfo(ErrorCode.RUN_FAILED, {"message": message}, message)
        case RunState.INCOMPLETE:
            reason = words(inner(data, "incomplete_details"), "reason")
            return ErrorInfo(ErrorCode.RUN_INCOMPLETE, {"reason": reason})
        case RunState.EXPIRED:
            return ErrorInfo(ErrorCode.RUN_EXPIRED)
        case _:
            return None


def _usage(data: Json) -> Usage | None:
    asked, answered = number(data, "prompt_tokens"), number(data, "completion_tokens")
    if asked is None or answered is None:
        return None
    cached = number(inner(data, "prompt_token_details"), "cached_tokens") or 0
    return Usage(int(asked), int(answered), int(cached))


def _code_step(key: str, step: Json, call: Json) -> CodeStep:
    outputs = tuple(_outputs(call))
    logs = "".join(output.text for output in outputs if isinstance(output, LogOutput))
    error = _code_error(logs)
    status = words(step, "status")
    if status == "cancelled":
        state = StepState.CANCELLED
    else:
        state = StepState.FAILED if error or status in ("failed", "expired") else StepState.COMPLETED
    ends = ("completed_at", "failed_at", "cancelled_at", "expired_at")
    return CodeStep(
        key=key,
        code=words(call, "input"),
        outputs=outputs,
        state=state,
        error=error,
        started_at=number(step, "created_at"),
        ended_at=next((time for name in ends if (time := number(step, name)) is not None), None),
    )


def _outputs(call: Json) -> Iterator[CodeOutput]:
    for output in objects(call, "outputs"):
        match output.get("type"):
            case "logs":
                yield LogOutput(words(output, "logs"))
            case "image":
                yield ImageOutput(_picture(inner(output, "image")))


def _code_error(logs: str) -> ErrorInfo | None:
    """The exception at the end of a traceback."""
    start = logs.rfind(_TRACEBACK)
    lines = logs[start:].splitlines() if start >= 0 else []
    for line in reversed(lines):
        if found := _LAST_LINE.match(line):
            return ErrorInfo(ErrorCode.CODE_FAILED, {"name": found[1], "message": found[2] or ""})
    return None


def _answer(key: str, message: Json) -> Answer:
    parts = tuple(_parts(message))
    linked = [link.file for part in parts if isinstance(part, TextPart) for link in part.links]
    return Answer(key, parts, _once([*linked, *_attached(message)]), complete=True)


def _parts(message: Json) -> Iterator[AnswerPart]:
    """The parts of a content that is a list, as services give it, or text, as chats have it."""
    content = message.get("content")
    if isinstance(content, str):
        yield TextPart(content)
    for part in objects(message, "content"):
        match part.get("type"):
            case "text" | "input_text" | "output_text":
                yield _text_part(part)
            case "refusal":
                yield TextPart(words(part, "refusal"))
            case "image_file":
                yield ImagePart(_picture(inner(part, "image_file")))
            case "image_url":
                yield TextPart(words(inner(part, "image_url"), "url"))


def _text_part(part: Json) -> TextPart:
    text = inner(part, "text")
    value = words(text, "value") or words(part, "text")
    links = (_link(value, annotation) for annotation in objects(text, "annotations"))
    return TextPart(value, tuple(link for link in links if link is not None))


def _link(value: str, annotation: Json) -> FileLink | None:
    """A link to a file that the code made. Where it stands is looked up if it is not where it should be."""
    file_id = words(inner(annotation, "file_path"), "file_id")
    text = words(annotation, "text")
    if not file_id or not text:
        return None
    start = int(number(annotation, "start_index") or 0)
    if value[start : start + len(text)] != text:
        start = value.find(text)
    if start < 0:
        return None
    file = _file(file_id, PurePosixPath(unquote(text)).name)
    return FileLink(text, file, start, start + len(text))


def _attached(message: Json) -> list[StoredFile]:
    ids = (words(attachment, "file_id") for attachment in objects(message, "attachments"))
    return [_file(file_id, file_id) for file_id in ids if file_id]


def _picture(data: Json) -> StoredFile:
    return _file(words(data, "file_id"), "figure.png", "image/png")


def _file(file_id: str, name: str, media_type: str = "") -> StoredFile:
    """A file without bytes, which no service can give either."""
    return StoredFile(file_id, name or file_id, 0, media_type or "application/octet-stream")


def _once(files: Iterable[StoredFile]) -> tuple[StoredFile, ...]:
    """Each file once, under the first of its names."""
    by_id: dict[str, StoredFile] = {}
    for file in files:
        by_id.setdefault(file.id, file)
    return tuple(by_id.values())
