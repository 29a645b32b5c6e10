"""What a service says when it refuses, as domain errors.

Bodies: OpenAI sends `{"error": {"message", "type", "param", "code"}}`, Azure's gateway `{"error": {"code",
"message"}}`, some servers `{"detail"}` or `{"message"}`. Codes are open strings; what is unknown is told by its status
and its words.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import httpx2

from desktop_app.backends.wire.limit import retry_after
from desktop_app.backends.wire.route import Route
from desktop_app.backends.wire.shape import Json, optional_object
from desktop_app.backends.wire.words import by_words, says_retired
from desktop_app.domain.error import DeskError, ErrorCode

_BY_CODE = {
    "invalid_api_key": ErrorCode.UNAUTHORIZED,
    "PermissionDenied": ErrorCode.FORBIDDEN,  # Azure sends it with 401
    "model_not_found": ErrorCode.MODEL_NOT_FOUND,
    "unknown_model": ErrorCode.MODEL_NOT_FOUND,
    "DeploymentNotFound": ErrorCode.MODEL_NOT_FOUND,
    "insufficient_quota": ErrorCode.QUOTA_EXHAUSTED,
    "billing_hard_limit_reached": ErrorCode.QUOTA_EXHAUSTED,
    "context_length_exceeded": ErrorCode.CONTEXT_TOO_LONG,
    "content_filter": ErrorCode.CONTENT_FILTERED,
    "content_policy_violation": ErrorCode.CONTENT_FILTERED,
    "ResponsibleAIPolicyViolation": ErrorCode.CONTENT_FILTERED,
    "conversation_locked": ErrorCode.THREAD_BUSY,
    "container_expired": ErrorCode.CONTAINER_EXPIRED,
    "disk_full": ErrorCode.DISK_FULL,
}
_BY_STATUS = {
    401: ErrorCode.UNAUTHORIZED,
    402: ErrorCode.QUOTA_EXHAUSTED,
    403: ErrorCode.FORBIDDEN,
    404: ErrorCode.NOT_FOUND,
    405: ErrorCode.NOT_FOUND,
    408: ErrorCode.TIMED_OUT,
    410: ErrorCode.NOT_FOUND,
    429: ErrorCode.RATE_LIMITED,
}
_WRONG_PATH = re.compile(r"invalid url|resource not found$|^not found$|no route matched", re.IGNORECASE)
_LOST_CONTAINER = re.compile(r"\bcontainer with id .{0,80}not found", re.IGNORECASE)
_OLD_HOST = re.compile(r"(^|\.)(api\.openai\.com|openai\.azure\.com|cognitiveservices\.azure\.com)$")
_OLD_PATH = re.compile(r"/(assistants|threads)(/|$)")


@dataclass(frozen=True, slots=True)
class _Said:
    """An error body, whatever its shape."""

    code: str = ""
    kind: str = ""
    param: str = ""
    message: str = ""
    categories: str = ""
    is_described: bool = False


def from_answer(response: httpx2.Response, route: Route, model: str = "") -> DeskError:
    """The error that an answer of 300 or more stands for. `model` is what was asked for, if anything."""
    status = response.status_code
    said = _read(response)
    code, cause = _code(response, said, route)
    data = {"message": said.message, "status": str(status), "param": said.param, "cause": cause}
    data["categories"] = said.categories if code is ErrorCode.CONTENT_FILTERED else ""
    if code in (ErrorCode.MODEL_NOT_FOUND, ErrorCode.TOOLS_UNSUPPORTED):
        data["model"] = model
    if code is ErrorCode.RATE_LIMITED:
        seconds = retry_after(response.headers, said.message)
        data["retry_after"] = "" if seconds is None else f"{seconds:g}"
    if code in (ErrorCode.ADDRESS_INVALID, ErrorCode.CONNECTION_FAILED, ErrorCode.SERVICE_RETIRED, ErrorCode.TIMED_OUT):
        data |= route.place
    return DeskError(code, detail_of(response, said.code, said.message), **{k: v for k, v in data.items() if v})


def detail_of(response: httpx2.Response, code: str, message: str) -> str:
    """What "Copy details" shows: status, the service's code, ids by which its owner finds the request, its words."""
    ids = (response.headers.get(name, "") for name in ("x-request-id", "apim-request-id"))
    words = (f"HTTP {response.status_code}", code, *dict.fromkeys(ids), message)
    return " ".join(word for word in words if word)


def _code(response: httpx2.Response, said: _Said, route: Route) -> tuple[ErrorCode, str]:
    status = response.status_code
    if status == 407:
        return ErrorCode.CONNECTION_FAILED, "proxy"
    if status < 400:
        return ErrorCode.ADDRESS_INVALID, "redirect"
    if _is_retired(response, said, route):
        return ErrorCode.SERVICE_RETIRED, ""
    known = _BY_CODE.get(said.code) or _BY_CODE.get(said.kind)
    if known is None and status in (400, 404, 409, 422, 429):
        known = by_words(said.message)
        if known is None and response.request.method == "POST" and _LOST_CONTAINER.search(said.message):
            known = ErrorCode.CONTAINER_EXPIRED
    if known is None and status == 404 and not said.is_described:
        return ErrorCode.ADDRESS_INVALID, "html"
    if known is None and status == 404 and _WRONG_PATH.search(said.message):
        return ErrorCode.ADDRESS_INVALID, "path"
    if known is None:
        known = _BY_STATUS.get(status)
    if known is None:
        known = ErrorCode.SERVER_FAILED if status >= 500 else ErrorCode.REQUEST_REFUSED
    return known, "silence" if known is ErrorCode.TIMED_OUT else ""


def _is_retired(response: httpx2.Response, said: _Said, route: Route) -> bool:
    if response.status_code not in (400, 403, 404, 410):
        return False
    is_old = _OLD_HOST.search(route.host) and _OLD_PATH.search(response.request.url.path)
    if is_old and response.status_code in (404, 410) and said.code != "DeploymentNotFound":
        return True
    return says_retired(said.message)


def _read(response: httpx2.Response) -> _Said:
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        return _Said()
    if not isinstance(body, dict):
        return _Said()
    error = body.get("error")
    described: Json = error if isinstance(error, dict) else body
    return _Said(
        code=_scalar(described, "code"),
        kind=_scalar(described, "type"),
        param=_scalar(described, "param"),
        message=_message(described, error),
        categories=", ".join(_filtered(described)),
        is_described=True,
    )


def _message(described: Json, error: object) -> str:
    """The human part: OpenAI's, Azure's, FastAPI's."""
    candidates = (described.get("message"), error, described.get("detail"))
    return next((value.strip() for value in candidates if isinstance(value, str) and value.strip()), "")


def _scalar(data: Mapping[str, object], name: str) -> str:
    value = data.get(name)
    return str(value) if isinstance(value, str | int) else ""


def _filtered(error: Json) -> Iterator[str]:
    """The categories for which Azure's filter refused."""
    inner = optional_object(error, "innererror")
    for name, result in optional_object(inner, "content_filter_result").items():
        if isinstance(result, dict) and (result.get("filtered") is True or result.get("detected") is True):
            yield str(name)
