"""Every documented event of a Responses stream, and what must do no harm."""

import pytest

from desktop_app.backends.responses.stream import ResponseDecoder
from desktop_app.domain.entity import Answer, CodeStep, LogOutput, Reasoning, RunState, StepState, TextPart
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.event import (
    AnswerSnapshot,
    AnswerStarted,
    CodeDelta,
    CodeRunning,
    CodeSnapshot,
    CodeStarted,
    ItemsReset,
    ReasoningDelta,
    ReasoningSnapshot,
    RunEvent,
    RunStateChanged,
    TextDelta,
)
from tests.unit.backends.responses.wire import (
    Json,
    begun,
    code,
    decoded,
    logs,
    message,
    reasoning,
    reduced,
    response,
    source,
)

RUN = "resp_1"
CALL = "response.code_interpreter_call"
STEP = CodeStep("ci_1", "1 + 1", (LogOutput("2\n"),), StepState.COMPLETED)
ANSWER = Answer("msg_1", (TextPart("Two."),), complete=True)
THOUGHT = Reasoning("rs_1", "First.\n\nThen.", complete=True)

EVENTS: list[tuple[Json, list[RunEvent]]] = [
    ({"type": "response.output_item.added", "item": code(status="in_progress", code="")}, [CodeStarted(RUN, "ci_1")]),
    ({"type": f"{CALL}.in_progress", "item_id": "ci_1"}, [CodeStarted(RUN, "ci_1")]),
    (
        {"type": f"{CALL}_code.delta", "item_id": "ci_1", "delta": "1 +"},
        [CodeStarted(RUN, "ci_1"), CodeDelta(RUN, "ci_1", "1 +")],
    ),
    (
        {"type": f"{CALL}_code.done", "item_id": "ci_1", "code": "1 + 1"},
        [CodeSnapshot(RUN, CodeStep("ci_1", "1 + 1"))],
    ),
    ({"type": f"{CALL}.interpreting", "item_id": "ci_1"}, [CodeRunning(RUN, "ci_1")]),
    ({"type": f"{CALL}.completed", "item_id": "ci_1"}, []),
    ({"type": "response.output_item.done", "item": code("ci_1", "completed", logs("2\n"))}, [CodeSnapshot(RUN, STEP)]),
    (
        {"type": "response.output_item.added", "item": message("", status="in_progress")},
        [AnswerStarted(RUN, "msg_1")],
    ),
    ({"type": "response.content_part.added", "item_id": "msg_1", "content_index": 0, "part": {}}, []),
    (
        {"type": "response.output_text.delta", "item_id": "msg_1", "content_index": 1, "delta": "Tw"},
        [TextDelta(RUN, "msg_1", 1, "Tw")],
    ),
    (
        {"type": "response.refusal.delta", "item_id": "msg_1", "content_index": 0, "delta": "No"},
        [TextDelta(RUN, "msg_1", 0, "No")],
    ),
    ({"type": "response.output_text.annotation.added", "item_id": "msg_1", "annotation": {}}, []),
    ({"type": "response.output_text.done", "item_id": "msg_1", "text": "Two."}, []),
    ({"type": "response.content_part.done", "item_id": "msg_1", "part": {}}, []),
    ({"type": "response.refusal.done", "item_id": "msg_1", "refusal": "No."}, []),
    ({"type": "response.output_item.done", "item": message()}, [AnswerSnapshot(RUN, ANSWER)]),
    ({"type": "response.output_item.added", "item": reasoning()}, []),
    ({"type": "response.reasoning_summary_part.added", "item_id": "rs_1", "summary_index": 0, "part": {}}, []),
    (
        {"type": "response.reasoning_summary_part.added", "item_id": "rs_1", "summary_index": 1, "part": {}},
        [ReasoningDelta(RUN, "rs_1", "\n\n")],
    ),
    (
        {"type": "response.reasoning_summary_text.delta", "item_id": "rs_1", "summary_index": 0, "delta": "Fi"},
        [ReasoningDelta(RUN, "rs_1", "Fi")],
    ),
    ({"type": "response.reasoning_summary_text.done", "item_id": "rs_1", "text": "First."}, []),
    ({"type": "response.reasoning_summary_part.done", "item_id": "rs_1", "part": {}}, []),
    (
        {"type": "response.reasoning_text.delta", "item_id": "rs_1", "content_index": 0, "delta": "Hm"},
        [ReasoningDelta(RUN, "rs_1", "Hm")],
    ),
    ({"type": "response.reasoning_text.done", "item_id": "rs_1", "text": "Hm."}, []),
    (
        {"type": "response.output_item.done", "item": reasoning("First.", "Then.")},
        [ReasoningSnapshot(RUN, THOUGHT)],
    ),
    ({"type": "response.output_item.done", "item": reasoning()}, []),
    ({"type": "response.queued", "response": response("queued")}, [RunStateChanged(RUN, RunState.QUEUED)]),
]


