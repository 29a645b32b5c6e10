"""Responses and their items, as the domain knows them."""

import pytest

from desktop_app.backends.responses.decode import items, run_state
from desktop_app.domain.entity import (
    Answer,
    CodeStep,
    ImageOutput,
    LogOutput,
    RunState,
    StepState,
    StoredFile,
    TextPart,
    Usage,
)
from desktop_app.domain.error import ErrorCode, ErrorInfo
from tests.unit.backends.responses.wire import (
    PICTURE_URL,
    Json,
    cited,
    code,
    logs,
    message,
    reasoning,
    response,
    source,
)

TRACEBACK = "Traceback (most recent call last):\n  File x\nKeyError: 'city'\n"
PICTURE = StoredFile("resp_1/ci_1/1", "figure.png", 8, "image/png", remote_id="resp_1/ci_1/1", connection_id="cloud")


def step(item: Json) -> CodeStep:
    (decoded,) = items([item], source())
    assert isinstance(decoded, CodeStep)
    return decoded


def answer(item: Json, *before: Json) -> Answer:
    *_, decoded = items([*before, item], source())
    assert isinstance(decoded, Answer)
    return decoded


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("completed", RunState.COMPLETED),
        ("failed", RunState.FAILED),
        ("incomplete", RunState.INCOMPLETE),
        ("cancelled", RunState.CANCELLED),
        ("queued", RunState.QUEUED),
        ("in_progress", RunState.IN_PROGRESS),
        ("from_the_future", RunState.IN_PROGRESS),
    ],
)
def test_a_status_is_a_state(status: str, state: RunState) -> None:
    assert run_state(response(status)).state is state


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"code": "server_error", "message": "Sorry."}, (ErrorCode.SERVER_FAILED, {"message": "Sorry."})),
        (
            {"code": "rate_limit_exceeded", "message": "Please try again in 1m2.5s."},
            (ErrorCode.RATE_LIMITED, {"message": "Please try again in 1m2.5s.", "retry_after": "62.5"}),
        ),
        (
            {"code": "rate_limit_exceeded", "message": "Slow down."},
            (ErrorCode.RATE_LIMITED, {"message": "Slow down."}),
        ),
        ({"code": "invalid_prompt", "message": "No."}, (ErrorCode.REQUEST_REFUSED, {"message": "No."})),
        ({"code": "invalid_image_format", "message": "No."}, (ErrorCode.REQUEST_REFUSED, {"message": "No."})),
        (
            {"code": "image_content_policy_violation", "message": "No."},
            (ErrorCode.CONTENT_FILTERED, {"message": "No."}),
        ),
        (
            {"code": "x", "message": "Container is expired."},
            (ErrorCode.CONTAINER_EXPIRED, {"message": "Container is expired."}),
        ),
        ({"code": "from_the_future", "message": "Hm."}, (ErrorCode.RUN_FAILED, {"message": "Hm."})),
        (None, (ErrorCode.RUN_FAILED, {"message": ""})),
    ],
)
def test_a_run_that_failed_says_why(error: Json | None, expected: tuple[ErrorCode, dict[str, str]]) -> None:
    info = run_state(response("failed", error=error)).error
    assert info is not None
    assert (info.code, info.data) == expected
    assert "resp_1" in info.detail


def test_a_model_that_is_gone_is_named() -> None:
    info = run_state(response("failed", error={"code": "model_not_found", "message": "No."}, model="m")).error
    assert info is not None
    assert (info.code, info.data) == (ErrorCode.MODEL_NOT_FOUND, {"message": "No.", "model": "m"})


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("max_output_tokens", ErrorCode.RUN_INCOMPLETE),
        ("content_filter", ErrorCode.CONTENT_FILTERED),
        ("from_the_future", ErrorCode.RUN_INCOMPLETE),
    ],
)
def test_a_run_that_was_cut_off_says_why(reason: str, code: ErrorCode) -> None:
    info = run_state(response("incomplete", incomplete_details={"reason": reason})).error
    assert info == ErrorInfo(code, {"reason": reason}, "resp_1")


def test_usage_counts_what_was_cached_and_what_nobody_sees() -> None:
    usage = {
        "input_tokens": 120,
        "input_tokens_details": {"cached_tokens": 100},
        "output_tokens": 40,
        "output_tokens_details": {"reasoning_tokens": 30},
    }
    state = run_state(response(usage=usage, metadata={"container_sessions": "1"}, completed_at=7))
    assert (state.usage, state.at) == (Usage(120, 40, 100, 30, 1), 7.0)
    assert run_state(response(usage={"input_tokens": 1, "output_tokens": 2})).usage == Usage(1, 2)
    assert run_state(response(usage=None)).usage is None


def test_code_with_logs_and_a_picture() -> None:
    item = code("ci_1", "completed", logs("2\n"), {"type": "image", "url": PICTURE_URL})
    assert step(item) == CodeStep("ci_1", "1 + 1", (LogOutput("2\n"), ImageOutput(PICTURE)), StepState.COMPLETED)


@pytest.mark.parametrize("url", ["https://example.org/a.png", "file:///etc/passwd", "data:text/html;base64,PGI+", ""])
def test_a_picture_that_is_elsewhere_is_never_fetched(url: str) -> None:
    assert step(code("ci_1", "completed", {"type": "image", "url": url})).outputs == ()


@pytest.mark.parametrize(
    ("status", "outputs", "state", "name"),
    [
        ("in_progress", [], StepState.WRITING, None),
        ("in_progress", [logs("x")], StepState.RUNNING, None),
        ("interpreting", [], StepState.RUNNING, None),
        ("completed", None, StepState.COMPLETED, None),
        ("completed", [logs(TRACEBACK)], StepState.FAILED, "KeyError"),
        ("failed", [logs(TRACEBACK)], StepState.FAILED, "KeyError"),
        ("incomplete", [], StepState.WRITING, None),
        ("from_the_future", [], StepState.WRITING, None),
    ],
)
def test_the_state_of_code(status: str, outputs: list[Json] | None, state: StepState, name: str | None) -> None:
    decoded = step(code("ci_1", status, outputs=outputs))
    assert decoded.state is state
    assert (decoded.error.data["name"] if decoded.error else None) == name


def test_code_that_failed_without_a_word_has_failed() -> None:
    decoded = step(code("ci_1", "failed", code=None))
    assert (decoded.state, decoded.code) == (StepState.FAILED, "")
    assert decoded.error is not None
    assert decoded.error.code is ErrorCode.RUN_FAILED


def test_complaint_03_every_text_of_a_message_is_there() -> None:
    parts = [
        {"type": "output_text", "text": "One.", "annotations": []},
        {"type": "hologram"},
        {"type": "refusal", "refusal": "Not that."},
        {"type": "output_text", "text": "Two."},
    ]
    assert answer(message(content=parts)).parts == (TextPart("One."), TextPart("Not that."), TextPart("Two."))


def test_a_chart_that_a_step_shows_is_not_offered_once_more() -> None:
    chart = cited("cfile_1.png")
    plot = code("ci_1", "completed", {"type": "image", "url": PICTURE_URL})
    assert answer(message("See.", "msg_1", chart), plot).files == ()
    (offered,) = answer(message("See.", "msg_1", chart)).files
    assert (offered.id, offered.name, offered.media_type) == ("cntr_1/cfile_1", "cfile_1.png", "image/png")
    assert offered.connection_id == "cloud"


def test_what_is_unknown_is_left_out() -> None:
    assert list(items([{"type": "hologram_call"}, {"type": "message", "role": "user", "id": "m"}], source())) == []
    assert list(items([reasoning()], source())) == []
