"""The service's objects as the domain's, with the same keys whether they came by stream or by listing.

Shapes: `openai/types/responses` (response, response_output_item) and `openai/types/conversations`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from desktop_app.backends.responses.citation import Citation, citations, links, offered
from desktop_app.backends.responses.source import Source
from desktop_app.backends.wire.shape import Json, objects, optional_number, optional_object, optional_text, text
from desktop_app.backends.wire.traceback import code_error
from desktop_app.backends.wire.words import by_words, wait_in_words
from desktop_app.domain.entity import (
    Answer,
    CodeOutput,
    CodeStep,
    ImageOutput,
    LogOutput,
    Reasoning,
    RunItem,
    RunState,
    StepState,
    TextPart,
    Usage,
)
from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.domain.event import RunStateChanged

OUTPUTS = "code_interpreter_call.outputs"
"""What has to be asked for by name, wherever steps are."""

SESSIONS = "container_sessions"
"""The response's metadata that says how many containers were begun for it."""

_BY_CODE = {
    "rate_limit_exceeded": ErrorCode.RATE_LIMITED,
    "insufficient_quota": ErrorCode.QUOTA_EXHAUSTED,
    "context_length_exceeded": ErrorCode.CONTEXT_TOO_LONG,
    "model_not_found": ErrorCode.MODEL_NOT_FOUND,
    "server_error": ErrorCode.SERVER_FAILED,
    "invalid_prompt": ErrorCode.REQUEST_REFUSED,
    "content_filter": ErrorCode.CONTENT_FILTERED,
    "bio_policy": ErrorCode.CONTENT_FILTERED,
    "misalignment_policy_violation": ErrorCode.CONTENT_FILTERED,
    "image_content_policy_violation": ErrorCode.CONTENT_FILTERED,
    "container_expired": ErrorCode.CONTAINER_EXPIRED,
    "conversation_locked": ErrorCode.THREAD_BUSY,
}


# --- responses --------------------------------------------------------------------------------------------


def run_state(response: Json, status: str = "") -> RunStateChanged:
    """A response's state, error and usage. A state that is not known yet counts as going on.

    `status` is the event's, for a response that does not say.
    """
    status = optional_text(response, "status") or status
    state = RunState(status) if status in RunState.__members__.values() else RunState.IN_PROGRESS
    return RunStateChanged(
        run_id=text(response, "id"),
        state=state,
        error=_run_error(response, state),
        usage=_usage(response),
        at=optional_number(response, "completed_at") if state.is_final else None,
    )


def failure(error: Json, detail: str = "") -> ErrorInfo:
    """The error of a response that failed, or of an `error` event."""
    code, message = optional_text(error, "code"), optional_text(error, "message")
    known = _BY_CODE.get(code) or by_words(message)
    if known is None:
        known = ErrorCode.REQUEST_REFUSED if "image" in code else ErrorCode.RUN_FAILED
    data = {"message": message}
    seconds = wait_in_words(message) if known is ErrorCode.RATE_LIMITED else None
    if seconds is not None:
        data["retry_after"] = f"{seconds:g}"
    return ErrorInfo(known, data, " ".join(word for word in (code, message, detail) if word))


def _run_error(response: Json, state: RunState) -> ErrorInfo | None:
    match state:
        case RunState.FAILED:
            info = failure(optional_object(response, "error"), text(response, "id"))
            is_about_model = info.code in (ErrorCode.MODEL_NOT_FOUND, ErrorCode.TOOLS_UNSUPPORTED)
            model = {"model": optional_text(response, "model")} if is_about_model else {}
            return replace(info, data={**info.data, **model})
        case RunState.INCOMPLETE:
            reason = optional_text(optional_object(response, "incomplete_details"), "reason")
            code = ErrorCode.CONTENT_FILTERED if reason == "content_filter" else ErrorCode.RUN_INCOMPLETE
            return ErrorInfo(code, {"reason": reason}, text(response, "id"))
        case _:
            return None


