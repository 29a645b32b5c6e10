"""Every event of the Assistants stream, as the SDK lists them, and what it says to the window."""

from typing import Any, get_args

import pytest
from openai.types.beta import AssistantStreamEvent

from desktop_app.backends.assistants.stream import StreamDecoder
from desktop_app.domain.entity import RunState, StepState
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.event import (
    AnswerSnapshot,
    AnswerStarted,
    CodeDelta,
    CodeSnapshot,
    CodeStarted,
    RunEvent,
    RunStateChanged,
    TextDelta,
)

RUN = {"id": "run_1", "object": "thread.run", "created_at": 1, "metadata": {}}
CALL = {"id": "call", "type": "code_interpreter", "code_interpreter": {"input": "1 + 1", "outputs": []}}
STEP = {"id": "step_1", "run_id": "run_1", "type": "tool_calls", "created_at": 1}
CALLS = {"type": "tool_calls", "tool_calls": [{"index": 0, **CALL}]}
MESSAGE = {"id": "msg_1", "role": "assistant", "run_id": "run_1", "content": []}
PART = {"index": 0, "type": "text", "text": {"value": "Two.", "annotations": []}}
FAILURE = {"code": "server_error", "message": "The model did not answer."}


def run(status: str, **more: Any) -> dict[str, Any]:
    return {**RUN, "status": status, **more}


def step(status: str, **more: Any) -> dict[str, Any]:
    return {**STEP, "status": status, "step_details": CALLS, **more}


def message(status: str, **more: Any) -> dict[str, Any]:
    return {**MESSAGE, "status": status, **more}


EVENTS: dict[str, tuple[dict[str, Any], list[type[RunEvent]], RunState | StepState | bool | None]] = {
    "thread.created": ({"id": "thread_1"}, [], None),
    "thread.run.created": (run("queued"), [RunStateChanged], RunState.QUEUED),
    "thread.run.queued": (run("queued"), [RunStateChanged], RunState.QUEUED),
    "thread.run.in_progress": (run("in_progress"), [RunStateChanged], RunState.IN_PROGRESS),
    "thread.run.requires_action": (run("requires_action"), [RunStateChanged], RunState.REQUIRES_ACTION),
    "thread.run.completed": (run("completed", completed_at=2), [RunStateChanged], RunState.COMPLETED),
    "thread.run.incomplete": (
        run("incomplete", incomplete_details={"reason": "max_completion_tokens"}),
        [RunStateChanged],
        RunState.INCOMPLETE,
    ),
    "thread.run.failed": (run("failed", last_error=FAILURE), [RunStateChanged], RunState.FAILED),
    "thread.run.cancelling": (run("cancelling"), [RunStateChanged], RunState.CANCELLING),
    "thread.run.cancelled": (run("cancelled", cancelled_at=2), [RunStateChanged], RunState.CANCELLED),
    "thread.run.expired": (run("expired", expires_at=2), [RunStateChanged], RunState.EXPIRED),
    "thread.run.step.created": (step("in_progress"), [CodeStarted], None),
    "thread.run.step.in_progress": (step("in_progress"), [], None),
    "thread.run.step.delta": (
        {"id": "step_1", "delta": {"step_details": CALLS}},
        [CodeStarted, CodeDelta],
        None,
    ),
    "thread.run.step.completed": (step("completed", completed_at=2), [CodeSnapshot], StepState.COMPLETED),
    "thread.run.step.failed": (step("failed", last_error=FAILURE), [CodeSnapshot], StepState.FAILED),
    "thread.run.step.cancelled": (step("cancelled", cancelled_at=2), [CodeSnapshot], StepState.CANCELLED),
    "thread.run.step.expired": (step("expired", expired_at=2), [CodeSnapshot], StepState.FAILED),
    "thread.message.created": (message("in_progress"), [AnswerStarted], None),
    "thread.message.in_progress": (message("in_progress"), [], None),
    "thread.message.delta": ({"id": "msg_1", "delta": {"content": [PART]}}, [TextDelta], None),
    "thread.message.completed": (message("completed", content=[PART]), [AnswerSnapshot], True),
    "thread.message.incomplete": (
        message("incomplete", incomplete_details={"reason": "run_cancelled"}),
        [AnswerSnapshot],
        True,
    ),
}


def names_of_the_sdk() -> set[str]:
    union = get_args(AssistantStreamEvent)[0]
    return {name for event in get_args(union) for name in get_args(event.model_fields["event"].annotation)}


def said(name: str, data: dict[str, Any]) -> list[RunEvent]:
    decoder = StreamDecoder()
    list(decoder.decode("thread.run.created", run("queued")))
    return list(decoder.decode(name, data))


def state_of(event: RunEvent) -> RunState | StepState | bool | None:
    match event:
        case RunStateChanged(state=state):
            return state
        case CodeSnapshot(step=shown):
            return shown.state
        case AnswerSnapshot(answer=answer):
            return answer.complete
    return None


def test_the_table_has_every_event_of_the_sdk() -> None:
    assert set(EVENTS) | {"error"} == names_of_the_sdk()


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_says_what_it_means(name: str) -> None:
    data, kinds, state = EVENTS[name]
    events = said(name, data)
    assert [type(event) for event in events] == kinds
    assert {event.run_id for event in events} <= {"run_1"}
    assert not events or state_of(events[-1]) == state


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("thread.run.failed", ErrorCode.RUN_FAILED),
        ("thread.run.expired", ErrorCode.RUN_EXPIRED),
        ("thread.run.incomplete", ErrorCode.RUN_INCOMPLETE),
    ],
)
def test_a_run_that_ends_otherwise_says_why(name: str, code: ErrorCode) -> None:
    (event,) = said(name, EVENTS[name][0])
    assert isinstance(event, RunStateChanged)
    assert event.error is not None
    assert event.error.code is code


def test_an_error_event_ends_the_stream() -> None:
    with pytest.raises(DeskError) as caught:
        said("error", FAILURE)
    assert caught.value.code is ErrorCode.SERVER_FAILED


@pytest.mark.parametrize("name", ["thread.run.step.unheard_of", "thread.message.unheard_of", "unheard.of", ""])
def test_what_nobody_knows_does_no_harm(name: str) -> None:
    assert said(name, {"id": "x", "role": "user", "status": "new"}) == []
