"""A small HTTP server that answers what a test tells it: the odd shapes that real services send."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. With `cut` the connection breaks after the body, which is then announced to be longer."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    cut: bool = False


def as_json(value: object, status: int = 200, **headers: str) -> Reply:
    """An answer in JSON."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(status, json.dumps(value).encode(), {"content-type": "application/json", **named})


def as_events(*events: tuple[str, object], done: bool = True) -> Reply:
    """A stream of events."""
    lines = [f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events]
    end = "event: done\ndata: [DONE]\n\n" if done else ""
    return Reply(200, ("".join(lines) + end).encode(), {"content-type": "text/event-stream"})


class ScriptedService:
    """Answers one request after the other from a script; the last answer is given again and again.

    Attributes:
        requests: What came.
        port: Where it listens.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.base_url = ""
        self.port = 0
        self._replies: list[Reply | Callable[[Request], Reply]] = []
        self._connections: set[asyncio.Task[None]] = set()

    def will_answer(self, *replies: Reply | Callable[[Request], Reply]) -> None:
        self._replies = list(replies)

    @asynccontextmanager
    async def running(self, tls: ssl.SSLContext | None = None) -> AsyncIterator["ScriptedService"]:
        """Listens on a port of its own; with `tls`, over https."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        self.base_url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}/v1"
        try:
            yield self
        finally:
            server.close()
            for task in self._connections:
                task.cancel()
            if self._connections:
                await asyncio.wait(self._connections)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await _read(reader)
            self.requests.append(request)
            reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
            _write(writer, reply(request) if callable(reply) else reply)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return  # the client went away
        finally:
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, path, _ = head[0].split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, path, headers, body)


def _write(writer: asyncio.StreamWriter, reply: Reply) -> None:
    length = len(reply.body) + (100 if reply.cut else 0)
    headers = {**reply.headers, "content-length": str(length), "connection": "close"}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"HTTP/1.1 {reply.status} x\r\n{head}\r\n".encode() + reply.body)
