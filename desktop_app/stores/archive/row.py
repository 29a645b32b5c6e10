"""Entities as rows and JSON, and back, without loss."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, assert_never

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
    """From `id, title, assistant_id, created_at, updated_at, remote_id, busy, unread`."""
    return Thread(row[0], row[1], row[2], row[3], row[4], row[5], bool(row[6]), bool(row[7]))


def file_to_row(file: StoredFile) -> tuple[Any, ...]:
    """As `id, name, size, media_type, sha256, remote_id, created_at`."""
    return (file.id, clean(file.name), file.size, file.media_type, file.sha256, file.remote_id, file.created_at)


def item_text(item: RunItem) -> str:
    """What a search finds: the code, or the answer's text."""
    match item:
        case CodeStep():
            return clean(item.code)
        case Answer():
            return "\n".join(clean(part.text) for part in item.parts if isinstance(part, TextPart))
        case _:
            assert_never(item)


def is_final(item: RunItem) -> bool:
    """Whether the item will hardly change any more."""
    return item.complete if isinstance(item, Answer) else item.state.is_final


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