@pytest.mark.parametrize(("data", "meaning"), EVENTS, ids=[str(data["type"]) for data, _ in EVENTS])
def test_an_event_means_what_the_documentation_says(data: Json, meaning: list[RunEvent]) -> None:
    assert decoded(begun(), data) == meaning


@pytest.mark.parametrize(
    "data",
    [
        {"type": "response.hologram.expanded", "depth": 3},
        {"type": "response.output_item.done", "item": {"type": "hologram_call", "id": "h_1"}},
        {"type": "response.output_item.done", "item": None},
        {"type": "response.output_item.added", "item": {"type": "message", "role": "user", "id": "msg_0"}},
        {"type": "response.web_search_call.searching", "item_id": "ws_1"},
        {"type": "response.output_text.delta", "delta": "of nothing"},
        {"type": "response.output_text.delta", "item_id": "msg_1", "content_index": 10**9, "delta": "far"},
        {"type": "response.code_interpreter_call_code.delta", "item_id": 7, "delta": "?"},
        {"type": "keepalive"},
        {"type": "session.begun"},
        {"type": ""},
    ],
    ids=lambda data: str(data["type"]),
)
def test_what_is_unknown_or_odd_does_no_harm(data: Json) -> None:
    assert decoded(begun(), data) == []


@pytest.mark.parametrize("name", ["created", "in_progress"])
def test_a_run_has_an_id_from_whichever_event_comes_first(name: str) -> None:
    decoder = ResponseDecoder(source)
    (state,) = decoded(decoder, {"type": f"response.{name}", "response": response("in_progress")})
    assert state == RunStateChanged(RUN, RunState.IN_PROGRESS)
    assert decoder.run_id == RUN


def test_what_comes_before_the_run_has_a_name_is_not_told() -> None:
    event = {"type": "response.output_text.delta", "item_id": "msg_1", "content_index": 0, "delta": "Tw"}
    assert decoded(ResponseDecoder(source), event) == []


def test_a_second_in_progress_takes_back_what_was_told() -> None:
    decoder = begun()
    events = decoded(
        decoder,
        {"type": "response.output_item.done", "item": code("ci_1", "completed", logs("2\n"))},
        {"type": "response.output_text.delta", "item_id": "msg_old", "content_index": 0, "delta": "Half"},
        {"type": "response.in_progress", "response": response("in_progress", code("ci_1", "completed", logs("2\n")))},
    )
    assert ItemsReset(RUN, (STEP,)) in events
    events += decoded(
        decoder,
        {"type": "response.output_item.done", "item": message()},
        {
            "type": "response.completed",
            "response": response("completed", code("ci_1", "completed", logs("2\n")), message()),
        },
    )
    assert reduced(events).items == (STEP, ANSWER)


@pytest.mark.parametrize("status", ["completed", "failed", "incomplete", "cancelled"])
def test_a_final_state_ends_the_run(status: str) -> None:
    decoder = begun()
    events = decoded(decoder, {"type": f"response.{status}", "response": {**response(status), "status": None}})
    assert isinstance(events[-1], RunStateChanged)
    assert events[-1].state is RunState(status)
    assert decoder.is_over


def test_the_end_tells_whatever_was_lost_in_its_order() -> None:
    decoder = begun()
    output = (reasoning("First.", "Then."), code("ci_1", "completed", logs("2\n")), message())
    events = decoded(
        decoder,
        {"type": "response.output_text.delta", "item_id": "msg_1", "content_index": 0, "delta": "o."},
        {"type": "response.completed", "response": response("completed", *output)},
    )
    run = reduced(events)
    assert run.items == (THOUGHT, STEP, ANSWER)
    assert run.state is RunState.COMPLETED


