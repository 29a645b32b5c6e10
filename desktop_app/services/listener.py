"""One run, from asking the service for it to its end."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Iterable
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from desktop_app.domain.entity import Run, RunState, StoredFile
from desktop_app.domain.error import DeskError, ErrorCode, ErrorInfo
from desktop_app.domain.event import AnswerSnapshot, CodeSnapshot, ImageMade, ItemsReset, RunEvent, RunStateChanged
from desktop_app.domain.item_file import files_of
from desktop_app.domain.port import Backend, LocalFile, RunRequest
from desktop_app.domain.reduce import ChangeKind, apply
from desktop_app.services.activity import ActivityKind, ActivityLight, kind_after
from desktop_app.services.identity import now
from desktop_app.services.patience import Patience
from desktop_app.services.stopwatch import Stopwatch
from desktop_app.services.task import unless
from desktop_app.services.turn_port import TurnPorts

SAVE_SECONDS = 0.25
"""How much of a streamed text a crash may cost locally; the service has it, and the next start fetches it."""

STOP_SECONDS = 15.0
"""How long a service may take to stop a run before the window stops listening to it."""

RECONNECT_DELAYS = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each try to find a run again; an event with something new starts anew."""

_LOST_CONNECTION = frozenset(
    {
        ErrorCode.STREAM_DROPPED,
        ErrorCode.CONNECTION_FAILED,
        ErrorCode.TIMED_OUT,
        ErrorCode.ENGINE_UNAVAILABLE,
        ErrorCode.SERVER_FAILED,
        ErrorCode.RATE_LIMITED,
        ErrorCode.RESPONSE_INVALID,
    },
)
"""Errors of the backend after which the run may well be going on."""

_UNHEARD = _LOST_CONNECTION | {ErrorCode.INTERRUPTED}
"""Errors that only say that nothing more was heard of the run: of one that was stopped, nobody expects more."""


