"""Events on their way over HTTP: whole or in pieces, twice, or only so far."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from starlette.responses import Response, StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from tests.harness.answering import TRANSPORT
from tests.harness.responses.stored import Event

_FIRST_OF_SEVERAL = 0xC0
"""The least byte with which UTF-8 begins a character of several."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What happens to one stream.

    Attributes:
        events: After so many the connection breaks; None for never.
        inside: So many bytes of the next event still come.
        in_character: It breaks in the middle of the first character after that which is more than one byte.
        is_clean: It ends as if that were all, instead of breaking.
        piece: How many bytes are sent at a time; 0 for an event at a time.
        twice: The places of the events that are sent again, after the next one.
    """

    events: int | None = None
    inside: int = 3
    in_character: bool = False
    is_clean: bool = False
    piece: int = 0
    twice: frozenset[int] = frozenset()

    def of(self, written: bytes, sent: int) -> bytes | None:
        """What still comes of an event before the cut; None if it is not cut."""
        if self.events is None or sent < self.events:
            return None
        if not self.in_character:
            return written[: self.inside]
        place = next((place for place, byte in enumerate(written) if byte >= _FIRST_OF_SEVERAL), None)
        return None if place is None else written[: place + 1]


class Told(Protocol):
    """What is told by streams: a response, or a run."""

    @property
    def is_over(self) -> bool:
        """Nothing will be added."""

    def after(self, number: int) -> Iterator[Event]:
        """The events that came later than this one, as far as there are any."""

    async def news(self) -> None:
        """Returns when there is more, or nothing more to come."""

    def left(self) -> None:
        """Whoever listened has gone."""


class Streams:
    """The streams that are open, and what shall happen to the next ones."""

    def __init__(self) -> None:
        self.cuts: list[Cut] = []
        self._open: set[asyncio.Transport] = set()

    def next_cut(self) -> Cut:
        return self.cuts.pop(0) if self.cuts else Cut()

    def drop(self) -> None:
        """Breaks all that are open."""
        for transport in list(self._open):
            transport.abort()

    @contextmanager
    def opened(self, transport: asyncio.Transport) -> Iterator[None]:
        self._open.add(transport)
        try:
            yield
        finally:
            self._open.discard(transport)


class EventStream(StreamingResponse):
    """Tells events from one on, until they are over or the client goes away."""

    def __init__(
        self, told: Told, after: int, include: frozenset[str], streams: Streams, headers: dict[str, str]
    ) -> None:
        super().__init__((), headers=headers, media_type="text/event-stream")
        self._told = told
        self._after = after
        self._include = include
        self._streams = streams
        self._cut = streams.next_cut()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        telling = asyncio.ensure_future(self._tell(send))
        leaving = asyncio.ensure_future(left(receive))
        with self._streams.opened(scope[TRANSPORT]):
            try:
                await asyncio.wait((telling, leaving), return_when=asyncio.FIRST_COMPLETED)
                if telling.done() and telling.result():
                    await send({"type": "http.response.body", "body": b""})
                    return
                scope[TRANSPORT].abort()
                await leaving
                self._told.left()
            finally:
                telling.cancel()
                leaving.cancel()
                await asyncio.wait((telling, leaving))

    async def _tell(self, send: Send) -> bool:
        """Returns whether the body ends properly."""
        sent, earlier = 0, b""
        async for event in self._events():
            written = event.written(self._include)
            rest = self._cut.of(written, sent)
            if rest is not None:
                await self._send(send, rest)
                return self._cut.is_clean
            await self._send(send, written)
            if earlier:
                await self._send(send, earlier)
            earlier = written if sent in self._cut.twice else b""
            sent += 1
        return True

    async def _events(self) -> AsyncIterator[Event]:
        number = self._after
        while True:
            is_over = self._told.is_over
            for event in self._told.after(number):
                number = event.number
                yield event
            if is_over:
                return
            if not any(self._told.after(number)):
                await self._told.news()

    async def _send(self, send: Send, data: bytes) -> None:
        for piece in _pieces(data, self._cut.piece):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            if self._cut.piece:
                await asyncio.sleep(0)  # so that the pieces are not put together again before they are sent


def _pieces(data: bytes, size: int) -> Iterator[bytes]:
    size = size or max(len(data), 1)
    return (data[start : start + size] for start in range(0, len(data), size))


async def left(receive: Receive) -> None:
    """Returns when the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


class Unheard:
    """Takes the place of `send` where an answer is lost: the client gets another one, or none."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, answer: Response | None) -> None:
        self._rest = (scope, receive, send)
        self._answer = answer
        self._is_over = False

    async def __call__(self, _message: Message) -> None:
        if self._is_over:
            return
        self._is_over = True
        scope, receive, send = self._rest
        if self._answer is None:
            scope[TRANSPORT].abort()
            await left(receive)
        else:
            await self._answer(scope, receive, send)
