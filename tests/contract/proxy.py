"""A company's proxy: forwards http, tunnels https, or does neither."""

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from urllib.parse import urlsplit

from tests.contract.relay import Relay, pass_on


class Proxy(Relay):
    """Leads every host to one port of this computer, so that `http://service.test` is reached through it only.

    Attributes:
        address: As a person enters it.
        asked: The first line of every request.
        status: What it answers instead of passing anything on; 0 to pass it on.
        login: `name:password` that it insists on; empty for none.
    """

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port
        self.address = ""
        self.asked: list[str] = []
        self.status = 0
        self.login = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Proxy"]:
        """Listens on a port of its own."""
        async with self.listening() as port:
            self.address = f"127.0.0.1:{port}"
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.asked.append(head.split("\r\n")[0])
            status = self.status or (0 if self._knows(head) else 407)
            if status:
                writer.write(f"HTTP/1.1 {status} No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
                await writer.drain()
                return
            upstream, to_upstream = await asyncio.open_connection("127.0.0.1", self._port)
            with closing(to_upstream):
                if head.startswith("CONNECT "):
                    writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
                else:
                    to_upstream.write(_without_host(head).encode())
                sending = asyncio.create_task(pass_on(reader, to_upstream))
                try:
                    await pass_on(upstream, writer)
                finally:
                    sending.cancel()
                    await asyncio.wait([sending])

    def _knows(self, head: str) -> bool:
        wanted = base64.b64encode(self.login.encode()).decode()
        return not self.login or f"basic {wanted}".lower() in head.lower()


def _without_host(head: str) -> str:
    method, url, rest = head.split(" ", 2)
    parts = urlsplit(url)
    return f"{method} {parts.path}{f'?{parts.query}' if parts.query else ''} {rest}"