def test_an_end_without_items_takes_nothing_away() -> None:
    decoder = begun()
    events = decoded(
        decoder,
        {"type": "response.output_item.done", "item": code("ci_1", "completed", logs("2\n"))},
        {"type": "response.output_item.done", "item": message()},
        {"type": "response.completed", "response": response()},
    )
    assert reduced(events).items == (STEP, ANSWER)


def test_outputs_that_are_told_only_once_stay() -> None:
    decoder = begun()
    events = decoded(
        decoder,
        {"type": "response.output_item.done", "item": code("ci_1", "completed", logs("2\n"))},
        {"type": "response.completed", "response": response("completed", code(outputs=None), message())},
    )
    assert reduced(events).items == (STEP, ANSWER)


def test_a_cancelled_run_keeps_what_was_there_and_takes_what_is_more() -> None:
    decoder = begun()
    output = (code("ci_1", "completed", logs("2\n")), message("Tw", status="incomplete"))
    events = decoded(
        decoder,
        {"type": "response.code_interpreter_call_code.delta", "item_id": "ci_1", "delta": "1"},
        {"type": "response.output_text.delta", "item_id": "msg_1", "content_index": 0, "delta": "Two"},
        {"type": "response.cancelled", "response": response("cancelled", *output)},
    )
    run = reduced(events)
    assert run.items == (STEP, Answer("msg_1", (TextPart("Two"),), complete=True))
    assert run.state is RunState.CANCELLED


def test_code_that_is_whole_is_not_told_twice() -> None:
    decoder = begun()
    events = decoded(
        decoder,
        {"type": "response.code_interpreter_call_code.delta", "item_id": "ci_1", "delta": "1 + 1"},
        {"type": "response.code_interpreter_call_code.done", "item_id": "ci_1", "code": "1 + 1"},
    )
    assert events == [CodeStarted(RUN, "ci_1"), CodeDelta(RUN, "ci_1", "1 + 1")]


def test_a_summary_is_told_instead_of_the_thoughts() -> None:
    decoder = begun()
    events = decoded(
        decoder,
        {"type": "response.reasoning_summary_text.delta", "item_id": "rs_1", "summary_index": 0, "delta": "Short"},
        {"type": "response.reasoning_text.delta", "item_id": "rs_1", "content_index": 0, "delta": "Very long"},
    )
    assert events == [ReasoningDelta(RUN, "rs_1", "Short")]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("rate_limit_exceeded", ErrorCode.RATE_LIMITED),
        ("insufficient_quota", ErrorCode.QUOTA_EXHAUSTED),
        ("server_error", ErrorCode.SERVER_FAILED),
        ("from_the_future", ErrorCode.RUN_FAILED),
    ],
)
def test_an_error_before_there_is_a_run_is_a_refusal(code: str, expected: ErrorCode) -> None:
    with pytest.raises(DeskError) as caught:
        decoded(ResponseDecoder(source), {"type": "error", "code": code, "message": "Try again in 2s.", "param": None})
    assert caught.value.code is expected


def test_an_error_in_the_middle_does_not_say_whether_the_run_goes_on() -> None:
    decoder = begun()
    assert decoded(decoder, {"type": "error", "code": "server_error", "message": "Sorry."}) == []
    assert not decoder.is_over
    events = decoded(decoder, {"type": "response.failed", "response": response("failed", error=None)})
    assert isinstance(events[-1], RunStateChanged)
    assert events[-1].error is not None
    assert events[-1].error.code is ErrorCode.SERVER_FAILED


def test_looking_now_and_then_tells_what_is_new_and_never_less() -> None:
    decoder = begun()
    decoded(decoder, {"type": "response.output_text.delta", "item_id": "msg_1", "content_index": 0, "delta": "Two"})
    assert list(decoder.progress(response("in_progress"))) == []
    assert list(decoder.progress(response("in_progress", message("T", status="in_progress")))) == []
    (news,) = decoder.progress(response("in_progress", message("Two.", status="in_progress")))
    assert news == AnswerSnapshot(RUN, Answer("msg_1", (TextPart("Two."),)))
    assert list(decoder.progress(response("in_progress", message("Two.", status="in_progress")))) == []
