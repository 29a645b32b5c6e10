"""Events that services may send and that say nothing of what this program shows: every other one that the SDK knows."""

from collections.abc import Iterator
from functools import cache
from typing import get_args, get_origin

from openai.types.responses import ResponseStreamEvent
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from tests.harness.responses.refusal import Json

_TOLD_ELSEWHERE = (
    "error",
    "response.code_interpreter_call",
    "response.completed",
    "response.content_part",
    "response.created",
    "response.failed",
    "response.in_progress",
    "response.incomplete",
    "response.output_item",
    "response.output_text",
    "response.queued",
    "response.reasoning",
    "response.refusal",
)
"""How the names of events begin that the writer and the player tell, or that end a run."""


@cache
def rare_events() -> tuple[Json, ...]:
    """Each of them: its name, and its required fields, empty."""
    return tuple(_rare_events())


def _rare_events() -> Iterator[Json]:
    union = get_args(ResponseStreamEvent)[0]
    for kind in get_args(union):
        (name,) = get_args(kind.model_fields["type"].annotation)
        if not name.startswith(_TOLD_ELSEWHERE):
            needed = {field: _empty(info) for field, info in kind.model_fields.items() if info.is_required()}
            del needed["type"], needed["sequence_number"]
            yield {**needed, "name": name}


def _empty(info: FieldInfo) -> object:
    kind = info.annotation
    if kind in (str, int, float, bool):
        return kind()
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {field: _empty(inner) for field, inner in kind.model_fields.items() if inner.is_required()}
    return [] if get_origin(kind) is list else None
