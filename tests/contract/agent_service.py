"""Agent Service (classic) as far as it differs from the shape that it speaks: its address, version and tokens."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from urllib.parse import parse_qs, urlsplit

from tests.contract.relay import Relay, pass_on

_PROJECT = "/api/projects/p1"
_DEPLOYMENTS = (
    {"name": "scripted", "type": "ModelDeployment", "modelName": "gpt", "modelPublisher": "OpenAI"},
    {"name": "other", "type": "ModelDeployment", "modelName": "phi", "modelPublisher": "Microsoft"},
)


class AgentService(Relay):
    """A front before the engine: one request a connection, each with the version and with a token of its own.

    Attributes:
        base_url: The project's endpoint.
    """

    def __init__(self, target: str, key: str, *, wants_fresh_tokens: bool = True) -> None:
        super().__init__()
        self._target = urlsplit(target)
        self._key = key
        self._wants_fresh_tokens = wants_fresh_tokens
        self._issued = 0
        self._used: set[str] = set()
        self.base_url = ""

    async def credential(self) -> str:
        """A fresh token."""
        self._issued += 1
        return f"token-{self._issued}"

    @asynccontextmanager
    async def running(self) -> AsyncIterator["AgentService"]:
        """Listens on a port of its own."""
        async with self.listening() as port:
            self.base_url = f"http://127.0.0.1:{port}{_PROJECT}"
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            answer = self._own_answer(head)
            if answer is not None:
                writer.write(answer)
                await writer.drain()
                return
            upstream, to_upstream = await asyncio.open_connection(self._target.hostname, self._target.port)
            with closing(to_upstream):
                to_upstream.write(self._translated(head).encode())
                sending = asyncio.create_task(pass_on(reader, to_upstream))
                try:
                    await pass_on(upstream, writer)
                finally:
                    sending.cancel()
                    await asyncio.wait([sending])

    def _own_answer(self, head: str) -> bytes | None:
        """A refusal, or what the engine has not; None for everything else."""
        method, target, _ = head.split(" ", 2)
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        token = _header(head, "authorization").removeprefix("Bearer ")
        if query.get("api-version") != ["v1"]:
            return _answer(400, {"error": {"code": "BadRequest", "message": "API version not supported"}})
        if not token.startswith("token-"):
            return _answer(401, {"error": {"code": "401", "message": f"Access denied for {token}."}})
        if token in self._used and self._wants_fresh_tokens:
            return _answer(401, {"error": {"code": "401", "message": "The token has expired."}})
        self._used.add(token)
        if not path.startswith(f"{_PROJECT}/"):
            return _answer(404, {"error": {"code": "404", "message": "Resource not found"}})
        if (method, path) == ("GET", f"{_PROJECT}/deployments"):
            return self._deployments("page" in query)
        return None

    def _deployments(self, is_second: bool) -> bytes:
        if is_second:
            return _answer(200, {"value": _DEPLOYMENTS[1:]})
        link = f"{self.base_url}/deployments?api-version=v1&page=2"
        return _answer(200, {"value": _DEPLOYMENTS[:1], "nextLink": link})

    def _translated(self, head: str) -> str:
        """The head as the engine wants it, for one request."""
        first, *lines = head.removesuffix("\r\n\r\n").split("\r\n")
        replaced = {"host": self._target.netloc, "authorization": f"Bearer {self._key}", "connection": "close"}
        kept = [line for line in lines if line.partition(":")[0].lower() not in replaced]
        added = [f"{name}: {value}" for name, value in replaced.items()]
        return "\r\n".join([first.replace(_PROJECT, self._target.path, 1), *kept, *added, "", ""])


def _header(head: str, name: str) -> str:
    lines = (line.partition(":") for line in head.split("\r\n")[1:])
    return next((value.strip() for field, _, value in lines if field.lower() == name), "")


def _answer(status: int, value: object) -> bytes:
    body = json.dumps(value).encode()
    head = (
        f"HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n"
    )
    return f"{head}\r\n".encode() + body
