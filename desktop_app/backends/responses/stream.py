"""A response's stream as the domain's events. Event names: `openai/types/responses/response_stream_event.py`.

What a step printed comes with the finished item only. The end of a run tells all of its items once more: whatever was
lost, late or told twice on the way, the run is what the service has.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from desktop_app.backends.responses.decode import failure, items, pictures_of, run_item, run_state
from desktop_app.backends.responses.source import Source
from desktop_app.backends.wire.shape import Json, objects, optional_object, optional_text, place, text
from desktop_app.backends.wire.snapshot import snapshot
from desktop_app.domain.entity import Answer, CodeStep, Reasoning, RunItem, RunState, TextPart
from desktop_app.domain.error import DeskError, ErrorInfo
from desktop_app.domain.event import (
    AnswerStarted,
    CodeDelta,
    CodeRunning,
    CodeSnapshot,
    CodeStarted,
    ItemsReset,
    ReasoningDelta,
    RunEvent,
    TextDelta,
)
from desktop_app.domain.item_file import files_of


class ResponseDecoder:
    """Decodes the events of one response, however many streams they come by.

    Args:
        source: Makes the source of a response's items from its id.

    Attributes:
        run_id: The response; empty until the service has named it.
        state: How far the run is, as far as it was told.
        error: What an `error` event said; it does not tell whether the run goes on.
    """

    def __init__(self, source: Callable[[str], Source], run_id: str = "") -> None:
        self.run_id = run_id
        self.state = RunState.STARTING
        self.error: ErrorInfo | None = None
        self._source = source
        self._is_in_progress = False
        self._lengths: dict[str, int] = {}  # of what was told of each item, in their order
        self._done: dict[str, RunItem] = {}
        self._summarised: set[str] = set()

    @property
    def is_over(self) -> bool:
        """Whether the run has reached a final state."""
        return self.state.is_final

    def decode(self, name: str, data: Json) -> Iterator[RunEvent]:
        """What an event means; nothing if it is unknown.

        Raises:
            DeskError: RESPONSE_INVALID, for the run itself; or why there is no run, if an `error` comes first.
        """
        match (optional_text(data, "type") or name).split("."):
            case ["error"]:
                self._fail(data)
            case ["response", ("created" | "queued" | "in_progress") as status]:
                yield from self._go_on(optional_object(data, "response"), status)
            case ["response", ("completed" | "failed" | "incomplete" | "cancelled") as status]:
                yield from self.end(optional_object(data, "response"), status)
            case ["response", *kind] if self.run_id:
                try:
                    yield from tuple(self._item(".".join(kind), data))
                except DeskError:
                    return  # an odd one in the middle: the end tells all there is

    def end(self, response: Json, status: str = "") -> Iterator[RunEvent]:
        """All of a response that is final: what it has made, then its state."""
        state = run_state(response, status)
        self.run_id, self.state = state.run_id, state.state
        if state.error is not None and self.error is not None and not state.error.data.get("message"):
            state = replace(state, error=self.error)
        yield from self._made(tuple(items(objects(response, "output"), self._source(self.run_id))), state.state)
        yield state

    def reset(self, response: Json) -> Iterator[RunEvent]:
        """What a response that goes on has made so far, instead of all that was told before."""
        found = tuple(items(objects(response, "output"), self._source(self.run_id)))
        self._lengths = {item.key: _length(item) for item in found}
        self._done.clear()
        yield ItemsReset(self.run_id, found)
        yield from (snapshot(self.run_id, item) for item in found if any(files_of(item)))

    def progress(self, response: Json) -> Iterator[RunEvent]:
        """What is new in a response that goes on, for those who look at it now and then."""
        event = run_state(response)
        if event.state is not self.state:
            self.state = event.state
            yield event
        for item in items(objects(response, "output"), self._source(self.run_id)):
            if self._done.get(item.key) != item and _length(item) >= self._lengths.get(item.key, 0):
                self._lengths[item.key], self._done[item.key] = _length(item), item
                yield snapshot(self.run_id, item)

    # --- the run ------------------------------------------------------------------------------------------

    def _fail(self, data: Json) -> None:
        self.error = failure(data)
        if not self.run_id:
            raise DeskError(self.error.code, self.error.detail, **self.error.data)

    def _go_on(self, response: Json, status: str) -> Iterator[RunEvent]:
        event = run_state(response, status)
        if event.state.is_final:
            yield from self.end(response, status)
            return
        self.run_id, self.state = event.run_id, event.state
        if status == "in_progress":
            if self._is_in_progress:
                yield from self.reset(response)
            self._is_in_progress = True
        yield event

    def _made(self, found: tuple[RunItem, ...], state: RunState) -> Iterator[RunEvent]:
        found = tuple(self._whole(item) for item in found)
        if state is RunState.CANCELLED:
            # What was there stays, though the service may have forgotten it.
            found = tuple(item for item in found if _length(item) >= self._lengths.get(item.key, 0))
        elif len(found) >= len(self._lengths):
            yield ItemsReset(self.run_id, found)
            found = tuple(item for item in found if any(files_of(item)))
        news = (item for item in found if self._done.get(item.key) != item)
        yield from (snapshot(self.run_id, item) for item in news)

    def _whole(self, item: RunItem) -> RunItem:
        """An item of the end, with the outputs that the service may tell only once."""
        old = self._done.get(item.key)
        if isinstance(item, CodeStep) and isinstance(old, CodeStep) and not item.outputs:
            return replace(item, outputs=old.outputs, state=old.state, error=old.error)
        return item

    # --- items --------------------------------------------------------------------------------------------

    def _item(self, kind: str, data: Json) -> Iterator[RunEvent]:
        match kind:
            case "output_item.added":
                yield from self._added(optional_object(data, "item"))
            case "output_item.done":
                yield from self._finished(optional_object(data, "item"))
            case "code_interpreter_call.in_progress":
                yield from self._start_code(text(data, "item_id"))
            case "code_interpreter_call_code.delta":
                yield from self._code_delta(text(data, "item_id"), optional_text(data, "delta"))
            case "code_interpreter_call_code.done":
                yield from self._code_done(text(data, "item_id"), optional_text(data, "code"))
            case "code_interpreter_call.interpreting":
                yield CodeRunning(self.run_id, text(data, "item_id"))
            case "output_text.delta" | "refusal.delta":
                yield from self._text_delta(data)
            case "reasoning_summary_part.added" | "reasoning_summary_text.delta" | "reasoning_text.delta":
                yield from self._reasoning(kind, data)

    def _added(self, item: Json) -> Iterator[RunEvent]:
        match item.get("type"):
            case "code_interpreter_call":
                yield from self._start_code(text(item, "id"))
            case "message" if item.get("role", "assistant") == "assistant":
                self._grow(text(item, "id"), 0)
                yield AnswerStarted(self.run_id, text(item, "id"))

    def _finished(self, item: Json) -> Iterator[RunEvent]:
        pictures = sum(pictures_of(done) for done in self._done.values())
        decoded = run_item(item, self._source(self.run_id), pictures)
        if decoded is not None:
            self._lengths[decoded.key] = _length(decoded)
            self._done[decoded.key] = decoded
            yield snapshot(self.run_id, decoded)

    def _start_code(self, key: str) -> Iterator[RunEvent]:
        if key not in self._lengths:
            self._grow(key, 0)
            yield CodeStarted(self.run_id, key)

    def _code_delta(self, key: str, delta: str) -> Iterator[RunEvent]:
        yield from self._start_code(key)
        self._grow(key, len(delta))
        yield CodeDelta(self.run_id, key, delta)

    def _code_done(self, key: str, code: str) -> Iterator[RunEvent]:
        """The code as a whole; it differs from the pieces only if one was lost."""
        if key not in self._done and self._lengths.get(key, 0) != len(code):
            self._lengths[key] = len(code)
            yield CodeSnapshot(self.run_id, CodeStep(key, code))

    def _text_delta(self, data: Json) -> Iterator[RunEvent]:
        key, delta = text(data, "item_id"), optional_text(data, "delta")
        self._grow(key, len(delta))
        yield TextDelta(self.run_id, key, place(data, "content_index"), delta)

    def _reasoning(self, kind: str, data: Json) -> Iterator[RunEvent]:
        """Summaries; the thoughts themselves only where no summary is told."""
        key, delta = text(data, "item_id"), optional_text(data, "delta")
        if kind == "reasoning_text.delta" and key in self._summarised:
            return
        if kind != "reasoning_text.delta":
            self._summarised.add(key)
        if kind == "reasoning_summary_part.added":
            delta = "\n\n" if place(data, "summary_index") else ""
        if delta:
            self._grow(key, len(delta))
            yield ReasoningDelta(self.run_id, key, delta)

    def _grow(self, key: str, size: int) -> None:
        self._lengths[key] = self._lengths.get(key, 0) + size


def _length(item: RunItem) -> int:
    """How much text an item holds."""
    match item:
        case CodeStep(code=code):
            return len(code)
        case Answer(parts=parts):
            return sum(len(part.text) for part in parts if isinstance(part, TextPart))
        case Reasoning(text=words):
            return len(words)
        case _:
            return 0
