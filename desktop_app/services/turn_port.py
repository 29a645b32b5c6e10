"""What a turn works with."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from desktop_app.domain.entity import Assistant, Run, Thread
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import Archive
from desktop_app.services.assistant import Assistants
from desktop_app.services.backend_source import Backends
from desktop_app.services.download import Downloads
from desktop_app.services.thread import Threads
from desktop_app.services.transcript import Transcripts


@dataclass(frozen=True, slots=True)
class TurnPorts:
    """The same for every turn.

    Attributes:
        model_of: The model by which an assistant answers on a connection.
        ready: Waits until the model of a run can be asked.
        locks: For each connection, held while an assistant is made there: two threads at once would make two.
    """

    archive: Archive
    backends: Backends
    assistants: Assistants
    threads: Threads
    transcripts: Transcripts
    downloads: Downloads
    model_of: Callable[[Assistant, str], str]
    ready: Callable[[Run], Awaitable[None]]
    locks: Mapping[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    def thread(self, thread_id: str) -> Thread:
        """The thread as it is now, even if it has been deleted: what goes on in it still has to be stopped."""
        thread = self.threads.find(thread_id)
        if thread is None:
            raise DeskError(ErrorCode.NOT_FOUND, thread_id)
        return thread
