"""Events of a run as Server-Sent Events."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable

from starlette.responses import StreamingResponse

from desktop_app.engine.runs.channel import Event, Subscription

_PING_SECONDS = 15.0
_PING = ": ping\n\n"
"""A comment: keeps read timeouts from ending a stream in which nothing happens for long."""


def stream_response(
    subscription: Subscription, before: Iterable[Event], on_end: Callable[[], None]
) -> StreamingResponse:
    """A response that sends `before` and then the subscription's events until they end or the client goes away."""
    return StreamingResponse(
        _encoded(subscription, tuple(before), on_end),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def _encoded(
    subscription: Subscription, before: tuple[Event, ...], on_end: Callable[[], None]
) -> AsyncIterator[str]:
    try:
        for event in before:
            yield _encode(event)
        while True:
            try:
                async with asyncio.timeout(_PING_SECONDS):
                    following = await subscription.next()
            except TimeoutError:
                yield _PING
                continue
            if following is None:
                return
            yield _encode(following)
    finally:
        on_end()


def _encode(event: Event) -> str:
    return f"event: {event.name}\ndata: {event.data}\n\n"
