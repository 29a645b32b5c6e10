"""The service's objects as the domain's, with the same keys whether they came by stream or by listing.

Shapes: `openai/types/beta/threads` (run, message, run step). Where the app's own engine says more in `metadata`
(`error_name`, `seconds`, `error`), that is used; other servers do without.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote

from desktop_app.backends.wire.media import media_type
from desktop_app.backends.wire.shape import (
    Json,
    objects,
    optional_number,
    optional_object,
    optional_text,
    text,
)
from desktop_app.backends.wire.traceback import code_error
from desktop_app.backends.wire.words import by_words, wait_in_words
from desktop_app.domain.connection import RemoteAssistant
from desktop_app.domain.entity import (
    Answer,
    AnswerPart,
    CodeOutput,
    CodeStep,
    FileLink,
    ImageOutput,
    ImagePart,
    LogOutput,
    RunState,
    StepState,
    StoredFile,
    TextPart,
    Usage,
)
from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.domain.event import RunStateChanged


def step_key(step_id: str, index: int) -> str:
    """The key of a step's tool call."""
    return f"{step_id}/{index}"


def run_state(run: Json) -> RunStateChanged:
    """A run's state, error and usage. A state that is not known yet counts as going on."""
    status = text(run, "status")
    state = RunState(status) if status in RunState.__members__.values() else RunState.IN_PROGRESS
    return RunStateChanged(
        run_id=text(run, "id"),
        state=state,
        error=_run_error(run, state),
        usage=_usage(optional_object(run, "usage")),
        at=_ended_at(run) if state.is_final else None,
    )


def items(steps: Iterable[Json], messages: Iterable[Json]) -> Iterator[CodeStep | Answer]:
    """What a run has made, in the order of its steps; messages that no step names come last."""
    by_id = {text(message, "id"): message for message in messages if message.get("role") == "assistant"}
    for step in steps:
        creation = optional_object(optional_object(step, "step_details"), "message_creation")
        message = by_id.pop(optional_text(creation, "message_id"), None)
        if message is not None:
            yield answer(message)
        yield from code_steps(step)
    yield from map(answer, by_id.values())


def code_steps(step: Json) -> Iterator[CodeStep]:
    """The code interpreter calls of a run step."""
    for index, call in enumerate(objects(optional_object(step, "step_details"), "tool_calls")):
        if call.get("type") == "code_interpreter":
            yield _code_step(step, index, optional_object(call, "code_interpreter"))


def answer(message: Json) -> Answer:
    """A message of the assistant. The files it links to are offered, whether it attaches them or not."""
    parts = tuple(_parts(message))
    links = [link for part in parts if isinstance(part, TextPart) for link in part.links]
    linked = {link.file.id: link.file for link in links}
    attached = [optional_text(attachment, "file_id") for attachment in objects(message, "attachments")]
    files = {file_id: linked.get(file_id) or made_file(file_id) for file_id in attached if file_id}
    return Answer(
        key=text(message, "id"),
        parts=parts,
        files=tuple((files | linked).values()),
        complete=message.get("status") != "in_progress",
    )


def image(file_id: str) -> StoredFile:
    """A picture that the code made; its record tells more (`Backend.file_info`)."""
    return StoredFile(file_id, "figure.png", 0, "image/png", remote_id=file_id)


def made_file(file_id: str, name: str = "") -> StoredFile:
    """A file that the code made; its record tells more (`Backend.file_info`)."""
    return StoredFile(file_id, name or file_id, 0, media_type(name), remote_id=file_id)


def stored_file(file_id: str, info: Json) -> StoredFile:
    """A file's record; empty if the service has it no more."""
    name = PurePosixPath(optional_text(info, "filename")).name or file_id
    return StoredFile(
        id=file_id,
        name=name,
        size=int(optional_number(info, "bytes") or 0),
        media_type=media_type(name),
        remote_id=file_id,
        created_at=optional_number(info, "created_at") or 0.0,
    )


def remote_assistant(data: Json) -> RemoteAssistant:
    """An assistant as the service lists it."""
    metadata = optional_object(data, "metadata")
    return RemoteAssistant(
        id=text(data, "id"),
        name=optional_text(data, "name"),
        description=optional_text(data, "description"),
        instructions=optional_text(data, "instructions"),
        model=optional_text(data, "model"),
        code_interpreter=any(tool.get("type") == "code_interpreter" for tool in objects(data, "tools")),
        created_at=optional_number(data, "created_at") or 0.0,
        metadata={name: value for name, value in metadata.items() if isinstance(value, str)},
    )


# --- runs -------------------------------------------------------------------------------------------------


def _run_error(run: Json, state: RunState) -> ErrorInfo | None:
    last_error = optional_object(run, "last_error")
    precise = _engine_error(optional_object(run, "metadata"), optional_text(last_error, "message"))
    match state:
        case RunState.FAILED:
            return precise or _last_error(last_error)
        case RunState.INCOMPLETE:
            reason = optional_text(optional_object(run, "incomplete_details"), "reason")
            code = ErrorCode.CONTENT_FILTERED if reason == "content_filter" else ErrorCode.RUN_INCOMPLETE
            return precise or ErrorInfo(code, {"reason": reason})
        case RunState.EXPIRED:
            return precise or ErrorInfo(ErrorCode.RUN_EXPIRED)
        case _:
            return None


def _engine_error(metadata: Json, detail: str = "") -> ErrorInfo | None:
    """The error as the app's own engine puts it into the metadata: `{"code", "data"}` as JSON."""
    try:
        error = json.loads(optional_text(metadata, "error"))
        code = ErrorCode(error["code"])
    except (ValueError, KeyError, TypeError):
        return None
    data = error.get("data")
    named = {str(name): str(value) for name, value in data.items()} if isinstance(data, dict) else {}
    return ErrorInfo(code, named, detail)


