"""Runs that were asked for and whose name was never heard: the connection broke before the first event.

Nobody lists responses. What such a run has made is in its conversation, after the item that was the last one when it
was asked for; that item stands in its id.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING

from desktop_app.backends.responses.conversation import RUN, RUN_AFTER, Conversations
from desktop_app.backends.responses.decode import items
from desktop_app.backends.responses.loose_link import LooseLinks
from desktop_app.backends.responses.source import Source
from desktop_app.backends.wire.snapshot import snapshot
from desktop_app.domain.entity import Answer, RunState
from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.domain.event import RunEvent, RunStateChanged

if TYPE_CHECKING:
    from desktop_app.backends.wire.shape import Json

_PREFIX = "after:"
_SECONDS = 0.5
_GROWTH = 1.2
_BRIEF_SECONDS = 2.0
_PATIENT_SECONDS = 15.0
"""How long a run may take whose name was not heard; what it has made is there only when it is over."""


def silent_id(item_id: str) -> str:
    """The id of the run that came after an item."""
    return _PREFIX + item_id


def is_silent(run_id: str) -> bool:
    """Whether it is the id of such a run."""
    return run_id.startswith(_PREFIX)


class SilentRuns:
    """Finds in conversations what runs have made there."""

    def __init__(self, conversations: Conversations, links: LooseLinks, source: Callable[[str], Source]) -> None:
        self._conversations = conversations
        self._links = links
        self._doubted: set[str] = set()
        self._source = source

    def doubt(self, client_id: str) -> None:
        """Says that a run with this mark may or may not have begun just now."""
        self._doubted.add(client_id)

    async def find(self, conversation_id: str, client_id: str) -> str:
        """The id of the run that was asked for last with this mark, or empty if it has made nothing."""
        self._conversations.forget(conversation_id)
        marks = await self._conversations.marks(conversation_id)
        if marks.get(RUN) != client_id:
            return ""
        after, seconds = marks.get(RUN_AFTER, ""), _SECONDS
        until = time.monotonic() + (_PATIENT_SECONDS if client_id in self._doubted else _BRIEF_SECONDS)
        while not await self._output(conversation_id, after):
            if time.monotonic() > until:
                return ""
            await asyncio.sleep(seconds)
            seconds *= _GROWTH
        return silent_id(after)

    async def follow(self, conversation_id: str, run_id: str) -> AsyncGenerator[RunEvent, None]:
        """All of a run: there is no more of it than this."""
        output = await self._output(conversation_id, run_id.removeprefix(_PREFIX))
        await self._links.cite(output)
        made = tuple(items(output, self._source(conversation_id)))
        is_whole = bool(made) and isinstance(made[-1], Answer)
        state = RunState.COMPLETED if is_whole else RunState.INCOMPLETE
        error = None if is_whole else ErrorInfo(ErrorCode.RUN_INCOMPLETE, {"reason": ""})
        for item in made:
            yield snapshot(run_id, item)
        yield RunStateChanged(run_id, state, error)

    async def _output(self, conversation_id: str, after: str) -> list["Json"]:
        """What came after an item, up to the next question."""
        output = []
        for item in await self._conversations.items(conversation_id, after):
            if item.get("role") == "user":
                break
            output.append(item)
        return output