def _usage(response: Json) -> Usage | None:
    usage = optional_object(response, "usage")
    tokens = (optional_number(usage, "input_tokens"), optional_number(usage, "output_tokens"))
    if tokens[0] is None or tokens[1] is None:
        return None
    sessions = optional_text(optional_object(response, "metadata"), SESSIONS)
    return Usage(
        int(tokens[0]),
        int(tokens[1]),
        cached_tokens=int(optional_number(optional_object(usage, "input_tokens_details"), "cached_tokens") or 0),
        reasoning_tokens=int(optional_number(optional_object(usage, "output_tokens_details"), "reasoning_tokens") or 0),
        container_sessions=int(sessions) if sessions.isdecimal() else 0,
    )


# --- items ------------------------------------------------------------------------------------------------


def items(output: Iterable[Json], source: Source) -> Iterator[RunItem]:
    """What a run has made, in its order."""
    pictures = 0
    for item in output:
        decoded = run_item(item, source, pictures)
        if decoded is not None:
            yield decoded
            pictures += pictures_of(decoded)


def run_item(item: Json, source: Source, pictures: int) -> RunItem | None:
    """One item; None for a kind that is not shown. `pictures` is how many the steps before it show."""
    match item.get("type"):
        case "code_interpreter_call":
            return _code_step(item, source)
        case "message" if item.get("role", "assistant") == "assistant":
            return _answer(item, source, pictures)
        case "reasoning":
            reasoning = _reasoning(item)
            return reasoning if reasoning.text else None
        case _:
            return None


def pictures_of(item: RunItem) -> int:
    """How many pictures a step shows."""
    outputs = item.outputs if isinstance(item, CodeStep) else ()
    return sum(isinstance(output, ImageOutput) for output in outputs)


def _code_step(item: Json, source: Source) -> CodeStep:
    outputs = tuple(_outputs(item, source))
    logs = "".join(output.text for output in outputs if isinstance(output, LogOutput))
    state, error = StepState.WRITING, None
    match item.get("status"):
        case "completed":
            error = code_error(logs)
            state = StepState.FAILED if error else StepState.COMPLETED
        case "failed":
            state, error = StepState.FAILED, code_error(logs) or ErrorInfo(ErrorCode.RUN_FAILED, {"message": ""})
        case "interpreting":
            state = StepState.RUNNING
        case _ if outputs:  # in progress, or cut off: then the run's end says how it ended
            state = StepState.RUNNING
    return CodeStep(text(item, "id"), optional_text(item, "code"), outputs, state, error)


def _outputs(item: Json, source: Source) -> Iterator[CodeOutput]:
    for index, output in enumerate(objects(item, "outputs")):
        match output.get("type"):
            case "logs":
                yield LogOutput(optional_text(output, "logs"))
            case "image":
                file = source.picture(text(item, "id"), index, optional_text(output, "url"))
                if file is not None:
                    yield ImageOutput(file)


def _answer(item: Json, source: Source, pictures: int) -> Answer:
    parts: list[TextPart] = []
    cited: list[Citation] = []
    for part in objects(item, "content"):
        match part.get("type"):
            case "output_text" | "text":
                value = optional_text(part, "text")
                here = tuple(citations(part, source))
                parts.append(TextPart(value, links(value, here)))
                cited += here
            case "refusal":
                parts.append(TextPart(optional_text(part, "refusal")))
    return Answer(
        key=text(item, "id"),
        parts=tuple(parts),
        files=offered(cited, pictures),
        complete=item.get("status") != "in_progress",
    )


def _reasoning(item: Json) -> Reasoning:
    """The summary; the thoughts themselves where a service tells them instead."""
    parts = objects(item, "summary") or objects(item, "content")
    words = "\n\n".join(part_text for part in parts if (part_text := optional_text(part, "text")))
    return Reasoning(text(item, "id"), words, complete=item.get("status") != "in_progress")
