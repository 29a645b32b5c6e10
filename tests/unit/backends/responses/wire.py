"""What services of the Responses shape say, in JSON, and what the decoders make of it."""

from collections.abc import Iterable
from typing import Any

from desktop_app.backends.responses.source import Source
from desktop_app.backends.responses.stream import ResponseDecoder
from desktop_app.domain.entity import Run
from desktop_app.domain.event import RunEvent
from desktop_app.domain.reduce import apply

Json = dict[str, Any]

PIXEL = "iVBORw0KGgo="
PICTURE_URL = f"data:image/png;base64,{PIXEL}"
NEW = Run("run", "thread", "question", "Analyst", "model", created_at=1.0)


def source(owner_id: str = "resp_1") -> Source:
    """Return a source that forgets its pictures."""
    return Source(owner_id, "cloud", lambda _file_id, _url: None)


def code(key: str = "ci_1", status: str = "completed", *outputs: Json, **fields: object) -> Json:
    """Return a code interpreter call."""
    made = {"type": "code_interpreter_call", "code": "1 + 1", "container_id": "cntr_1", "outputs": list(outputs)}
    return {"id": key, "status": status, **made, **fields}


def logs(text: str) -> Json:
    """Return what code printed."""
    return {"type": "logs", "logs": text}


def message(text: str = "Two.", key: str = "msg_1", *annotations: Json, **fields: object) -> Json:
    """Return a message of the assistant."""
    part = {"type": "output_text", "text": text, "annotations": list(annotations)}
    return {"id": key, "type": "message", "role": "assistant", "status": "completed", "content": [part], **fields}


def cited(name: str, start: int = 0, end: int = 0, file_id: str = "cfile_1") -> Json:
    """Return a citation of a file in a container."""
    return {
        "type": "container_file_citation",
        "container_id": "cntr_1",
        "file_id": file_id,
        "filename": name,
        "start_index": start,
        "end_index": end,
    }


def reasoning(*summary: str, key: str = "rs_1") -> Json:
    """Return reasoning with a summary."""
    return {"id": key, "type": "reasoning", "summary": [{"type": "summary_text", "text": text} for text in summary]}


def response(status: str = "completed", *output: Json, **fields: object) -> Json:
    """Return a response."""
    return {"id": "resp_1", "object": "response", "status": status, "output": list(output), **fields}


def decoded(decoder: ResponseDecoder, *events: Json) -> list[RunEvent]:
    """Return what the events mean."""
    return [event for data in events for event in decoder.decode(str(data["type"]), data)]


def begun() -> ResponseDecoder:
    """Return a decoder of a response that is in progress."""
    decoder = ResponseDecoder(source)
    decoded(decoder, {"type": "response.created", "response": response("in_progress")})
    decoded(decoder, {"type": "response.in_progress", "response": response("in_progress")})
    return decoder


def reduced(events: Iterable[RunEvent], run: Run = NEW) -> Run:
    """Return the run after the events."""
    for event in events:
        run = apply(run, event).run
    return run
