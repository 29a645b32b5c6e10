"""A chat-completions server for tests: real HTTP, scripted answers, the habits of many real servers.

    with ChatServer([Reply(code="print(6 * 7)"), Reply("It is 42.")], Dialect.IDS_REPEATED) as server:
        model = ChatModel(server.base_url, server.key)
        ...
        assert server.requests[1]["messages"][-1]["content"] == "42"

Each chat request takes the next entry of the script. It runs in a thread of its own, so that it serves coroutines,
windows and other processes alike. HTTP is spoken over bare asyncio streams, since a server that breaks the protocol is
part of the job.
"""

import asyncio
import contextlib
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from tests.harness.chat_dialect import Dialect, Json, Reply
from tests.harness.secret import new_secret

__all__ = ["ChatServer", "Dialect", "Failure", "Raw", "Reply"]

_SECONDS = 10


@dataclass(frozen=True)
class Failure:
    """An answer that is an error.

    Attributes:
        body: JSON, or text as it is sent; empty for OpenAI's shape around `message`.
    """

    status: int
    message: str = ""
    code: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: object = ""

    def write(self) -> bytes:
        """Returns the body of the answer."""
        if isinstance(self.body, str) and self.body:
            return self.body.encode()
        shape = {"error": {"message": self.message, "type": "error", "param": None, "code": self.code or None}}
        return json.dumps(self.body or shape).encode()


@dataclass(frozen=True)
class Raw:
    """An answer of status 200 whose body is these bytes; or, `bare`, bytes instead of HTTP."""

    body: bytes
    content_type: str = "text/event-stream"
    bare: bool = False


Entry = Reply | Failure | Raw


class ChatServer:
    """The server, while its `with` block lasts.

    Args:
        script: What it answers, in this order; `add` adds more. A request beyond it gets a 418 that says so.
        dialect: How it writes the replies.
        models: What `/v1/models` lists, or how it fails.
        needs_key: Whether a request without the key gets a 401.

    Attributes:
        base_url: Such as `http://127.0.0.1:40123/v1`.
        key: Random, so that a test can look for it where it must not be.
        requests: The bodies of the chat requests that the script answered.
        refused: The bodies that the dialect refused.
        abandoned: Set when a client went away from a reply that hangs.
    """

    def __init__(
        self,
        script: Iterable[Entry] = (),
        dialect: Dialect = Dialect.OPENAI,
        *,
        models: tuple[str, ...] | Failure = ("test-model",),
        needs_key: bool = True,
    ) -> None:
        self.base_url = ""
        self.key = new_secret()
        self.requests: list[Json] = []
        self.refused: list[Json] = []
        self.abandoned = threading.Event()
        self.dialect = dialect
        self.models = models
        self._script = list(script)
        self._needs_key = needs_key
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="chat-server", daemon=True)
        self._ready = threading.Event()
        self._stop: Callable[[], object] = lambda: None

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(_SECONDS):
            raise TimeoutError("the chat server did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        self._thread.join(_SECONDS)

    def add(self, *entries: Entry) -> None:
        """Adds to the script."""
        self._script.extend(entries)

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        clients: set[asyncio.Task[None]] = set()

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            client = loop.create_task(self._client(reader, writer))
            clients.add(client)
            client.add_done_callback(clients.discard)

        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        self.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        self._stop = lambda: loop.call_soon_threadsafe(stop.set)
        self._ready.set()
        await stop.wait()
        server.close()
        for client in tuple(clients):
            client.cancel()
        await asyncio.gather(*clients, return_exceptions=True)

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            start = await reader.readexactly(1)
            if not start.isalpha():  # a TLS handshake: what servers of plain HTTP say to that
                await _Connection(reader, writer).send(400, b"Invalid HTTP request received.", "text/plain")
                return
            head = (start + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            method, path, _ = head.split("\r\n", 1)[0].split(" ")
            headers = {
                name.lower(): value.strip()
                for name, _, value in (line.partition(":") for line in head.split("\r\n")[1:] if line)
            }
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            await self._answer(_Connection(reader, writer), method, path, headers, body)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client went away, which is its right
        finally:
            writer.close()

    async def _answer(
        self, connection: "_Connection", method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> None:
        if self._needs_key and headers.get("authorization") != f"Bearer {self.key}":
            await connection.send(401, Failure(401, "Incorrect API key provided.", "invalid_api_key").write())
        elif (method, path) == ("GET", "/v1/models"):
            await self._list(connection, self.models)
        elif (method, path) == ("POST", "/v1/chat/completions"):
            await self._chat(connection, json.loads(body))
        else:
            await connection.send(404, b'{"detail":"Not Found"}')

    async def _list(self, connection: "_Connection", models: tuple[str, ...] | Failure) -> None:
        if isinstance(models, Failure):
            await connection.send(models.status, models.write(), headers=models.headers)
        else:
            listed = [{"id": model, "object": "model"} for model in models]
            await connection.send(200, json.dumps({"object": "list", "data": listed}).encode())

    async def _chat(self, connection: "_Connection", request: Json) -> None:
        if refusal := self.dialect.refusal(request):
            self.refused.append(request)
            await connection.send(400, Failure(400, refusal).write())
            return
        self.requests.append(request)
        match self._script.pop(0) if self._script else Failure(418, "The script is over."):
            case Failure() as failure:
                await connection.send(failure.status, failure.write(), headers=failure.headers)
            case Raw(bare=True, body=body):
                await connection.write(body)
            case Raw(body=body, content_type=content_type):
                await connection.send(200, body, content_type)
            case Reply() as reply:
                await self._reply(connection, reply)

    async def _reply(self, connection: "_Connection", reply: Reply) -> None:
        with contextlib.suppress(ConnectionError):  # the client may go while we write
            await connection.begin(self.dialect.value.content_type)
            for piece in self.dialect.write(reply):
                await connection.send_chunk(piece)
            if reply.hangs:
                await connection.wait_for_client_to_go()
            elif not reply.drops:
                await connection.send_chunk(b"")
        if reply.hangs:
            self.abandoned.set()


class _Connection:
    """Writes one HTTP/1.1 answer (RFC 9112)."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def send(
        self,
        status: int,
        body: bytes,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        more = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n{more}"
        await self.write(f"{head}Connection: close\r\n\r\n".encode() + body)

    async def begin(self, content_type: str) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nTransfer-Encoding: chunked\r\n"
        await self.write(f"{head}Connection: close\r\n\r\n".encode())

    async def send_chunk(self, data: bytes) -> None:
        await self.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    async def wait_for_client_to_go(self) -> None:
        await self._reader.read()
