"""An ASGI application on a port of this computer, in the loop of a test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

TRANSPORT = "desk.transport"
"""Where the scope of a request keeps its connection: a service that breaks off in the middle needs it."""


@asynccontextmanager
async def answering(app: ASGIApp) -> AsyncIterator[str]:
    """Serves, and yields the origin: `http://127.0.0.1:40123`.

    Uvicorn's protocol without its server, which looks only ten times a second whether it shall stop.
    """

    async def entrance(scope: Scope, receive: Receive, send: Send) -> None:
        scope[TRANSPORT] = send.__self__.transport  # type: ignore[attr-defined]  # uvicorn's: nobody else can break it
        await app(scope, receive, send)

    config = uvicorn.Config(entrance, log_config=None, access_log=False, lifespan="off", proxy_headers=False)
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(lambda: H11Protocol(config, state, {}), "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for connection in tuple(state.connections):
            connection.transport.abort()
        if state.tasks:
            await asyncio.wait(state.tasks)