def _last_error(error: Json) -> ErrorInfo:
    message = optional_text(error, "message")
    told = by_words(message)
    match optional_text(error, "code"):
        case "rate_limit_exceeded" if told is not ErrorCode.QUOTA_EXHAUSTED:
            seconds = wait_in_words(message)
            wait = {} if seconds is None else {"retry_after": f"{seconds:g}"}
            return ErrorInfo(ErrorCode.RATE_LIMITED, {"message": message, **wait}, message)
        case "invalid_prompt":
            return ErrorInfo(told or ErrorCode.REQUEST_REFUSED, {"message": message}, message)
        case "content_filter":
            return ErrorInfo(ErrorCode.CONTENT_FILTERED, {"message": message}, message)
        case code:
            words = " ".join(word for word in (code, message) if word)
            return ErrorInfo(told or ErrorCode.RUN_FAILED, {"message": message}, words)


def _usage(usage: Json) -> Usage | None:
    """What was counted; services that say more of it than the sums put it into details, under either name."""
    prompt, completion = optional_number(usage, "prompt_tokens"), optional_number(usage, "completion_tokens")
    if prompt is None or completion is None:
        return None
    cached = (optional_object(usage, name) for name in ("prompt_token_details", "prompt_tokens_details"))
    hidden = (optional_object(usage, name) for name in ("completion_token_details", "completion_tokens_details"))
    return Usage(
        int(prompt),
        int(completion),
        cached_tokens=max(int(optional_number(details, "cached_tokens") or 0) for details in cached),
        reasoning_tokens=max(int(optional_number(details, "reasoning_tokens") or 0) for details in hidden),
    )


def _ended_at(run: Json) -> float | None:
    names = ("completed_at", "failed_at", "cancelled_at", "expires_at" if run.get("status") == "expired" else "")
    return next((time for name in names if (time := optional_number(run, name)) is not None), None)


# --- code steps -------------------------------------------------------------------------------------------


def _code_step(step: Json, index: int, call: Json) -> CodeStep:
    outputs = tuple(_outputs(call))
    metadata = optional_object(step, "metadata")
    started_at = optional_number(step, "created_at")
    state, error = _step_end(step, metadata, outputs)
    return CodeStep(
        key=step_key(text(step, "id"), index),
        code=optional_text(call, "input"),
        outputs=outputs,
        state=state,
        error=error,
        started_at=started_at,
        ended_at=_step_ended_at(step, metadata, started_at) if state.is_final else None,
    )


def _outputs(call: Json) -> Iterator[CodeOutput]:
    for output in objects(call, "outputs"):
        match output.get("type"):
            case "logs":
                yield LogOutput(optional_text(output, "logs"))
            case "image":
                yield ImageOutput(image(text(optional_object(output, "image"), "file_id")))


def _step_end(step: Json, metadata: Json, outputs: tuple[CodeOutput, ...]) -> tuple[StepState, ErrorInfo | None]:
    logs = "".join(output.text for output in outputs if isinstance(output, LogOutput))
    match step.get("status"):
        case "completed":
            error = _engine_error(metadata) or _code_error(metadata, logs)
            return (StepState.FAILED if error else StepState.COMPLETED), error
        case "cancelled":
            return StepState.CANCELLED, None
        case "failed" | "expired":
            message = optional_text(optional_object(step, "last_error"), "message")
            return StepState.FAILED, ErrorInfo(ErrorCode.RUN_FAILED, {"message": message}, message)
        case _:
            return (StepState.RUNNING if outputs else StepState.WRITING), None


def _code_error(metadata: Json, logs: str) -> ErrorInfo | None:
    """The exception that ended the code: named by the engine, else looked for at the end of a traceback."""
    name = optional_text(metadata, "error_name")
    return None if not name and "seconds" in metadata else code_error(logs, name)


def _step_ended_at(step: Json, metadata: Json, started_at: float | None) -> float | None:
    """When the step ended: to the fraction of a second if the engine has measured it, else in whole seconds."""
    try:
        seconds = float(optional_text(metadata, "seconds"))
    except ValueError:
        names = ("completed_at", "failed_at", "cancelled_at", "expired_at")
        return next((time for name in names if (time := optional_number(step, name)) is not None), None)
    return None if started_at is None else started_at + seconds


# --- messages ---------------------------------------------------------------------------------------------


def _parts(message: Json) -> Iterator[AnswerPart]:
    for part in objects(message, "content"):
        match part.get("type"):
            case "text":
                yield _text_part(optional_object(part, "text"))
            case "image_file":
                yield ImagePart(image(text(optional_object(part, "image_file"), "file_id")))
            case "image_url":
                yield TextPart(optional_text(optional_object(part, "image_url"), "url"))
            case "refusal":
                yield TextPart(optional_text(part, "refusal"))


def _text_part(part: Json) -> TextPart:
    value = text(part, "value")
    links = (_link(value, annotation) for annotation in objects(part, "annotations"))
    return TextPart(value, tuple(link for link in links if link is not None))


def _link(value: str, annotation: Json) -> FileLink | None:
    """A link to a file that the code made. Where it stands is looked up if the service miscounts."""
    file_id = optional_text(optional_object(annotation, "file_path"), "file_id")
    words = optional_text(annotation, "text")
    if not file_id:
        return None
    start = int(optional_number(annotation, "start_index") or 0)
    if value[start : start + len(words)] != words:
        start = value.find(words)
    if start < 0:
        return None
    name = PurePosixPath(unquote(words)).name
    return FileLink(words, made_file(file_id, name), start, start + len(words))
