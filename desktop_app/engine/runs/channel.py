"""Announcing what has been written, to whoever listens at the moment."""

import asyncio
from dataclasses import dataclass, field

from desktop_app.engine.storage.record import Json, encode

_BACKLOG = 10_000


@dataclass(frozen=True, slots=True)
class Event:
    """An event of the API's stream; `data` is JSON."""

    name: str
    data: str


DONE = Event("done", "[DONE]")


@dataclass(eq=False, slots=True)
class Subscription:
    """The events of one run from the moment it was made on, for one reader."""

    _queue: asyncio.Queue[Event | None] = field(default_factory=asyncio.Queue)

    def push(self, event: Event | None) -> bool:
        """Adds an event (None ends the stream) and says whether the reader still keeps up."""
        self._queue.put_nowait(event)
        return self._queue.qsize() < _BACKLOG

    async def next(self) -> Event | None:
        """Waits for the next event; None at the end."""
        return await self._queue.get()


class Channel:
    """The subscriptions of every run. Publishing never waits: a reader who falls far behind is cut off and can poll."""

    def __init__(self) -> None:
        self._subscriptions: dict[str, list[Subscription]] = {}

    def subscribe(self, run_id: str) -> Subscription:
        """A new reader of the run's events."""
        subscription = Subscription()
        self._subscriptions.setdefault(run_id, []).append(subscription)
        return subscription

    def publish(self, run_id: str, name: str, body: Json) -> None:
        """Announces an event to the run's readers."""
        if self._subscriptions.get(run_id):
            self._push(run_id, Event(name, encode(body)))

    def _push(self, run_id: str, event: Event) -> None:
        subscriptions = self._subscriptions.get(run_id, [])
        for subscription in tuple(subscriptions):
            if not subscription.push(event):
                subscription.push(None)
                subscriptions.remove(subscription)

    def unsubscribe(self, run_id: str, subscription: Subscription) -> None:
        """Forgets a reader; one that is gone already is no error."""
        subscriptions = self._subscriptions.get(run_id, [])
        if subscription in subscriptions:
            subscriptions.remove(subscription)
        if not subscriptions:
            self._subscriptions.pop(run_id, None)

    def close(self, run_id: str, *, done: bool) -> None:
        """Ends the streams of the run: with `done` if it is over, without if it only cannot be followed any more."""
        if done:
            self._push(run_id, DONE)
        for subscription in self._subscriptions.pop(run_id, []):
            subscription.push(None)
