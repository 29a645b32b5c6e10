"""A proxy that breaks a connection in the middle of a stream."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from urllib.parse import urlsplit

from tests.contract.relay import Relay


class Cutter(Relay):
    """Passes bytes on, until a stream of events has sent as many as it may.

    Attributes:
        base_url: Where to reach the service through it.
        events_left: How many events of streams still pass; None for all. It is None again after a cut.
    """

    def __init__(self, target: str) -> None:
        super().__init__()
        self._target = urlsplit(target)
        self.base_url = ""
        self.events_left: int | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Cutter"]:
        """Listens on a port of its own."""
        async with self.listening() as port:
            self.base_url = f"http://127.0.0.1:{port}{self._target.path}"
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            upstream, to_upstream = await asyncio.open_connection(self._target.hostname, self._target.port)
            with closing(to_upstream):
                ways = (
                    asyncio.create_task(self._pass_on(reader, to_upstream, counts=False)),
                    asyncio.create_task(self._pass_on(upstream, writer, counts=True)),
                )
                try:
                    await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for way in ways:
                        way.cancel()
                    await asyncio.wait(ways)

    async def _pass_on(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, counts: bool) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65536):
                allowed = self._allowed(data) if counts else data
                target.write(allowed)
                await target.drain()
                if len(allowed) < len(data):
                    break

    def _allowed(self, data: bytes) -> bytes:
        """As much of the data as may pass; a cut goes right through the event that may not."""
        if self.events_left is None:
            return data
        start = 0
        while (found := data.find(b"event: ", start)) >= 0:
            if self.events_left == 0:
                self.events_left = None
                return data[: found + 3]
            self.events_left -= 1
            start = found + 1
        return data
