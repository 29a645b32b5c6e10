"""Conversations: what was said, and the marks that make requests safe to repeat.

The 16 pairs of a conversation's metadata are all that a service keeps for us. They say which question was added last
and after which item, which run was asked for last and after which item, and which container the code runs in.
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from desktop_app.backends.responses.decode import OUTPUTS
from desktop_app.backends.wire.doubt import may_have_arrived
from desktop_app.backends.wire.shape import Json, address, objects, optional_object, text
from desktop_app.domain.error import DeskError, ErrorCode

if TYPE_CHECKING:
    from desktop_app.backends.wire.client import Client

T = TypeVar("T")

CLIENT_ID = "client_id"
CONTAINER = "container"
RUN = "run"
RUN_AFTER = "run_after"
_QUESTION = "question"
_QUESTION_AFTER = "question_after"

_OURS = (CLIENT_ID, CONTAINER, RUN, RUN_AFTER, _QUESTION, _QUESTION_AFTER)
_MOST_PAIRS = 16

_MOST_ITEMS = 20
"""More than so many items are not taken at once."""

_UNLOCK_SECONDS = 10.0
"""How long a conversation may stay locked after its run was stopped."""

_RETRY_SECONDS = 0.4


class Conversations:
    """The conversations of a service. Nobody but this writes their metadata."""

    def __init__(self, client: "Client") -> None:
        self._client = client
        self._marks: dict[str, dict[str, str]] = {}
        self._stopped_at: dict[str, float] = {}
        self._last: dict[str, str] = {}  # the newest item of each, where it is known

    async def create(self, client_id: str, items: Iterable[Json]) -> str:
        """Creates a conversation that begins with these items, all or none."""
        items, marks = list(items), {CLIENT_ID: client_id}
        body: Json = {"metadata": marks} | ({"items": items[:_MOST_ITEMS]} if items else {})
        conversation_id = text(await self._client.post("/conversations", body), "id")
        try:
            for start in range(_MOST_ITEMS, len(items), _MOST_ITEMS):
                await self._client.post(_items(conversation_id), {"items": items[start : start + _MOST_ITEMS]})
        except BaseException:  # stopped in the middle, too: nobody has its id yet
            with suppress(DeskError):
                await self.delete(conversation_id)
            raise
        self._marks[conversation_id] = marks
        if not items:
            self._last[conversation_id] = ""
        return conversation_id

    async def delete(self, conversation_id: str) -> None:
        """Deletes a conversation. One that is gone already is no error."""
        self.forget(conversation_id)
        await self._client.delete(address("conversations", conversation_id))

    def forget(self, conversation_id: str) -> None:
        """Reads anew what the service has when it is next needed."""
        self._marks.pop(conversation_id, None)
        self._last.pop(conversation_id, None)

    async def read(self, conversation_id: str) -> Json:
        """The conversation as the service has it, without its items."""
        return await self._client.get(address("conversations", conversation_id))

    async def items(self, conversation_id: str, after: str = "") -> list[Json]:
        """The items after one, or all, in their order, all pages."""
        query: Json = {"include": [OUTPUTS]} | ({"after": after} if after else {})
        return await self._client.pages(_items(conversation_id), query)

    async def marks(self, conversation_id: str) -> dict[str, str]:
        """What the metadata says."""
        if conversation_id not in self._marks:
            metadata = optional_object(await self.read(conversation_id), "metadata")
            self._marks[conversation_id] = {name: str(value) for name, value in metadata.items()}
        return dict(self._marks[conversation_id])

    async def mark(self, conversation_id: str, marks: dict[str, str]) -> None:
        """Writes into the metadata, unless it says so already."""
        known = await self.marks(conversation_id)
        if known | marks == known:
            return
        # One that was made elsewhere may be full of what others have written: ours come first.
        pairs = {name: value for name, value in (known | marks).items() if name in _OURS}
        others = [pair for pair in known.items() if pair[0] not in _OURS]
        pairs |= dict(others[: _MOST_PAIRS - len(pairs)])
        await self._client.post(address("conversations", conversation_id), {"metadata": pairs}, once=False)
        self._marks[conversation_id] = pairs

    async def last_item(self, conversation_id: str) -> str:
        """The id of the newest item, or empty."""
        if conversation_id not in self._last:
            newest = objects(await self._client.get(_items(conversation_id), {"limit": 1, "order": "desc"}), "data")
            return text(newest[0], "id") if newest else ""
        return self._last[conversation_id]

    def grow(self, conversation_id: str) -> None:
        """Says that a run adds items from now on."""
        self._last.pop(conversation_id, None)

    def stop(self, conversation_id: str) -> None:
        """Says that a run was just stopped."""
        self._stopped_at[conversation_id] = time.monotonic()

    async def unlocked(self, conversation_id: str, work: Callable[[], Awaitable[T]]) -> T:
        """Does what a run that was just stopped may still be in the way of for a moment."""
        until = self._stopped_at.get(conversation_id, -math.inf) + _UNLOCK_SECONDS
        while True:
            try:
                return await work()
            except DeskError as error:
                if error.code is not ErrorCode.THREAD_BUSY or time.monotonic() > until:
                    raise
            await asyncio.sleep(_RETRY_SECONDS)

    async def add_message(self, conversation_id: str, message: Json, client_id: str) -> str:
        """Adds a message of the person once, and returns its id.

        Raises:
            DeskError: THREAD_BUSY or NOT_FOUND, among others.
        """
        try:
            return await self._add_message(conversation_id, message, client_id)
        except BaseException:  # stopped in the middle, too: it may have arrived
            self.forget(conversation_id)
            raise

    async def _add_message(self, conversation_id: str, message: Json, client_id: str) -> str:
        marks = await self.marks(conversation_id)
        after = marks.get(_QUESTION_AFTER, "")
        if marks.get(_QUESTION) == client_id:
            known = await self._question_after(conversation_id, after)
            if known:
                return known
        else:
            after = await self.last_item(conversation_id)
            await self.mark(conversation_id, {_QUESTION: client_id, _QUESTION_AFTER: after})
        try:
            answer = await self.unlocked(
                conversation_id, lambda: self._client.post(_items(conversation_id), {"items": [message]})
            )
            added = objects(answer, "data")
            known = text(added[0] if added else {}, "id")
        except DeskError as error:
            if not may_have_arrived(error):
                raise
            known = await self._question_after(conversation_id, after)
            if not known:
                raise
        self._last[conversation_id] = known
        return known

    async def _question_after(self, conversation_id: str, after: str) -> str:
        """The id of the first message of the person after an item, or empty."""
        items = await self.items(conversation_id, after)
        return next((text(item, "id") for item in items if item.get("role") == "user"), "")


def _items(conversation_id: str) -> str:
    return address("conversations", conversation_id, "items")
