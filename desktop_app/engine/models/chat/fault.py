"""Says what went wrong between us and a server, as a `DeskError` that never holds the key."""

import errno
import json
import re
import socket
import ssl
from collections.abc import Iterator

import httpx2

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.models.chat import loose

_OTHER_PROTOCOL = frozenset(
    {"WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"}
)
"""What OpenSSL says to an answer that is no TLS; a connection that breaks is something else."""

_MESSAGE = 1_000  # characters of a server's own message that are kept
_TOO_LONG = re.compile(
    r"context[ _](length|window|size)|maximum context|exceed\w* (the )?(available |model'?s? )?context|too many tokens"
    r"|(prompt|input|message)s? (is|are) too (long|large)|reduce the length",
    re.IGNORECASE,
)
_NO_TOOLS = re.compile(
    r"(does|do|did|is|are) ?n[o']t (currently )?support(ed)? (\w+ ){0,2}(tool|function)"
    r"|(tool|function)s?([ _-](use|call\w*|choice))?s? (is|are|param requires|choice requires)"
    r" ?(not (supported|enabled|available)|unsupported|disabled)"
    r"|no endpoints found that support tool|requires? --(jinja|enable-auto-tool-choice)"
    r"|unsupported[^.]{0,30}\btools?\b",
    re.IGNORECASE,
)
_MODEL = re.compile(
    r"model.{0,120}(not[ _]found|does not exist|not exist|unknown|invalid|not (available|loaded|a valid))"
    r"|(invalid|unknown|no such|not found).{0,20}model|no models? (is |are )?loaded|model_not_found|DeploymentNotFound",
    re.IGNORECASE | re.DOTALL,
)
_CERTIFICATE = {9: "expired", 10: "expired", 62: "hostname", 64: "hostname"}  # X509_V_ERR_* of OpenSSL
_FILTERED = re.compile(r"content_filter|content management policy|content_policy_violation", re.IGNORECASE)


class RefusalError(DeskError):
    """An error answer of the server.

    Attributes:
        status: Of the HTTP answer; 0 for an error inside a stream.
        about: Everything the server said, in one string, to be searched for the name of a parameter.
    """

    def __init__(self, code: ErrorCode, detail: str, status: int, about: str, /, **data: object) -> None:
        super().__init__(code, detail, **data)
        self.status = status
        self.about = about


def from_answer(status: int, body: str, key: str, *, retry_after: float | None = None, model: str = "") -> RefusalError:
    """Returns the error that an HTTP answer of at least 300 stands for."""
    body = scrub(body, key)
    if _is_page(body) and status not in (401, 403, 429) and status < 500:
        return RefusalError(
            ErrorCode.ADDRESS_INVALID, f"HTTP {status}, a web page", status, "", cause="html", status=status
        )
    try:
        payload = json.loads(body, strict=False)
    except (ValueError, RecursionError):
        payload = {"message": "" if _is_page(body) else body.strip()}
    if isinstance(payload, list) and payload:
        payload = payload[0]
    return _refusal(status, loose.mapping(payload), retry_after, model)


def from_chunk(chunk: loose.Json, key: str, model: str) -> RefusalError:
    """Returns the error that an error object inside a stream stands for."""
    clean = loose.mapping(json.loads(scrub(json.dumps(chunk, ensure_ascii=False), key)))
    error = loose.mapping(clean.get("error"))
    status = loose.count(error.get("code")) or loose.count(error.get("status")) or loose.count(clean.get("code")) or 0
    return _refusal(status, clean, None, model)


def _refusal(status: int, payload: loose.Json, retry_after: float | None, model: str) -> RefusalError:
    error = loose.mapping(payload.get("error")) or payload
    message = _message(payload)[:_MESSAGE]
    about = json.dumps(payload, ensure_ascii=False)
    names = f"{error.get('code')} {error.get('type')}"
    code = _code(status, f"{names} {message}", names)
    data: dict[str, object] = {"message": message, "status": status}
    if code in (ErrorCode.MODEL_NOT_FOUND, ErrorCode.TOOLS_UNSUPPORTED):
        data["model"] = model
    if 300 <= status < 400:
        data["cause"] = "redirect"
    if retry_after is not None:
        data["retry_after"] = f"{retry_after:g}"
    where = f"HTTP {status}" if status else "in the stream"
    return RefusalError(code, f"{where}: {message}" if message else where, status, about, **data)


