"""Every run that is going on: starting, stopping, and taking up again what the last process left."""

import asyncio
import logging
from dataclasses import dataclass, field
from functools import partial

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.port import Interpreter
from desktop_app.engine.runs import ending, shape
from desktop_app.engine.runs.channel import Channel, Subscription
from desktop_app.engine.runs.draft import Draft
from desktop_app.engine.runs.ending import Ending
from desktop_app.engine.runs.recorder import Recorder
from desktop_app.engine.runs.refusal import RefusalError
from desktop_app.engine.runs.router import ModelRouter
from desktop_app.engine.runs.work import Work
from desktop_app.engine.runs.workspace import Workspace
from desktop_app.engine.storage.blob import BlobStore
from desktop_app.engine.storage.database import Database
from desktop_app.engine.storage.record import Json, Records

_log = logging.getLogger(__name__)

MAX_RESUMES = 3
"""A run that was going on each time the engine died is likely what kills it. Only deaths count, not proper stops."""


@dataclass(eq=False, slots=True)
class _Active:
    recorder: Recorder
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class Runner:
    """Drives runs in tasks of its own, whether anybody follows them or not."""

    def __init__(self, database: Database, blobs: BlobStore, interpreter: Interpreter, router: ModelRouter) -> None:
        self._database = database
        self._blobs = blobs
        self._interpreter = interpreter
        self._router = router
        self._channel = Channel()
        self._active: dict[str, _Active] = {}

    def subscribe(self, run_id: str) -> Subscription:
        """The run's events from now on. They end with `done`, or without if it cannot be followed any longer."""
        return self._channel.subscribe(run_id)

    def unsubscribe(self, run_id: str, subscription: Subscription) -> None:
        """Ends a subscription; the run does not care."""
        self._channel.unsubscribe(run_id, subscription)

    def start(self, run: Json) -> None:
        """Takes over a run whose row exists."""
        active = _Active(Recorder(self._database, self._channel, run))
        if run["status"] == "cancelling":
            active.stopping.set()
        self._active[run["id"]] = active
        active.task = asyncio.create_task(self._drive(active), name=run["id"])
        active.task.add_done_callback(lambda task: self._on_done(active, task))

    async def resume(self) -> None:
        """Takes up the runs that the last process left unfinished. Their clock starts anew."""
        for run in await self._database.run(lambda records: records.active_runs()):
            run_id = run["id"]
            resumes = await self._database.run(partial(Records.count_resume, run_id=run_id))
            run["expires_at"] = shape.now() + shape.RUN_SECONDS
            if resumes > MAX_RESUMES:
                draft = await Draft.load(Recorder(self._database, self._channel, run))
                await self._end(draft, ending.INTERRUPTED)
            else:
                self.start(run)

    async def cancel(self, run_id: str) -> Json:
        """Asks a run to stop and returns it as it is then: `cancelling`.

        Raises:
            RefusalError: 400, if it has ended or is being cancelled already.
        """
        active = self._active.get(run_id)
        run = active.recorder.run if active else await self._database.run(lambda records: records.get("run", run_id))
        if active is None or run is None or run["status"] not in ("queued", "in_progress"):
            status = run["status"] if run else "completed"
            raise RefusalError(400, f"Cannot cancel run with status '{status}'.")
        await active.recorder.change("cancelling")
        active.stopping.set()
        return active.recorder.run

    async def set_metadata(self, run_id: str, metadata: dict[str, str]) -> Json | None:
        """Replaces a run's metadata and returns the run, or None if it is not going on."""
        active = self._active.get(run_id)
        if active is None:
            return None
        await active.recorder.set_metadata(metadata)
        return active.recorder.run

    async def drop(self, thread_id: str) -> None:
        """Stops the thread's run at once, without a word: the thread is about to be deleted."""
        tasks = [
            active.task
            for active in self._active.values()
            if active.task is not None and active.recorder.run["thread_id"] == thread_id
        ]
        await _cancel(tasks)

    async def aclose(self) -> None:
        """Stops driving. Runs that have not ended stay unfinished, for the next start."""
        unfinished = {run_id: active.task for run_id, active in self._active.items() if active.task is not None}
        if unfinished:
            await _cancel(list(unfinished.values()))
            await self._database.run(lambda records: records.forgive_resumes(unfinished))

    async def _drive(self, active: _Active) -> None:
        recorder = active.recorder
        draft = await Draft.load(recorder)
        if not active.stopping.is_set():
            await recorder.announce_start()
        work = asyncio.create_task(self._work(draft))
        stop = asyncio.create_task(active.stopping.wait())
        try:
            seconds = max(0.0, recorder.run["expires_at"] - shape.now())
            await asyncio.wait((work, stop), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if active.stopping.is_set():
                end = ending.CANCELLED
            elif work.done():
                end = _ending_of(work)
            else:
                end = ending.EXPIRED
        finally:
            await _cancel([work, stop])
        await self._end(draft, end)

    async def _work(self, draft: Draft) -> Ending:
        thread_id = draft.recorder.run["thread_id"]
        await self._router.wait_for(draft.recorder.run["model"])
        session = await self._interpreter.session(thread_id)
        workspace = Workspace(self._database, self._blobs, session, thread_id)
        return await Work(draft, self._router, self._interpreter, session, workspace).finish()

    async def _end(self, draft: Draft, end: Ending) -> None:
        await draft.stop(end)
        await draft.recorder.change(**end.of_run(draft.recorder.run))

    def _on_done(self, active: _Active, task: asyncio.Task[None]) -> None:
        run_id = active.recorder.run["id"]
        del self._active[run_id]
        active.recorder.close()
        if not task.cancelled() and (error := task.exception()):
            _log.error("Run %s could not be ended properly", run_id, exc_info=error)


def _ending_of(work: asyncio.Task[Ending]) -> Ending:
    match work.exception():
        case None:
            return work.result()
        case DeskError() as error:
            return Ending("failed", error.info)
        case error:
            _log.error("A run failed because of a defect", exc_info=error)
            return ending.failed(ErrorCode.UNEXPECTED, type=type(error).__name__)


async def _cancel(tasks: list[asyncio.Task[None]] | list[asyncio.Task[object]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
