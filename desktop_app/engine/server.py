"""The engine put together, and served on a port."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from desktop_app.engine.http.app import make_app
from desktop_app.engine.http.context import Context
from desktop_app.engine.port import Interpreter
from desktop_app.engine.runs.router import ModelRouter
from desktop_app.engine.runs.runner import Runner
from desktop_app.engine.storage.blob import BlobStore
from desktop_app.engine.storage.database import Database


class StartError(Exception):
    """The engine cannot start. The message is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen, and the key of those who may come in. Port 0 takes a free one."""

    host: str
    port: int
    api_key: str = field(repr=False)


@asynccontextmanager
async def serve(folder: Path, address: Address, router: ModelRouter, interpreter: Interpreter) -> AsyncIterator[str]:
    """Runs the engine that keeps everything in `folder`, and yields its base URL once it answers.

    Leaving stops it at once. Unfinished runs stay as they are; the next start takes them up again.

    Raises:
        StartError: The address cannot be listened on.
        DeskError: STORAGE_FAILED: the folder cannot be written, or another engine has it.
    """
    listener = _listen(address)
    try:
        database = await Database.open(folder / "engine.sqlite3")
    except BaseException:
        listener.close()
        raise
    blobs = BlobStore(folder / "blobs")
    runner = Runner(database, blobs, interpreter, router)
    app = make_app(Context(database, blobs, interpreter, router, runner), host=address.host, api_key=address.api_key)
    warm_up = asyncio.create_task(interpreter.status())
    try:
        await asyncio.to_thread(blobs.prepare, await database.run(lambda records: records.blobs()))
        await runner.resume()
        async with _answering(app, listener):
            try:
                yield _base_url(listener)
            finally:
                await runner.aclose()  # first: this ends the streams, for whose ends the server would wait
    finally:
        listener.close()
        warm_up.cancel()
        await asyncio.wait((warm_up,))
        await runner.aclose()
        await interpreter.aclose()
        await database.aclose()


@asynccontextmanager
async def _answering(app: ASGIApp, listener: socket.socket) -> AsyncIterator[None]:
    server = _Server(app)
    serving = asyncio.create_task(server.serve([listener]))
    ready = asyncio.create_task(server.ready.wait())
    try:
        await asyncio.wait((serving, ready), return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            await serving
        yield
    finally:
        ready.cancel()
        server.should_exit = True
        await serving


class _Server(uvicorn.Server):
    """Uvicorn that says when it is ready and leaves signals alone."""

    def __init__(self, app: ASGIApp) -> None:
        # Nothing of a request is logged anywhere: it holds the key, and what people ask.
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", server_header=False, timeout_graceful_shutdown=1
        )
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to answer."""
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Does nothing: whoever runs the engine decides what a signal means."""
        yield


def _listen(address: Address) -> socket.socket:
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise StartError(f"{address.host} is no address of this computer: {error}") from error
    listener = socket.socket(family, kind, protocol)
    try:
        # On Windows this option would let somebody else listen on the same port.
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
    except OSError as error:
        listener.close()
        raise StartError(f"Cannot listen on {address.host}, port {address.port}: {error.strerror or error}.") from error
    return listener


def _base_url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/v1" if ":" in host else f"http://{host}:{port}/v1"
