"""Ways to try the client of the services."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from desktop_app.backends.wire.client import Client
from desktop_app.domain.connection import Network
from desktop_app.domain.error import DeskError
from tests.contract.wire import KEY

FAR = "http://service.test/v1"
"""A service that only a proxy finds."""


async def key() -> str:
    return KEY


@asynccontextmanager
async def served(answer: bytes, *, hold: bool = False) -> AsyncIterator[int]:
    """Answers whatever comes with these bytes, and hangs up unless told to hold; gives the port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        writer.write(answer)
        if hold:
            await reader.read()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


async def answer_of(base_url: str, network: Network) -> object:
    client = Client(base_url, key, network)
    try:
        return (await client.get("/thing", once=True))["id"]
    finally:
        await client.aclose()


async def error_of(base_url: str, network: Network) -> DeskError:
    with pytest.raises(DeskError) as caught:
        await answer_of(base_url, network)
    assert KEY not in repr(caught.value.info)
    return caught.value
