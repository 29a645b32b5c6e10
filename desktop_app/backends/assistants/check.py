"""The test of a connection: the address and the key, then what a question needs."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING

from desktop_app.backends.assistants.stream import StreamDecoder
from desktop_app.backends.wire.shape import Json, address, text
from desktop_app.domain.entity import RunState
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.event import RunStateChanged

if TYPE_CHECKING:
    from desktop_app.backends.wire.client import Client

_FINE = (RunState.COMPLETED, RunState.INCOMPLETE)
"""An answer that is cut short is an answer."""


async def reach(client: "Client") -> None:
    """Lists assistants: that needs the address, the key, and the permission for what comes after."""
    await client.get("/assistants", {"limit": 1}, once=True)


async def ask(client: "Client", model: str, seconds: float) -> None:
    """Lets the model say a word in a thread of its own, and takes everything away again.

    Raises:
        DeskError: why it does not.
    """
    assistant = {"name": "Connection test", "model": model, "instructions": "Answer with one word."}
    try:
        async with (
            asyncio.timeout(seconds),
            _lent(client, "assistants", assistant) as assistant_id,
            _lent(client, "threads", {"messages": [{"role": "user", "content": "Say OK."}]}) as thread_id,
        ):
            await _run(client, thread_id, {"assistant_id": assistant_id, "model": model, "stream": True})
            return
    except TimeoutError:
        pass
    raise DeskError(ErrorCode.TIMED_OUT, "the model did not answer", cause="silence")


@asynccontextmanager
async def _lent(client: "Client", kind: str, body: Json) -> AsyncGenerator[str, None]:
    made = text(await client.post(f"/{kind}", body), "id")
    try:
        yield made
    finally:
        with contextlib.suppress(DeskError):
            await client.delete(address(kind, made))


async def _run(client: "Client", thread_id: str, body: Json) -> None:
    decoder = StreamDecoder()
    async with aclosing(client.stream(address("threads", thread_id, "runs"), body)) as stream:
        async for name, data in stream:
            for event in decoder.decode(name, data):
                if isinstance(event, RunStateChanged) and event.state.is_final:
                    if event.state in _FINE:
                        return
                    error = event.error
                    if error is None:
                        raise DeskError(ErrorCode.RUN_FAILED, f"the run is {event.state}")
                    raise DeskError(error.code, error.detail, **error.data)
    raise DeskError(ErrorCode.STREAM_DROPPED)
