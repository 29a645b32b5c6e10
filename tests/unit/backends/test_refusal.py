"""What services answer when they refuse, in both shapes, and the error that it becomes."""

import json

import httpx2
import pytest

from desktop_app.backends.wire.refusal import from_answer
from desktop_app.backends.wire.route import Route
from desktop_app.domain.error import DeskError, ErrorCode

OPENAI = "https://api.openai.com/v1"
AZURE = "https://mine.openai.azure.com/openai/v1"
AGENTS = "https://mine.services.ai.azure.com/api/projects/p"
OWN = "http://assistants.test/v1"


def answered(
    status: int, body: object, url: str = f"{OPENAI}/responses", method: str = "POST", **headers: str
) -> DeskError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = httpx2.Request(method, url)
    route = Route(request.url.host, 443, "/v1")
    return from_answer(httpx2.Response(status, content=content, headers=named, request=request), route, "my-model")


def openai(code: str | None, message: str = "No.", kind: str = "x", param: str | None = None) -> object:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def azure(code: str, message: str = "No.") -> object:
    return {"error": {"code": code, "message": message}}


@pytest.mark.parametrize(
    ("status", "body", "code", "cause"),
    [
        (401, openai("invalid_api_key"), ErrorCode.UNAUTHORIZED, ""),
        (401, azure("401", "Access denied due to invalid subscription key."), ErrorCode.UNAUTHORIZED, ""),
        (401, {"statusCode": 401, "message": "Unauthorized. Token is missing."}, ErrorCode.UNAUTHORIZED, ""),
        (401, azure("PermissionDenied", "Principal does not have access."), ErrorCode.FORBIDDEN, ""),
        (403, openai("unsupported_country_region_territory"), ErrorCode.FORBIDDEN, ""),
        (402, openai(None), ErrorCode.QUOTA_EXHAUSTED, ""),
        (404, openai("model_not_found", "The model `x` does not exist."), ErrorCode.MODEL_NOT_FOUND, ""),
        (404, openai(None, "The model `x` has been deprecated and is not found."), ErrorCode.MODEL_NOT_FOUND, ""),
        (404, azure("DeploymentNotFound", "The API deployment does not exist."), ErrorCode.MODEL_NOT_FOUND, ""),
        (404, azure("unknown_model", "Unknown model: x"), ErrorCode.MODEL_NOT_FOUND, ""),
        (404, azure("404", "Resource not found"), ErrorCode.ADDRESS_INVALID, "path"),
        (404, openai(None, "Invalid URL (POST /v1/v1/responses)"), ErrorCode.ADDRESS_INVALID, "path"),
        (404, {"detail": "Not Found"}, ErrorCode.ADDRESS_INVALID, "path"),
        (404, b"<html>nginx</html>", ErrorCode.ADDRESS_INVALID, "html"),
        (404, openai(None, "Conversation with id 'conv_1' not found."), ErrorCode.NOT_FOUND, ""),
        (405, {"detail": "Method Not Allowed"}, ErrorCode.NOT_FOUND, ""),
        (410, openai(None, "Gone."), ErrorCode.NOT_FOUND, ""),
        (407, b"", ErrorCode.CONNECTION_FAILED, "proxy"),
        (408, openai(None), ErrorCode.TIMED_OUT, "silence"),
        (302, b"", ErrorCode.ADDRESS_INVALID, "redirect"),
        (429, openai("rate_limit_exceeded"), ErrorCode.RATE_LIMITED, ""),
        (429, azure("429", "Requests have exceeded the call rate limit."), ErrorCode.RATE_LIMITED, ""),
        (429, b"<html>Too many</html>", ErrorCode.RATE_LIMITED, ""),
        (429, openai("insufficient_quota"), ErrorCode.QUOTA_EXHAUSTED, ""),
        (429, openai(None, kind="insufficient_quota"), ErrorCode.QUOTA_EXHAUSTED, ""),
        (429, openai(None, "You exceeded your current quota, please check."), ErrorCode.QUOTA_EXHAUSTED, ""),
        (429, openai("billing_hard_limit_reached"), ErrorCode.QUOTA_EXHAUSTED, ""),
        (400, openai("content_filter"), ErrorCode.CONTENT_FILTERED, ""),
        (400, openai("invalid_prompt", "Flagged as potentially violating our policy."), ErrorCode.CONTENT_FILTERED, ""),
        (400, openai("invalid_prompt", "Malformed."), ErrorCode.REQUEST_REFUSED, ""),
        (400, openai("context_length_exceeded"), ErrorCode.CONTEXT_TOO_LONG, ""),
        (400, openai(None, "This model's maximum context length is 8 tokens."), ErrorCode.CONTEXT_TOO_LONG, ""),
        (400, openai(None, "Thread t already has an active run r."), ErrorCode.THREAD_BUSY, ""),
        (400, openai(None, "Can't add messages to t while a run r is active."), ErrorCode.THREAD_BUSY, ""),
        (400, openai("conversation_locked"), ErrorCode.THREAD_BUSY, ""),
        (409, openai(None, "conversation_locked: try later"), ErrorCode.THREAD_BUSY, ""),
        (400, openai(None, "Expected container_id to be valid."), ErrorCode.CONTAINER_EXPIRED, ""),
        (400, openai(None, "Container is expired."), ErrorCode.CONTAINER_EXPIRED, ""),
        (404, openai(None, "Container with id 'cntr_1' not found."), ErrorCode.CONTAINER_EXPIRED, ""),
        (400, openai(None, "Hosted tool 'x' is not supported with m."), ErrorCode.TOOLS_UNSUPPORTED, ""),
        (400, openai("from_the_future"), ErrorCode.REQUEST_REFUSED, ""),
        (409, openai(None), ErrorCode.REQUEST_REFUSED, ""),
        (413, b"", ErrorCode.REQUEST_REFUSED, ""),
        (422, {"detail": [{"loc": ["body"]}]}, ErrorCode.REQUEST_REFUSED, ""),
        (500, openai("server_error"), ErrorCode.SERVER_FAILED, ""),
        (503, azure("503", "The model is overloaded."), ErrorCode.SERVER_FAILED, ""),
        (502, b"<html>Bad gateway</html>", ErrorCode.SERVER_FAILED, ""),
        (500, [1], ErrorCode.SERVER_FAILED, ""),
        (507, openai("disk_full"), ErrorCode.DISK_FULL, ""),
    ],
)
def test_every_answer_has_a_cause(status: int, body: object, code: ErrorCode, cause: str) -> None:
    error = answered(status, body)
    assert (error.code, error.info.data.get("cause", "")) == (code, cause)
    assert error.info.data["status"] == str(status)
    assert error.info.detail.startswith(f"HTTP {status}")


