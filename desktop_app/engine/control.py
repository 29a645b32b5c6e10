"""The pipe between the window and its engine: one JSON object a line, on standard input and output.

The first line in is `{"api_key": ..., "endpoint": null | {"base_url", "key", "model"}}`, the first line out
`{"base_url": ...}`, or `{"error": ...}` if the engine cannot start. Then come requests
`{"id": 1, "use_endpoint": null | {...}}`, `{"id": 2, "check_endpoint": {...}}`, `{"id": 3, "sandbox_status": {}}`,
each answered by `{"id": ..., "result": ...}` or `{"id": ..., "error": {"code", "data", "detail"}}`.
The end of the input is the end of the engine. What goes over the pipe holds keys and is never logged.
"""

import asyncio
import json
import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from typing import Any

from desktop_app.domain.entity import EndpointReport
from desktop_app.domain.error import DeskError, ErrorCode, ErrorInfo
from desktop_app.engine.port import Interpreter
from desktop_app.engine.runs.router import Endpoint, ModelRouter

_LINE_LIMIT = 1024**2

CheckEndpoint = Callable[[str, str, str], Awaitable[EndpointReport]]


class Control:
    """Answers the window's requests."""

    def __init__(
        self,
        router: ModelRouter,
        interpreter: Interpreter,
        check_endpoint: CheckEndpoint,
        on_secret: Callable[[str], object],
    ) -> None:
        self._router = router
        self._interpreter = interpreter
        self._check_endpoint = check_endpoint
        self._on_secret = on_secret

    async def serve(self, requests: AsyncIterator[bytes], answer: Callable[[dict[str, Any]], object]) -> None:
        """Answers requests, several at a time, until they end."""
        async with asyncio.TaskGroup() as tasks:
            running: set[asyncio.Task[None]] = set()
            async for line in requests:
                task = tasks.create_task(self._answer(line, answer))
                running.add(task)
                task.add_done_callback(running.discard)
            for task in running:
                task.cancel()

    async def _answer(self, line: bytes, answer: Callable[[dict[str, Any]], object]) -> None:
        try:
            request = json.loads(line)
            number = request["id"]
        except (ValueError, TypeError, KeyError):
            answer({"id": None, "error": asdict(ErrorInfo(ErrorCode.REQUEST_REFUSED))})
            return
        try:
            answer({"id": number, "result": await self._do(request)})
        except DeskError as error:
            answer({"id": number, "error": asdict(error.info)})
        except (KeyError, TypeError):
            answer({"id": number, "error": asdict(ErrorInfo(ErrorCode.REQUEST_REFUSED))})

    async def _do(self, request: dict[str, Any]) -> object:
        if "use_endpoint" in request:
            self.use_endpoint(request["use_endpoint"])
            return None
        if "check_endpoint" in request:
            wanted = request["check_endpoint"]
            self._on_secret(wanted["key"])
            return asdict(await self._check_endpoint(wanted["base_url"], wanted["key"], wanted.get("model", "")))
        if "sandbox_status" in request:
            return asdict(await self._interpreter.status())
        raise DeskError(ErrorCode.REQUEST_REFUSED)

    def use_endpoint(self, endpoint: dict[str, str] | None) -> None:
        """Connects the endpoint that came over the pipe; None disconnects."""
        if endpoint is None:
            self._router.use_endpoint(None)
            return
        self._on_secret(endpoint["key"])
        self._router.use_endpoint(Endpoint(endpoint["base_url"], endpoint["key"], endpoint.get("model", "")))


async def read_lines(descriptor: int) -> AsyncIterator[bytes]:
    """Yields the lines of a pipe until it ends or sends a line of more than a mebibyte.

    Reads in a thread of its own, because not every platform can wait for a pipe in the loop; and past Python's
    buffers, whose locks a thread that waits for ever would hold while the interpreter ends.
    """
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[bytes | None] = asyncio.Queue()

    def put(line: bytes | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(queue.put_nowait, line)

    threading.Thread(target=_read, args=(descriptor, put), name="control", daemon=True).start()
    while (line := await queue.get()) is not None:
        yield line


def _read(descriptor: int, put: Callable[[bytes | None], None]) -> None:
    pending = bytearray()
    try:
        while len(pending) < _LINE_LIMIT and (chunk := os.read(descriptor, 65536)):
            pending += chunk
            *lines, rest = pending.split(b"\n")
            pending = bytearray(rest)
            for line in lines:
                put(bytes(line))
    except OSError:
        return  # the finally says what there is to say: the pipe is gone
    finally:
        put(None)