class RunListener:
    """Listens to a run until it is final, by another way when one breaks. Never asks a service twice for it.

    The run is in the archive before it is asked for, and its id on the service before its first event is shown.
    """

    def __init__(
        self, ports: TurnPorts, run: Run, light: ActivityLight, stop: asyncio.Event, patience: Patience
    ) -> None:
        """`run` is in the transcript. Once `stop` is set it is cancelled as soon as its id is known."""
        self._ports = ports
        self._thread_id = run.thread_id
        self._run_id = run.id
        self._light = light
        self._stop = stop
        self._asked = False
        self._stopwatch = Stopwatch()
        self._patience = patience
        self._lost: DeskError | None = None
        self._deadline: asyncio.Timeout | None = None
        self._saved_at = 0.0

    async def ask(self) -> None:
        """Asks for the run and listens."""
        await self._listen()

    async def find(self) -> None:
        """Listens to a run that may have been asked for before; one that the service does not know has failed."""
        self._asked = True
        await self._listen()

    def hurry(self) -> None:
        """Gives the service only so long to stop; a second call changes nothing."""
        if self._deadline is not None and self._deadline.when() is None:
            self._deadline.reschedule(asyncio.get_running_loop().time() + STOP_SECONDS)

    async def cancel(self) -> None:
        """Asks the service to stop the run, if its id is known."""
        run = self._run
        if run.remote_id and not run.state.is_final:
            await self._take(RunStateChanged(run.remote_id, RunState.CANCELLING))
            backend = await self._backend()
            await backend.cancel_run(self._remote_thread, run.remote_id)

    async def end(self, state: RunState, error: ErrorInfo | None = None) -> None:
        """Ends the run here, whatever the service does with it; a run that is final stays as it is."""
        change = apply(self._run, RunStateChanged(self._run.remote_id, state, error, at=now()))
        if change.kind is not ChangeKind.NOTHING:
            self._ports.transcripts.put(change.run)
        await self._save()

    async def _listen(self) -> None:
        try:
            async with asyncio.timeout(None) as self._deadline:
                if self._stop.is_set():
                    self.hurry()
                await self._follow()
        except TimeoutError:
            await self.end(RunState.CANCELLED)
        except DeskError as error:
            if error.code is ErrorCode.CANCELLED or (self._stop.is_set() and error.code in _UNHEARD):
                await self.end(RunState.CANCELLED)
            else:
                # Why the connection was lost says more than that the run is not there.
                reason = self._lost if self._lost and error.code is ErrorCode.INTERRUPTED else error
                await self.end(RunState.FAILED, reason.info)
        finally:
            self._deadline = None

    async def _follow(self) -> None:
        tries = 0
        while True:
            try:
                async with aclosing(self._found() if self._asked else self._started()) as events:
                    async for event in events:
                        if await self._take(event):
                            tries = 0
                if self._run.state.is_final:
                    return
                self._lost = DeskError(ErrorCode.STREAM_DROPPED)
            except DeskError as error:
                if error.code not in _LOST_CONNECTION:
                    raise
                self._lost = error
            if self._patience.allows(self._lost.info):
                await self._pause(self._patience.wait(self._lost.info))
                continue
            if tries == len(RECONNECT_DELAYS) or self._lost.code is ErrorCode.RATE_LIMITED:
                raise self._lost
            self._light.set(ActivityKind.RECONNECTING)
            await self._pause(asyncio.sleep(RECONNECT_DELAYS[tries]))
            tries += 1

    async def _pause(self, pause: Coroutine[Any, Any, None]) -> None:
        """Waits. Once it is stopped, a run that was asked for is to be stopped at once, and another not asked for.

        Raises:
            DeskError: CANCELLED, for a run that was not asked for.
        """
        if self._asked and self._stop.is_set():
            await pause
            return
        try:
            await unless(self._stop, pause)
        except DeskError:
            if not self._asked:
                raise

    async def _started(self) -> AsyncGenerator[RunEvent, None]:
        run = self._run
        self._light.set(ActivityKind.WAITING_FOR_MODEL)
        backend, request = await unless(self._stop, self._prepare(run))
        if self._stop.is_set():
            raise DeskError(ErrorCode.CANCELLED)
        self._asked = True
        try:
            async with aclosing(backend.start_run(request)) as events:
                async for event in events:
                    yield event
        except DeskError as error:
            # Refused, no run was started; but one that is there may meet a limit as well.
            self._asked = error.code is not ErrorCode.RATE_LIMITED or bool(self._run.remote_id)
            raise

    async def _found(self) -> AsyncGenerator[RunEvent, None]:
        run = self._run
        backend = await self._backend()
        run_id = run.remote_id or await backend.find_run(self._remote_thread, run.id)
        if not run_id:
            raise DeskError(ErrorCode.INTERRUPTED)
        if self._stop.is_set():
            await backend.cancel_run(self._remote_thread, run_id)
        async with aclosing(backend.follow_run(self._remote_thread, run_id)) as events:
            async for event in events:
                yield event

    async def _prepare(self, run: Run) -> tuple[Backend, RunRequest]:
        """The backend, and what to ask it for; the thread's assistant there is made like the one here."""
        ports = self._ports
        await ports.ready(run)
        backend = await self._backend()
        assistant = ports.assistants.of(ports.thread(self._thread_id))
        async with ports.locks[run.connection_id]:
            known = await ports.archive.remote_assistant_id(run.connection_id, assistant.id)
            remote_id = await backend.put_assistant(assistant, run.model, known)
            if remote_id != known:
                await ports.archive.save_remote_assistant_id(run.connection_id, assistant.id, remote_id)
        files = tuple(LocalFile(file, ports.archive.blob_path(file.sha256)) for file in self._files())
        return backend, RunRequest(self._remote_thread, remote_id, assistant, run.model, run.id, files)

    def _files(self) -> Iterable[StoredFile]:
        """Every file of the thread whose bytes are here, oldest first."""
        found: dict[str, StoredFile] = {}
        for item in self._ports.transcripts.items(self._thread_id):
            files = (file for part in item.items for file in files_of(part)) if isinstance(item, Run) else item.files
            found |= {file.id: file for file in files if file.sha256}
        return found.values()

    async def _backend(self) -> Backend:
        return await self._ports.backends.of(self._run.connection_id)

    async def _take(self, event: RunEvent) -> bool:
        """Shows and stores what an event says; returns whether that is anything new."""
        transcripts = self._ports.transcripts
        is_first = not self._run.remote_id
        if is_first:
            await self._ports.archive.save_run(replace(self._run, remote_id=event.run_id))
        # Nothing may be awaited between reading the run and putting its next value: a download may put a file in place.
        change = apply(self._run, self._stopwatch.timed(event, self._run))
        if change.kind is not ChangeKind.NOTHING:
            transcripts.put(change.run, change.key)
        if isinstance(event, CodeSnapshot | AnswerSnapshot | ImageMade | ItemsReset):
            self._ports.downloads.fetch_missing(change.run, change.key)
        self._light.set(kind_after(event))
        if isinstance(event, RunStateChanged) or now() - self._saved_at > SAVE_SECONDS:
            await self._save()
        if is_first and self._stop.is_set():
            await self.cancel()
        return change.kind is not ChangeKind.NOTHING

    async def _save(self) -> None:
        self._saved_at = now()
        await self._ports.archive.save_run(self._run)

    @property
    def _run(self) -> Run:
        """The run as it is now; the transcript of a busy thread is never forgotten."""
        run = self._ports.transcripts.run(self._thread_id, self._run_id)
        if run is None:
            raise LookupError(self._run_id)
        return run

    @property
    def _remote_thread(self) -> str:
        """The service's thread.

        Raises:
            DeskError: INTERRUPTED, if the thread here has left the service since: nobody can find the run there.
        """
        thread = self._ports.thread(self._thread_id)
        if not thread.remote_id or thread.connection_id != self._run.connection_id:
            raise DeskError(ErrorCode.INTERRUPTED)
        return thread.remote_id
