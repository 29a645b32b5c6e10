"""The events that a service streams."""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

import httpx2

from desktop_app.backends.wire.event import EventDecoder
from desktop_app.backends.wire.limit import rate_limits
from desktop_app.backends.wire.shape import Json, invalid, optional_text
from desktop_app.domain.connection import RateLimits

Pair = tuple[str, Json]


class EventStream:
    """The names and data of events, as they come; the request is sent when the first is asked for.

    Where no line names an event, its data's `type` does. An error inside the stream is the pair `("error", …)` with
    `message` and `code`, flat, in whichever shape it came. It ends where the service ends it: whether the run was over
    by then is for its reader to say.

    Attributes:
        limits: What the answer's headers said; None before the first event, and if they said nothing.
        request_id: By which the service's owner finds the request.
    """

    def __init__(
        self,
        send: Callable[[], Awaitable[httpx2.Response]],
        failure: Callable[[Exception], Exception],
        clean: Callable[[Json], Json],
    ) -> None:
        """`failure` says what an exception means, `clean` takes secrets out of what is told of errors."""
        self.limits: RateLimits | None = None
        self.request_id = ""
        self._send = send
        self._failure = failure
        self._clean = clean
        self._events = self._run()

    def __aiter__(self) -> AsyncIterator[Pair]:
        return self

    async def __anext__(self) -> Pair:
        return await anext(self._events)

    async def aclose(self) -> None:
        """Ends the connection."""
        await self._events.aclose()

    async def _run(self) -> AsyncGenerator[Pair, None]:
        response = await self._send()
        headers = response.headers
        self.limits = rate_limits(headers)
        self.request_id = headers.get("x-request-id") or headers.get("apim-request-id") or ""
        failure = None
        try:
            async for name, data in _pairs(response):
                # An error is flat by now: nothing in it says that it is one.
                yield name, self._clean({"error": data})["error"] if name == "error" else self._clean(data)
        except (httpx2.HTTPError, RuntimeError) as error:
            failure = self._failure(error)
        finally:
            await response.aclose()
        if failure is not None:
            raise failure


async def _pairs(response: httpx2.Response) -> AsyncGenerator[Pair, None]:
    decoder = EventDecoder()
    async for chunk in response.aiter_bytes():
        for name, text in decoder.feed(chunk):
            if text.startswith("[DONE]"):
                return
            try:
                data = json.loads(text)
            except (ValueError, RecursionError):
                raise invalid("an event is no JSON") from None
            if isinstance(data, dict):
                yield _flat(name or optional_text(data, "type"), data)


def _flat(name: str, data: Json) -> Pair:
    error = data.get("error")
    if isinstance(error, dict) and name in ("", "error"):
        return "error", error
    return name, data
