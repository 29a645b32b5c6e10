"""The Assistants backend tells the cause of whatever a service refuses or breaks."""

import traceback

import pytest

from desktop_app.backends.assistants import AssistantsBackend
from desktop_app.domain.error import ErrorCode
from tests.contract.scripted_service import Reply, ScriptedService, as_events, as_json
from tests.contract.wire import KEY, error_of, refusal, run


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (refusal(401, "invalid_api_key"), ErrorCode.UNAUTHORIZED),
        (refusal(403), ErrorCode.FORBIDDEN),
        (refusal(404), ErrorCode.NOT_FOUND),
        (refusal(404, "DeploymentNotFound"), ErrorCode.MODEL_NOT_FOUND),
        (refusal(400, "model_not_found"), ErrorCode.MODEL_NOT_FOUND),
        (Reply(404, b"<html>nginx</html>", {"content-type": "text/html"}), ErrorCode.ADDRESS_INVALID),
        (refusal(408), ErrorCode.TIMED_OUT),
        (refusal(429, "rate_limit_exceeded"), ErrorCode.RATE_LIMITED),
        (refusal(429, "insufficient_quota"), ErrorCode.QUOTA_EXHAUSTED),
        (refusal(400, message="Thread t already has an active run r."), ErrorCode.THREAD_BUSY),
        (refusal(400, message="Can't add messages to t while a run r is active."), ErrorCode.THREAD_BUSY),
        (refusal(409, "conversation_locked"), ErrorCode.THREAD_BUSY),
        (refusal(400), ErrorCode.REQUEST_REFUSED),
        (refusal(413), ErrorCode.REQUEST_REFUSED),
        (refusal(422), ErrorCode.REQUEST_REFUSED),
        (refusal(400, "content_filter"), ErrorCode.CONTENT_FILTERED),
        (refusal(400, "context_length_exceeded"), ErrorCode.CONTEXT_TOO_LONG),
        (refusal(500), ErrorCode.SERVER_FAILED),
        (Reply(502, b"<html>Bad gateway</html>", {"content-type": "text/html"}), ErrorCode.SERVER_FAILED),
        (refusal(507, "disk_full"), ErrorCode.DISK_FULL),
        (as_json({"error": {"code": "500", "message": "gateway"}}, 503), ErrorCode.SERVER_FAILED),
        (as_events(("error", {"message": "overloaded", "code": "x"})), ErrorCode.SERVER_FAILED),
        (as_events(("error", {"error": {"message": "overloaded"}})), ErrorCode.SERVER_FAILED),
        (as_events(), ErrorCode.STREAM_DROPPED),
        (as_events(("thread.run.created", run("queued"))), ErrorCode.STREAM_DROPPED),
        (as_json({"not": "a stream"}), ErrorCode.STREAM_DROPPED),
        (as_events(("thread.run.created", {"status": 5})), ErrorCode.RESPONSE_INVALID),
        (Reply(200, b"event: thread.run.created\ndata: {oops\n\n"), ErrorCode.RESPONSE_INVALID),
        (Reply(200, b"event: thread.run.created\nda", cut=True), ErrorCode.CONNECTION_FAILED),
    ],
)
async def test_what_a_service_answers_becomes_an_error_with_a_cause(
    service: ScriptedService, backend: AssistantsBackend, reply: Reply, code: ErrorCode
) -> None:
    service.will_answer(reply)
    assert (await error_of(backend)).code is code
    assert len(service.requests) == 1, "a run is never asked for twice"


async def test_an_error_carries_what_the_window_needs(service: ScriptedService, backend: AssistantsBackend) -> None:
    service.will_answer(refusal(429, "rate_limit_exceeded", "Slow down.", retry_after="7", x_request_id="req_9"))
    error = await error_of(backend)
    assert error.info.data == {"message": "Slow down.", "status": "429", "retry_after": "7"}
    assert error.info.detail == "HTTP 429 rate_limit_exceeded req_9 Slow down."


async def test_a_key_that_a_service_echoes_stays_out_of_the_error(
    service: ScriptedService, backend: AssistantsBackend
) -> None:
    service.will_answer(refusal(401, message=f"Incorrect API key provided: {KEY}."))
    error = await error_of(backend)
    assert KEY not in repr(error.info) + "".join(traceback.format_exception(error))
    assert "Incorrect API key" in error.info.detail
    assert (error.__cause__, error.__context__) == (None, None)


async def test_a_key_that_no_header_can_carry_is_a_wrong_key(service: ScriptedService) -> None:
    backend = AssistantsBackend.local(service.base_url, "schlüssel-ключ")
    error = await error_of(backend)
    assert error.code is ErrorCode.UNAUTHORIZED
    assert "ключ" not in repr(error.info) + "".join(traceback.format_exception(error))
    await backend.aclose()


@pytest.mark.parametrize(
    ("base_url", "code"),
    [
        ("http://127.0.0.1:1/v1", ErrorCode.CONNECTION_FAILED),
        ("ftp://127.0.0.1/v1", ErrorCode.ADDRESS_INVALID),
        ("nonsense", ErrorCode.ADDRESS_INVALID),
    ],
)
async def test_an_address_where_nobody_answers_is_told_from_a_wrong_one(base_url: str, code: ErrorCode) -> None:
    backend = AssistantsBackend.local(base_url, KEY)
    assert (await error_of(backend)).code is code
    await backend.aclose()