def _code(status: int, text: str, names: str) -> ErrorCode:
    match status:
        case 401:
            return ErrorCode.UNAUTHORIZED
        case 403:
            return ErrorCode.FORBIDDEN
        case 402:
            return ErrorCode.QUOTA_EXHAUSTED
        case 429:
            exhausted = "insufficient_quota" in names or "billing_hard_limit" in names
            return ErrorCode.QUOTA_EXHAUSTED if exhausted else ErrorCode.RATE_LIMITED
        case 408:
            return ErrorCode.TIMED_OUT
    # What the server says tells more than its number: llama.cpp answers 500 where others answer 400.
    if _TOO_LONG.search(text):
        return ErrorCode.CONTEXT_TOO_LONG
    if _NO_TOOLS.search(text):
        return ErrorCode.TOOLS_UNSUPPORTED
    if _FILTERED.search(text):
        return ErrorCode.CONTENT_FILTERED
    if status in (400, 404, 422) and _MODEL.search(text):
        return ErrorCode.MODEL_NOT_FOUND
    if status in (404, 405):
        return ErrorCode.NOT_FOUND
    if status == 413:
        return ErrorCode.CONTEXT_TOO_LONG
    if 300 <= status < 400:
        return ErrorCode.ADDRESS_INVALID
    return ErrorCode.REQUEST_REFUSED if 400 <= status < 500 else ErrorCode.SERVER_FAILED


def _message(payload: loose.Json) -> str:
    """The human part of an error body: OpenAI's, FastAPI's, vLLM's, Ollama's, Azure's."""
    error = payload.get("error")
    for value in (loose.mapping(error).get("message"), error, payload.get("message"), payload.get("detail")):
        if isinstance(value, str) and value.strip():
            return value.strip()
    for value in (loose.mapping(error).get("message"), payload.get("detail"), payload.get("errors"), error):
        if value:
            return json.dumps(value, ensure_ascii=False)
    return ""


def from_transport(error: Exception, url: str, key: str) -> DeskError:
    """Returns the error that a failed connection stands for. `data` says the cause, the host and the port."""
    address = httpx2.URL(url)
    code, cause = _cause(error)
    detail = scrub(f"{type(error).__name__}: {error}"[:_MESSAGE], key)
    return DeskError(code, detail, cause=cause, host=address.host, port=address.port or _port(address))


def _port(address: httpx2.URL) -> int:
    return 443 if address.scheme == "https" else 80


def _cause(error: Exception) -> tuple[ErrorCode, str]:
    chain = list(_chain(error))
    for link in chain:
        match link:
            case ssl.SSLCertVerificationError():
                return ErrorCode.CERTIFICATE_INVALID, _CERTIFICATE.get(link.verify_code, "untrusted")
            case ssl.SSLError() if link.reason in _OTHER_PROTOCOL:
                return ErrorCode.ADDRESS_INVALID, "not_tls"
            case socket.gaierror():
                return ErrorCode.CONNECTION_FAILED, "name"
            case ConnectionRefusedError():
                return ErrorCode.CONNECTION_FAILED, "refused"
            case OSError() if link.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH):
                return ErrorCode.CONNECTION_FAILED, "unreachable"
    match error:
        case httpx2.TimeoutException() | TimeoutError():
            return ErrorCode.TIMED_OUT, "connect" if isinstance(error, httpx2.ConnectTimeout) else "silence"
        case httpx2.ProxyError():
            return ErrorCode.CONNECTION_FAILED, "proxy"
        case httpx2.RemoteProtocolError() if "disconnected" not in str(error) and "closed" not in str(error):
            return ErrorCode.ADDRESS_INVALID, "not_http"
        case _:
            return ErrorCode.CONNECTION_FAILED, "reset"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and everything it came from, groups included (each address of a name fails by itself)."""
    seen: set[int] = set()
    waiting: list[BaseException] = [error]
    while waiting:
        link = waiting.pop()
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        waiting += [each for each in (link.__cause__, link.__context__) if each is not None]
        if isinstance(link, BaseExceptionGroup):
            waiting += link.exceptions


def scrub(text: str, key: str) -> str:
    """Returns `text` without the key: servers quote what they were sent."""
    return text.replace(key, "***") if key else text


def _is_page(body: str) -> bool:
    return body.lstrip()[:1] == "<"
