"""The Assistants backend reads how steps and runs ended from whatever a service says."""

import json
from contextlib import aclosing
from typing import Any

import pytest

from desktop_app.backends.assistants import AssistantsBackend
from desktop_app.domain.entity import StepState, Usage
from desktop_app.domain.error import ErrorCode
from desktop_app.domain.event import CodeSnapshot, RunStateChanged
from tests.contract.scripted_service import ScriptedService, as_json
from tests.contract.wire import EMPTY, code_step, run

QUOTA = "You exceeded your current quota, please check your plan"
FLAGGED = "Invalid prompt: it was flagged as potentially violating our usage policy."
TRACEBACK = 'before\nTraceback (most recent call last):\n  File "x.py", line 1\npandas.errors.ParserError: bad: line\n'


@pytest.mark.parametrize(
    ("step", "state", "data"),
    [
        (code_step(logs="fine\n"), StepState.COMPLETED, None),
        (code_step(logs=TRACEBACK), StepState.FAILED, {"name": "ParserError", "message": "bad: line"}),
        (code_step(logs=TRACEBACK, metadata={"seconds": "0.5"}), StepState.COMPLETED, None),
        (
            code_step(logs=TRACEBACK, metadata={"seconds": "0.5", "error_name": "ParserError"}),
            StepState.FAILED,
            {"name": "ParserError", "message": "bad: line"},
        ),
        (
            code_step(logs="Traceback", metadata={"seconds": "1", "error_name": "KeyError"}),
            StepState.FAILED,
            {"name": "KeyError", "message": ""},
        ),
        (
            code_step(metadata={"error": json.dumps({"code": "code_timed_out", "data": {"seconds": 120}})}),
            StepState.FAILED,
            {"seconds": "120"},
        ),
        (code_step("failed", last_error={"code": "server_error", "message": "M"}), StepState.FAILED, {"message": "M"}),
        (code_step("expired"), StepState.FAILED, {"message": ""}),
        (code_step("cancelled"), StepState.CANCELLED, None),
        (code_step("in_progress"), StepState.WRITING, None),
        (code_step("in_progress", logs="1"), StepState.RUNNING, None),
    ],
)
async def test_a_steps_end_is_read_from_whatever_the_service_says(
    service: ScriptedService, backend: AssistantsBackend, step: dict[str, object], state: StepState, data: object
) -> None:
    service.will_answer(as_json(run("in_progress")), as_json({**EMPTY, "data": [step]}), as_json(EMPTY))
    async with aclosing(backend.follow_run("thread", "run_1")) as events:
        first = await anext(events)
    assert isinstance(first, CodeSnapshot)
    found = first.step
    assert (found.state, found.error and found.error.data, found.started_at) == (state, data, 5.0)


@pytest.mark.parametrize(
    ("fields", "code", "data"),
    [
        ({"status": "failed"}, ErrorCode.RUN_FAILED, {"message": ""}),
        (
            {"status": "failed", "last_error": {"code": "rate_limit_exceeded", "message": "M"}},
            ErrorCode.RATE_LIMITED,
            {"message": "M"},
        ),
        (
            {"status": "failed", "last_error": {"code": "rate_limit_exceeded", "message": "Try again in 6.2s."}},
            ErrorCode.RATE_LIMITED,
            {"message": "Try again in 6.2s.", "retry_after": "6.2"},
        ),
        (
            {"status": "failed", "last_error": {"code": "rate_limit_exceeded", "message": f"{QUOTA}."}},
            ErrorCode.QUOTA_EXHAUSTED,
            {"message": f"{QUOTA}."},
        ),
        (
            {"status": "failed", "last_error": {"code": "invalid_prompt", "message": "M"}},
            ErrorCode.REQUEST_REFUSED,
            {"message": "M"},
        ),
        (
            {"status": "failed", "last_error": {"code": "invalid_prompt", "message": FLAGGED}},
            ErrorCode.CONTENT_FILTERED,
            {"message": FLAGGED},
        ),
        (
            {"status": "failed", "last_error": {"code": "content_filter", "message": "M"}},
            ErrorCode.CONTENT_FILTERED,
            {"message": "M"},
        ),
        (
            {"status": "failed", "last_error": {"code": "server_error", "message": "Sorry."}},
            ErrorCode.RUN_FAILED,
            {"message": "Sorry."},
        ),
        (
            {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}},
            ErrorCode.CONTENT_FILTERED,
            {"reason": "content_filter"},
        ),
        (
            {"status": "failed", "metadata": {"error": '{"code": "unauthorized", "data": {}}'}},
            ErrorCode.UNAUTHORIZED,
            {},
        ),
        (
            {"status": "failed", "metadata": {"error": '{"code": "from the future"}'}},
            ErrorCode.RUN_FAILED,
            {"message": ""},
        ),
        ({"status": "failed", "metadata": {"error": "not JSON"}}, ErrorCode.RUN_FAILED, {"message": ""}),
        ({"status": "expired", "expires_at": 9}, ErrorCode.RUN_EXPIRED, {}),
        (
            {"status": "incomplete", "incomplete_details": {"reason": "max_prompt_tokens"}},
            ErrorCode.RUN_INCOMPLETE,
            {"reason": "max_prompt_tokens"},
        ),
    ],
)
async def test_a_runs_end_says_why(
    service: ScriptedService,
    backend: AssistantsBackend,
    fields: dict[str, Any],
    code: ErrorCode,
    data: dict[str, str],
) -> None:
    service.will_answer(as_json({"id": "run_1", **fields}), as_json(EMPTY), as_json(EMPTY))
    (event,) = [event async for event in backend.follow_run("thread", "run_1")]
    assert isinstance(event, RunStateChanged)
    assert event.error is not None
    assert (event.error.code, event.error.data) == (code, data)


@pytest.mark.parametrize(
    ("details", "cached", "hidden"),
    [
        ({}, 0, 0),
        ({"prompt_token_details": {"cached_tokens": 3}, "completion_tokens_details": {"reasoning_tokens": 2}}, 3, 2),
        ({"prompt_tokens_details": {"cached_tokens": 4}, "completion_token_details": None}, 4, 0),
    ],
)
async def test_cached_and_hidden_tokens_are_counted_where_the_service_says(
    service: ScriptedService, backend: AssistantsBackend, details: dict[str, Any], cached: int, hidden: int
) -> None:
    usage = {"prompt_tokens": 5, "completion_tokens": 6, "total_tokens": 11, **details}
    service.will_answer(as_json(run("completed", usage=usage)), as_json(EMPTY), as_json(EMPTY))
    (event,) = [event async for event in backend.follow_run("thread", "run_1")]
    assert isinstance(event, RunStateChanged)
    assert event.usage == Usage(5, 6, cached, hidden)
