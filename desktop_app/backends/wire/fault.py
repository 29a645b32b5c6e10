"""Why a service was not reached, or stopped answering, as domain errors."""

import errno
import re
import socket
import ssl
from collections.abc import Iterator

import httpx2
import openai

from desktop_app.backends.wire.route import Route
from desktop_app.domain.error import DeskError, ErrorCode

_EXPIRED = frozenset({9, 10})  # X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED
_OTHER_NAME = frozenset({62, 64})  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
_OTHER_PROTOCOL = frozenset(
    {"WRONG_VERSION_NUMBER", "UNKNOWN_PROTOCOL", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"}
)
"""What OpenSSL says of an answer that is no TLS. Any other of its errors is one of a connection that broke."""

_WAY = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN})


def from_transport(error: Exception, route: Route) -> DeskError:
    """The error of a request that got no whole answer."""
    causes = tuple(_causes(error))
    code, cause, status = _cause(causes, route)
    detail = next((str(each) for each in causes if isinstance(each, ssl.SSLError)), "") or _words(causes)
    data = {**route.place, "cause": cause, "status": status}
    return DeskError(code, detail, **{name: value for name, value in data.items() if value})


def _words(causes: tuple[BaseException, ...]) -> str:
    """What the innermost exception says, or its class."""
    return next((str(each) for each in reversed(causes) if str(each)), type(causes[-1]).__name__)


def _cause(causes: tuple[BaseException, ...], route: Route) -> tuple[ErrorCode, str, str]:
    """The code, the cause, and the status that a proxy answered."""
    for link in causes:
        match link:
            case ssl.SSLCertVerificationError():
                return ErrorCode.CERTIFICATE_INVALID, _certificate(link), ""
            case ssl.SSLError() if link.reason in _OTHER_PROTOCOL:
                return ErrorCode.ADDRESS_INVALID, "not_tls", ""
            case httpx2.ProxyError():  # what it answered to CONNECT: `407 Proxy Authentication Required`
                return ErrorCode.CONNECTION_FAILED, "proxy", str(link)[:3] if str(link)[:3].isdecimal() else ""
            case httpx2.UnsupportedProtocol() | httpx2.InvalidURL():
                return ErrorCode.ADDRESS_INVALID, "address", ""
            case httpx2.TooManyRedirects():
                return ErrorCode.ADDRESS_INVALID, "redirect", ""
            case httpx2.DecodingError():  # a body that is not compressed as it says
                return ErrorCode.RESPONSE_INVALID, "", ""
            case httpx2.ConnectTimeout():
                return ErrorCode.TIMED_OUT, "connect", ""
    if route.proxy and any(isinstance(link, httpx2.ConnectError) for link in causes):
        return ErrorCode.CONNECTION_FAILED, "proxy", ""  # with one there is nobody else to connect to
    return *_connection(causes), ""


def _connection(causes: tuple[BaseException, ...]) -> tuple[ErrorCode, str]:
    for link in causes:
        match link:
            case socket.gaierror():
                return ErrorCode.CONNECTION_FAILED, "name"
            case ConnectionRefusedError():
                return ErrorCode.CONNECTION_FAILED, "refused"
            case OSError() if link.errno in _WAY:
                return ErrorCode.CONNECTION_FAILED, "unreachable"
            case OSError() if link.errno == errno.ETIMEDOUT:  # the system's patience, not ours
                return ErrorCode.TIMED_OUT, "connect"
            case openai.APITimeoutError() | httpx2.TimeoutException() | TimeoutError():
                return ErrorCode.TIMED_OUT, "silence"
            case httpx2.RemoteProtocolError() if not re.search(r"disconnect|closed|incomplete", str(link)):
                return ErrorCode.ADDRESS_INVALID, "not_http"
    return ErrorCode.CONNECTION_FAILED, "reset"


def _certificate(error: ssl.SSLCertVerificationError) -> str:
    """OpenSSL's number tells; where the system itself verifies (Windows, macOS) only its words do."""
    code, words = getattr(error, "verify_code", 0), str(error).lower()
    if code in _EXPIRED or "expired" in words or "not yet valid" in words:
        return "expired"
    if code in _OTHER_NAME or re.search(r"host ?name|name does not match|cn name|ip address mismatch", words):
        return "hostname"
    return "untrusted"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and everything it came from, groups included (each address of a name fails by itself)."""
    seen: set[int] = set()
    waiting: list[BaseException] = [error]
    while waiting:
        link = waiting.pop(0)
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        waiting += [each for each in (link.__cause__, link.__context__) if each is not None]
        if isinstance(link, BaseExceptionGroup):
            waiting += link.exceptions
