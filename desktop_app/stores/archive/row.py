"""Entities as rows and JSON, and back, without loss."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, assert_never

from desktop_app.domain.connection import Connection, ConnectionKind, RateLimits, SignIn
from desktop_app.domain.entity import (
    Answer,
    AnswerPart,
    Assistant,
    CodeOutput,
    CodeStep,
    FileLink,
    ImageOutput,
    ImagePart,
    LogOutput,
    Reasoning,
    Remark,
    RemarkKind,
    RunItem,
    StepState,
    StoredFile,
    TextPart,
    Thread,
)
from desktop_app.domain.error import ErrorCode, ErrorInfo

Files = Mapping[str, StoredFile]
Json = dict[str, Any]


def clean(text: str) -> str:
    """The text as UTF-8 can hold it: halves of a character that belong together are joined, others replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def error_to_json(error: ErrorInfo | None) -> str | None:
    """For a column that may be NULL."""
    if error is None:
        return None
    return _dump({"code": error.code, "data": dict(error.data), "detail": error.detail})


def error_from_json(text: str | None) -> ErrorInfo | None:
    """Reads what `error_to_json` wrote; a code of a later version is `UNEXPECTED`."""
    return None if text is None else _error(json.loads(text))


def assistant_from_row(row: tuple[Any, ...]) -> Assistant:
    """From `id, name, description, instructions, model, code_interpreter, created_at`."""
    return Assistant(row[0], row[1], row[2], row[3], row[4], bool(row[5]), row[6])


def thread_from_row(row: tuple[Any, ...]) -> Thread:
    """From `id, title, assistant_id, created_at, updated_at, remote_id, busy, unread, connection_id`."""
    return Thread(row[0], row[1], row[2], row[3], row[4], row[5], bool(row[6]), bool(row[7]), row[8])


def connection_to_row(connection: Connection) -> tuple[Any, ...]:
    """As `id, kind, name, base_url, model, sign_in, agent, tenant, created_at`."""
    return (
        connection.id,
        connection.kind,
        clean(connection.name),
        clean(connection.base_url),
        clean(connection.model),
        connection.sign_in,
        clean(connection.agent),
        clean(connection.tenant),
        connection.created_at,
    )


def connection_from_row(row: tuple[Any, ...]) -> Connection:
    """From what `connection_to_row` gives."""
    return Connection(row[0], ConnectionKind(row[1]), row[2], row[3], row[4], SignIn(row[5]), row[6], row[7], row[8])


def limits_to_json(limits: RateLimits | None) -> str | None:
    """For a column that may be NULL."""
    return None if limits is None else _dump(asdict(limits))


def limits_from_json(text: str | None) -> RateLimits | None:
    """Reads what `limits_to_json` wrote."""
    return None if text is None else RateLimits(**json.loads(text))


def file_to_row(file: StoredFile) -> tuple[Any, ...]:
    """As `id, name, size, media_type, sha256, remote_id, created_at, connection_id`: the order of its fields."""
    return (
        file.id,
        clean(file.name),
        file.size,
        file.media_type,
        file.sha256,
        file.remote_id,
        file.created_at,
        file.connection_id,
    )


def item_text(item: RunItem) -> str:
    """What a search finds: the code, the answer's text, or the reasoning."""
    match item:
        case CodeStep():
            return clean(item.code)
        case Answer():
            return "\n".join(clean(part.text) for part in item.parts if isinstance(part, TextPart))
        case Reasoning():
            return clean(item.text)
        case Remark():
            return ""  # its wording is the window's
        case _:
            assert_never(item)


def is_final(item: RunItem) -> bool:
    """Whether the item will hardly change any more."""
    match item:
        case CodeStep():
            return item.state.is_final
        case Remark():
            return True
        case _:
            return item.complete


def item_to_json(item: RunItem) -> str:
    """Everything but the text (`item_text`) and the files' records (`domain.item_file`)."""
    match item:
        case CodeStep():
            error = item.error and {"code": item.error.code, "data": dict(item.error.data), "detail": item.error.detail}
            body: Json = {
                "kind": "code",
                "key": item.key,
                "outputs": [_output_to_json(output) for output in item.outputs],
                "state": item.state,
                "error": error,
                "started_at": item.started_at,
                "ended_at": item.ended_at,
            }
        case Answer():
            body = {
                "kind": "answer",
                "key": item.key,
                "parts": [_part_to_json(part) for part in item.parts],
                "files": [file.id for file in item.files],
                "complete": item.complete,
            }
        case Reasoning():
            body = {"kind": "reasoning", "key": item.key, "complete": item.complete}
        case Remark():
            body = {"kind": "remark", "key": item.key, "remark": item.kind, "data": dict(item.data)}
        case _:
            assert_never(item)
    return _dump(body)


def item_from_json(body: str, text: str, files: Files) -> RunItem:
    """Puts an item together again."""
    data: Json = json.loads(body)
    if data["kind"] == "code":
        return CodeStep(
            key=data["key"],
            code=text,
            outputs=tuple(_output_from_json(output, files) for output in data["outputs"]),
            state=StepState(data["state"]),
            error=data["error"] and _error(data["error"]),
            started_at=data["started_at"],
            ended_at=data["ended_at"],
        )
    if data["kind"] == "reasoning":
        return Reasoning(data["key"], text, data["complete"])
    if data["kind"] == "remark":
        return Remark(data["key"], RemarkKind(data["remark"]), data["data"])
    return Answer(
        key=data["key"],
        parts=tuple(_parts_from_json(data["parts"], text, files)),
        files=tuple(files[file_id] for file_id in data["files"]),
        complete=data["complete"],
    )


def _dump(value: object) -> str:
    return clean(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def _error(data: Json) -> ErrorInfo:
    known = data["code"] in ErrorCode.__members__.values()
    return ErrorInfo(ErrorCode(data["code"]) if known else ErrorCode.UNEXPECTED, data["data"], data["detail"])


def _output_to_json(output: CodeOutput) -> Json:
    return {"image": output.file.id} if isinstance(output, ImageOutput) else {"log": output.text}


def _output_from_json(data: Json, files: Files) -> CodeOutput:
    return ImageOutput(files[data["image"]]) if "image" in data else LogOutput(data["log"])


def _part_to_json(part: AnswerPart) -> Json:
    if isinstance(part, ImagePart):
        return {"image": part.file.id}
    links = [{"text": link.text, "file": link.file.id, "start": link.start, "end": link.end} for link in part.links]
    return {"length": len(clean(part.text)), "links": links}


def _parts_from_json(parts: Iterable[Json], text: str, files: Files) -> Iterator[AnswerPart]:
    """Cuts the text, whose parts stand one line break apart, into its parts again."""
    start = 0
    for part in parts:
        if "image" in part:
            yield ImagePart(files[part["image"]])
            continue
        end = start + part["length"]
        links = (FileLink(link["text"], files[link["file"]], link["start"], link["end"]) for link in part["links"])
        yield TextPart(text[start:end], tuple(links))
        start = end + 1
