"""Requests to Entra ID on the way that requests to all services take: the same proxy, certificates and errors.

azure-core's own transport would trust the certificates of a package and not those of the system, which company
networks need.
"""

from collections.abc import Mapping
from typing import Any

import httpx2
from azure.core.pipeline.transport import HttpTransport
from azure.core.rest import HttpRequest

from desktop_app.backends.entra.call import Stop
from desktop_app.backends.wire.fault import from_transport
from desktop_app.backends.wire.route import find_route, trusted
from desktop_app.domain.connection import Network
from desktop_app.domain.error import DeskError, ErrorCode


class Answer:
    """A response, as far as azure-core and MSAL look at it."""

    def __init__(self, response: httpx2.Response) -> None:
        self._text = response.text
        self.status_code: int = response.status_code
        self.reason: str = response.reason_phrase
        self.headers: Mapping[str, str] = response.headers
        self.content_type: str = response.headers.get("content-type", "")

    def text(self, _encoding: str | None = None, **_options: object) -> str:
        """The body."""
        return self._text


class Transport(HttpTransport[HttpRequest, Answer]):
    """Sends each request on a connection of its own: a sign-in is three of them. Does not follow redirects."""

    def __init__(self, network: Network, stop: Stop) -> None:
        self.network = network
        self.stop = stop

    def send(self, request: HttpRequest, **_options: object) -> Answer:
        """Sends a request and returns the whole answer.

        Raises:
            DeskError: what keeps requests from arriving; SIGN_IN_FAILED, for a sign-in that was given up.
        """
        if self.stop.is_set:
            raise DeskError(ErrorCode.SIGN_IN_FAILED, cause="cancelled")
        route = find_route(request.url, self.network)
        timeout = httpx2.Timeout(self.network.answer_seconds, connect=self.network.connect_seconds)
        options: dict[str, Any] = {"proxy": route.proxy or None, "verify": trusted(self.network), "timeout": timeout}
        body = request.content
        content = {"data": body} if isinstance(body, Mapping) else {"content": body}
        try:
            with httpx2.Client(trust_env=False, **options) as client:
                return Answer(client.request(request.method, request.url, headers=dict(request.headers), **content))
        except httpx2.HTTPError as error:
            failure = from_transport(error, route)
        raise failure  # without the exception, which holds the request

    def open(self) -> None:
        """Nothing stays open."""

    def close(self) -> None:
        """Nothing stays open."""

    def __exit__(self, *_exception: object) -> None:
        pass
