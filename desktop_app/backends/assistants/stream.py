"""A run's stream as the domain's events. Event names: `openai/types/beta/assistant_stream_event.py`."""

from collections.abc import Iterator

from desktop_app.backends.assistants.decode import answer, code_steps, image, run_state, step_key
from desktop_app.backends.wire.shape import (
    Json,
    objects,
    optional_number,
    optional_object,
    optional_text,
    place,
    text,
)
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.event import (
    AnswerSnapshot,
    AnswerStarted,
    CodeDelta,
    CodeRunning,
    CodeSnapshot,
    CodeStarted,
    ImageMade,
    LogDelta,
    RunEvent,
    RunStateChanged,
    TextDelta,
)


class StreamDecoder:
    """Decodes the events of one run.

    Attributes:
        is_over: The run has reached a final state.
    """

    def __init__(self) -> None:
        self.is_over = False
        self._run_id = ""  # deltas do not say to which run they belong
        self._created_at: dict[str, float | None] = {}
        self._started: set[str] = set()

    def decode(self, name: str, data: Json) -> Iterator[RunEvent]:
        """What an event means; nothing if it is unknown.

        Raises:
            DeskError: RESPONSE_INVALID, or SERVER_FAILED for an `error` event.
        """
        match name.split("."):
            case ["thread", "run", "step", "delta"]:
                yield from self._step_delta(data)
            case ["thread", "run", "step", "created"]:
                yield from self._step_created(data)
            case ["thread", "run", "step", "completed" | "failed" | "cancelled" | "expired"]:
                yield from (CodeSnapshot(self._run_id, step) for step in code_steps(data))
            case ["thread", "run", _]:
                yield self._state(data)
            case ["thread", "message", "created"] if data.get("role") == "assistant":
                yield AnswerStarted(self._run_id, text(data, "id"))
            case ["thread", "message", "delta"]:
                yield from self._message_delta(data)
            case ["thread", "message", "completed" | "incomplete"] if data.get("role") == "assistant":
                yield AnswerSnapshot(self._run_id, answer(data))
            case ["error"]:
                message = optional_text(data, "message")
                raise DeskError(ErrorCode.SERVER_FAILED, message, message=message)

    def _state(self, run: Json) -> RunStateChanged:
        event = run_state(run)
        self._run_id = event.run_id
        self.is_over = event.state.is_final
        return event

    def _step_created(self, step: Json) -> Iterator[RunEvent]:
        step_id = text(step, "id")
        self._created_at[step_id] = optional_number(step, "created_at")
        for code_step in code_steps(step):
            yield from self._start(step_id, code_step.key)

    def _start(self, step_id: str, key: str) -> Iterator[RunEvent]:
        if key not in self._started:
            self._started.add(key)
            yield CodeStarted(self._run_id, key, self._created_at.get(step_id))

    def _step_delta(self, data: Json) -> Iterator[RunEvent]:
        step_id = text(data, "id")
        for call in objects(optional_object(optional_object(data, "delta"), "step_details"), "tool_calls"):
            if isinstance(call.get("code_interpreter"), dict):
                key = step_key(step_id, place(call))
                yield from self._start(step_id, key)
                yield from self._code_delta(key, call["code_interpreter"])

    def _code_delta(self, key: str, call: Json) -> Iterator[RunEvent]:
        code = optional_text(call, "input")
        if code:
            yield CodeDelta(self._run_id, key, code)
        elif call.get("outputs") == []:  # no more code, no output yet
            yield CodeRunning(self._run_id, key)
        for output in objects(call, "outputs"):
            match output.get("type"):
                case "logs":
                    yield LogDelta(self._run_id, key, place(output), optional_text(output, "logs"))
                case "image":
                    file = image(text(optional_object(output, "image"), "file_id"))
                    yield ImageMade(self._run_id, key, place(output), file)

    def _message_delta(self, data: Json) -> Iterator[RunEvent]:
        key = text(data, "id")
        for part in objects(optional_object(data, "delta"), "content"):
            value = optional_text(optional_object(part, "text"), "value") or optional_text(part, "refusal")
            if value:
                yield TextDelta(self._run_id, key, place(part), value)
