"""Following a run that is already there, by asking again and again: these services' streams cannot be resumed."""

import asyncio
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from desktop_app.backends.assistants.decode import items, run_state
from desktop_app.backends.wire.shape import address
from desktop_app.backends.wire.snapshot import snapshot
from desktop_app.domain.event import RunEvent, RunStateChanged

if TYPE_CHECKING:
    from desktop_app.backends.wire.client import Client

_FIRST_SECONDS = 0.2
_LAST_SECONDS = 1.0
_GROWTH = 1.4


async def follow(client: "Client", thread_id: str, run_id: str) -> AsyncGenerator[RunEvent, None]:
    """Snapshots of what is new, until the run is final."""
    seen: dict[str, RunEvent] = {}
    seconds = _FIRST_SECONDS
    while True:
        state, snapshots = await _poll(client, thread_id, run_id)
        # A final state comes last: it closes what is open.
        events = snapshots | {"": state}
        news = [event for key, event in events.items() if seen.get(key) != event]
        for event in news:
            yield event
        if state.state.is_final:
            return
        seen = events
        seconds = _FIRST_SECONDS if news else min(seconds * _GROWTH, _LAST_SECONDS)
        await asyncio.sleep(seconds)


async def _poll(client: "Client", thread_id: str, run_id: str) -> tuple[RunStateChanged, dict[str, RunEvent]]:
    """The run's state, then what it has made: so nothing of a final run is missing."""
    run = address("threads", thread_id, "runs", run_id)
    state = run_state(await client.get(run))
    steps = await client.pages(f"{run}/steps", {})
    messages = await client.pages(address("threads", thread_id, "messages"), {"run_id": run_id})
    made = items(steps, (message for message in messages if message.get("run_id") == run_id))
    return state, {item.key: snapshot(run_id, item) for item in made}
