"""What goes wrong between here and a service, as domain errors.

Bodies: OpenAI sends `{"error": {"message", "type", "param", "code"}}`, gateways `{"error": {"code", "message"}}`.
"""

import re
import ssl
from collections.abc import Iterator

import httpx2
import openai

from desktop_app.domain.error import DeskError, ErrorCode

TRANSPORT_ERRORS = (openai.OpenAIError, httpx2.HTTPError, httpx2.InvalidURL, ValueError)
"""Everything that a request through the SDK raises; `ValueError` for bodies that are no JSON."""

_BUSY = re.compile(r"already has an active run|while a run .* is active|conversation_locked")
_BY_CODE = {
    "model_not_found": ErrorCode.MODEL_NOT_FOUND,
    "DeploymentNotFound": ErrorCode.MODEL_NOT_FOUND,
    "insufficient_quota": ErrorCode.QUOTA_EXHAUSTED,
    "context_length_exceeded": ErrorCode.CONTEXT_TOO_LONG,
    "content_filter": ErrorCode.CONTENT_FILTERED,
    "conversation_locked": ErrorCode.THREAD_BUSY,
    "disk_full": ErrorCode.DISK_FULL,
}
_BY_STATUS = {
    401: ErrorCode.UNAUTHORIZED,
    403: ErrorCode.FORBIDDEN,
    404: ErrorCode.NOT_FOUND,
    408: ErrorCode.TIMED_OUT,
    429: ErrorCode.RATE_LIMITED,
}


def translate(error: Exception, secret: str) -> DeskError:
    """The domain's error for one of `TRANSPORT_ERRORS`, without `secret` in it. Raise it outside the `except`."""
    code, data, detail = _translate(error)
    safe = {name: _without(secret, value) for name, value in data.items()}
    return DeskError(code, _without(secret, detail), **safe)


def _without(secret: str, words: str) -> str:
    return words.replace(secret, "…") if secret else words


def _translate(error: Exception) -> tuple[ErrorCode, dict[str, str], str]:
    match error:
        case openai.APITimeoutError() | httpx2.TimeoutException():
            return ErrorCode.TIMED_OUT, {}, ""
        case openai.APIStatusError():
            return _refusal(error)
        case openai.APIResponseValidationError():
            return ErrorCode.RESPONSE_INVALID, {}, error.message
        case openai.APIConnectionError() | httpx2.HTTPError() | httpx2.InvalidURL():
            return _connection(error)
        case openai.APIError():  # an `error` event of a stream
            return ErrorCode.SERVER_FAILED, {"message": error.message}, error.message
        case UnicodeError():  # it holds the text in question, which may be the key
            return ErrorCode.UNAUTHORIZED, {}, "the key holds characters that a request cannot carry"
        case _:
            return ErrorCode.RESPONSE_INVALID, {}, str(error)


def _connection(error: Exception) -> tuple[ErrorCode, dict[str, str], str]:
    causes = tuple(_causes(error))
    detail = str(causes[-1]) or type(causes[-1]).__name__
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return ErrorCode.CERTIFICATE_INVALID, {}, detail
    if any(isinstance(cause, httpx2.UnsupportedProtocol | httpx2.InvalidURL) for cause in causes):
        return ErrorCode.ADDRESS_INVALID, {}, detail
    if any(isinstance(cause, UnicodeError) for cause in causes):
        return _translate(UnicodeError())
    return ErrorCode.CONNECTION_FAILED, {}, detail


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _refusal(error: openai.APIStatusError) -> tuple[ErrorCode, dict[str, str], str]:
    status = error.status_code
    is_described = isinstance(error.body, dict)
    message = str(error.body.get("message") or "") if isinstance(error.body, dict) else ""
    code = _code(error, message)
    if status == 404 and not is_described:
        code = ErrorCode.ADDRESS_INVALID  # a web page, not a service
    data = {"message": message}
    retry_after = error.response.headers.get("retry-after", "")
    if code is ErrorCode.RATE_LIMITED and retry_after.isdecimal():
        data["retry_after"] = retry_after
    words = (f"HTTP {status}", error.code or "", error.request_id or "", message)
    return code, data, " ".join(word for word in words if word)


def _code(error: openai.APIStatusError, message: str) -> ErrorCode:
    if error.status_code < 400:
        return ErrorCode.ADDRESS_INVALID
    known = _BY_CODE.get(error.code or "") or _BY_STATUS.get(error.status_code)
    if known is not None:
        return known
    if error.status_code >= 500:
        return ErrorCode.SERVER_FAILED
    return ErrorCode.THREAD_BUSY if _BUSY.search(message) else ErrorCode.REQUEST_REFUSED
