"""A response while it is made and afterwards: its events in their order, and what it looks like now."""

import asyncio
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.harness.responses.refusal import Json
from tests.harness.responses.store import CREATED_AT

OUTPUTS = "code_interpreter_call.outputs"
USAGE: Json = {
    "input_tokens": 120,
    "input_tokens_details": {"cached_tokens": 100, "cache_write_tokens": 0},
    "output_tokens": 40,
    "output_tokens_details": {"reasoning_tokens": 30},
    "total_tokens": 160,
}
_FINAL = ("completed", "failed", "incomplete", "cancelled")


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a stream, as it was when it happened."""

    number: int
    name: str
    text: str

    def written(self, include: Iterable[str]) -> bytes:
        text = self.text
        if OUTPUTS not in include and '"outputs"' in text:
            text = json.dumps(_without_outputs(json.loads(text)))
        return f"event: {self.name}\ndata: {text}\n\n".encode()


class StoredResponse:
    """One response.

    Attributes:
        output: The items; the player writes them.
        stopped: Somebody has asked it to stop, or to go on if it holds.
        is_over: Nothing will be added to its events.
    """

    def __init__(self, response_id: str, request: Json) -> None:
        self.id = response_id
        self.request = request
        self.events: list[Event] = []
        self.output: list[Json] = []
        self.status = "queued" if self.is_background else "in_progress"
        self.error: Json | None = None
        self.reason = ""
        self.is_over = False
        self.stopped = asyncio.Event()
        self.released = asyncio.Event()
        self._news = asyncio.Event()

    @property
    def is_background(self) -> bool:
        return self.request.get("background") is True

    @property
    def is_final(self) -> bool:
        return self.status in _FINAL

    @property
    def conversation_id(self) -> str:
        conversation = self.request.get("conversation") or ""
        return str(conversation["id"] if isinstance(conversation, dict) else conversation)

    def shown(self, include: Iterable[str] = ()) -> Json:
        """The response as it is answered; what the code printed only to those who ask for it."""
        request = self.request
        shown: Json = {
            "id": self.id,
            "object": "response",
            "created_at": CREATED_AT,
            "status": self.status,
            "background": self.is_background,
            "conversation": {"id": self.conversation_id} if self.conversation_id else None,
            "error": self.error,
            "incomplete_details": {"reason": self.reason} if self.reason else None,
            "instructions": request.get("instructions"),
            "metadata": request.get("metadata") or {},
            "model": request.get("model", "agent"),
            "output": self.output,
            "parallel_tool_calls": True,
            "store": request.get("store", True),
            "temperature": 1.0,
            "tool_choice": "auto",
            "tools": request.get("tools", []),
            "top_p": 1.0,
            "usage": USAGE if self.status in ("completed", "incomplete") else None,
        }
        if self.status == "completed":
            shown["completed_at"] = CREATED_AT + 5
        return shown if OUTPUTS in include else _without_outputs(shown)

    def emit(self, name: str, **fields: object) -> None:
        """Adds an event, with what it speaks of as that is now."""
        number = len(self.events)
        text = json.dumps({"type": name, "sequence_number": number, **fields}, ensure_ascii=False)
        self.events.append(Event(number, name, text))
        self._tell()

    def emit_state(self, name: str) -> None:
        """Adds an event that shows the whole response."""
        self.emit(f"response.{name}", response=self.shown((OUTPUTS,)))

    def end(self) -> None:
        """Closes every stream once it has told what there is."""
        self.is_over = True
        self._tell()

    def after(self, number: int) -> Iterator[Event]:
        """The events that came later than this one, as far as there are any."""
        yield from self.events[number + 1 :]

    async def news(self) -> None:
        """Returns when there is more, or nothing more to come."""
        if not self.is_over:
            await self._news.wait()

    def left(self) -> None:
        """Ends a response that only its stream keeps going."""
        if not self.is_background:
            self.stopped.set()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()


def _without_outputs(value: Json) -> Json:
    """An event or a response, with `outputs` null wherever it stands in an item."""
    changed = dict(value)
    if isinstance(changed.get("outputs"), list):
        changed["outputs"] = None
    for name in ("response", "item"):
        if isinstance(changed.get(name), dict):
            changed[name] = _without_outputs(changed[name])
    if isinstance(changed.get("output"), list):
        changed["output"] = [_without_outputs(item) for item in changed["output"]]
    return changed
