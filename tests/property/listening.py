"""Listening to a run as the window does: the real listener, on ports that keep everything in memory."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from desktop_app.domain.entity import Answer, CodeStep, Reasoning, Run, RunItem, TextPart, Thread
from desktop_app.domain.port import Backend
from desktop_app.services.activity import Activity, ActivityLight
from desktop_app.services.listener import RunListener
from desktop_app.services.patience import Patience
from desktop_app.services.transcript import TranscriptChange, Transcripts
from desktop_app.services.turn_port import TurnPorts
from tests.contract.chat import ASSISTANT, MODEL, NEW, anonymous

_THREAD = "thread"


class Desk:
    """What a listener works with, for one run. Give a new backend to make the next reconnection a restart.

    Attributes:
        shown: Every value of the run that a window would have shown.
    """

    def __init__(self, backend: Backend, remote_thread: str, run_id: str) -> None:
        self.backend = backend
        self.run = replace(NEW, id=run_id, thread_id=_THREAD, model=MODEL)
        self._thread = Thread(_THREAD, "", ASSISTANT.id, 1.0, 1.0, remote_id=remote_thread)
        self._transcripts = Transcripts(cast("Any", self))
        self._transcripts.put(self.run)
        self.shown: list[Run] = []
        self._transcripts.changed.connect(self._show)

    async def listen(self, stop: asyncio.Event | None = None) -> Run:
        """The run, once the listener thinks that it is over; it is to be stopped as soon as `stop` is set."""
        part = cast("Any", self)
        ports = TurnPorts(part, part, part, part, self._transcripts, part, lambda *_: MODEL, _at_once)
        light = ActivityLight(_ignore)
        await RunListener(ports, self.run, light, stop or asyncio.Event(), Patience(light)).ask()
        run = self._transcripts.run(_THREAD, self.run.id)
        assert run is not None
        return run

    def _show(self, change: TranscriptChange) -> None:
        if isinstance(change.item, Run):
            self.shown.append(change.item)

    # --- as the archive ---------------------------------------------------------------------------------------

    async def save_run(self, run: Run) -> None:
        self.run = run

    async def remote_assistant_id(self, _connection_id: str, _assistant_id: str) -> str:
        return ""

    async def save_remote_assistant_id(self, _connection_id: str, _assistant_id: str, _remote_id: str) -> None:
        pass

    def blob_path(self, sha256: str) -> Path:
        return Path(sha256)

    # --- as the other services --------------------------------------------------------------------------------

    async def of_connection(self, _connection_id: str) -> Backend:
        return self.backend

    def of(self, asked: Thread | str) -> object:
        """A thread's assistant, or a connection's backend."""
        return ASSISTANT if isinstance(asked, Thread) else self.of_connection(asked)

    def find(self, _thread_id: str) -> Thread:
        return self._thread

    def fetch_missing(self, _run: Run, _key: str = "") -> None:
        pass


def settled(run: Run) -> Run:
    """The run as a person sees it: without ids, times, and what only "Copy details" tells."""
    run = anonymous(run)
    error = run.error and replace(run.error, detail="")
    return replace(run, id="", error=error, limits=None)


def falters(shown: Iterable[Run], run: Run) -> list[str]:
    """What was shown on the way and is not how a text of the run begins: something came twice, or in a wrong order."""
    ends = {item.key: _words(item) for item in run.items}
    seen = {(item.key, _words(item)) for each in shown for item in each.items}
    return [words for key, words in seen if not ends.get(key, words).startswith(words)]


def _words(item: RunItem) -> str:
    match item:
        case CodeStep(code=words) | Reasoning(text=words):
            return words
        case Answer(parts=parts):
            return "".join(part.text for part in parts if isinstance(part, TextPart))
        case _:
            return ""


def told(run: Run) -> list[str]:
    """A run line by line, so that a failure shows what is different."""
    return [f"{run.state} {run.error} {run.usage}", *map(repr, run.items)]


async def _at_once(_run: Run) -> None:
    """For a model that is always ready."""


def _ignore(_activity: Activity) -> None:
    """For activities that nobody looks at."""
