"""Who may talk to the engine: the right name of this computer, and the right key."""

import hmac
import ipaddress
import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desktop_app.engine.http.error import error_response

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_ANY = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared with, not bound to


class Guard:
    """Lets a request through if its `Host` names this engine and its bearer key is right.

    The `Host` check keeps web pages out whose name was rebound to the loopback address. They cannot forge it, and an
    address in numbers cannot be rebound, so an engine that listens everywhere also takes those.
    Every answer gets an `x-request-id`.
    """

    def __init__(self, app: ASGIApp, *, host: str, api_key: str) -> None:
        self._app = app
        self._host = host.lower()
        self._key = api_key.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers the request, or has it answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = f"req_{secrets.token_hex(16)}"

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        headers = Headers(scope=scope)
        if not self._knows(_host_name(headers.get("host", ""))):
            refusal = error_response(421, "This address is not served here.", code="invalid_host")
            await refusal(scope, receive, send_with_id)
        elif (problem := self._check_key(headers.get("authorization", ""))) is not None:
            refusal = error_response(401, problem, code="invalid_api_key")
            refusal.headers["www-authenticate"] = "Bearer"
            await refusal(scope, receive, send_with_id)
        else:
            await self._app(scope, receive, send_with_id)

    def _knows(self, name: str) -> bool:
        if name in _LOOPBACK or name == self._host:
            return True
        return self._host in _ANY and _is_address(name)

    def _check_key(self, authorization: str) -> str | None:
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() != "bearer" or not key:
            return (
                "You didn't provide an API key. Send it in an Authorization header: 'Authorization: Bearer YOUR_KEY'."
            )
        if not hmac.compare_digest(key.strip().encode("utf-8", "surrogateescape"), self._key):
            return "Incorrect API key provided."
        return None


def _host_name(header: str) -> str:
    """The name in a `Host` header, without port and brackets."""
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].lower()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