@pytest.mark.parametrize(
    ("url", "status", "body", "code"),
    [
        (f"{OPENAI}/assistants?limit=1", 404, openai(None), ErrorCode.SERVICE_RETIRED),
        (f"{OPENAI}/threads/t/runs", 404, b"", ErrorCode.SERVICE_RETIRED),
        (f"{OPENAI}/threads", 410, openai(None), ErrorCode.SERVICE_RETIRED),
        (f"{AZURE}/threads", 404, azure("404", "Resource not found"), ErrorCode.SERVICE_RETIRED),
        (f"{AZURE}/threads/t/runs", 404, azure("DeploymentNotFound"), ErrorCode.MODEL_NOT_FOUND),
        (f"{OPENAI}/files/file-1", 404, openai(None), ErrorCode.NOT_FOUND),
        (f"{OWN}/threads/t", 404, openai(None, "No thread found with id 't'."), ErrorCode.NOT_FOUND),
        (f"{AGENTS}/threads/t", 404, openai(None, "No thread found with id 't'."), ErrorCode.NOT_FOUND),
        (
            f"{AGENTS}/threads",
            400,
            azure("Gone", "The classic Agent Service API has been retired. Use agents v2."),
            ErrorCode.SERVICE_RETIRED,
        ),
        (f"{OWN}/assistants", 403, {"detail": "This API is no longer available."}, ErrorCode.SERVICE_RETIRED),
        (
            f"{OPENAI}/responses",
            400,
            openai("invalid_beta", "The Assistants API v1 has been deprecated."),
            ErrorCode.SERVICE_RETIRED,
        ),
        (f"{OPENAI}/responses", 401, openai("invalid_api_key"), ErrorCode.UNAUTHORIZED),
    ],
)
def test_a_retired_service_is_told_from_a_thing_that_is_gone(
    url: str, status: int, body: object, code: ErrorCode
) -> None:
    error = answered(status, body, url)
    assert error.code is code
    if code is ErrorCode.SERVICE_RETIRED:
        assert error.info.data["host"] == httpx2.URL(url).host


def test_a_missing_container_that_is_asked_for_is_just_not_there() -> None:
    body = openai(None, "Container with id 'cntr_1' not found.")
    assert answered(404, body, f"{OPENAI}/containers/cntr_1", "GET").code is ErrorCode.NOT_FOUND


def test_data_and_detail_hold_what_the_window_needs() -> None:
    body = openai("rate_limit_exceeded", "Please try again in 6.2s.", param="model")
    error = answered(429, body, x_request_id="req_1", apim_request_id="apim_2")
    wanted = {"message": "Please try again in 6.2s.", "status": "429", "param": "model", "retry_after": "6.2"}
    assert error.info.data == wanted
    assert error.info.detail == "HTTP 429 rate_limit_exceeded req_1 apim_2 Please try again in 6.2s."


def test_a_model_that_is_not_there_is_named() -> None:
    assert answered(404, azure("DeploymentNotFound")).info.data["model"] == "my-model"


def test_azures_filter_says_what_it_found() -> None:
    found = {
        "hate": {"filtered": False, "severity": "safe"},
        "violence": {"filtered": True, "severity": "high"},
        "jailbreak": {"filtered": True, "detected": True},
    }
    inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": found}
    body = {"error": {"code": "content_filter", "message": "Filtered.", "status": 400, "innererror": inner}}
    error = answered(400, body)
    assert error.code is ErrorCode.CONTENT_FILTERED
    assert error.info.data["categories"] == "violence, jailbreak"
