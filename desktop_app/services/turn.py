"""One question's way: into the archive, to the service, and back as a run.

The order is what keeps everything over a crash: the question is in the archive before anything is sent, the run
before it is asked for, and the run's id on the service before its first event is shown.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

from desktop_app.domain.entity import MessageState, Question, Run, RunState, Thread
from desktop_app.domain.error import DeskError, ErrorCode, ErrorInfo
from desktop_app.domain.event import AnswerSnapshot, CodeSnapshot, RunEvent, RunStateChanged
from desktop_app.domain.port import Archive, Backend, EngineProcess
from desktop_app.domain.reduce import Change, ChangeKind, apply
from desktop_app.services.activity import Activity, ActivityKind, kind_after
from desktop_app.services.assistant import Assistants
from desktop_app.services.download import Downloads
from desktop_app.services.identity import new_id, now
from desktop_app.services.task import unless
from desktop_app.services.thread import Threads, title_from
from desktop_app.services.transcript import Transcripts
from desktop_app.services.upload import upload

SAVE_SECONDS = 0.25
"""How much of a streamed text a crash may cost locally; the service has it, and the next start fetches it."""

STOP_SECONDS = 15.0
"""How long a service may take to stop a run before the window stops listening to it."""

RECONNECT_DELAYS = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each try to find a run again; an event that comes through starts anew."""

LOST_CONNECTION = frozenset(
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
"""Errors after which the run may well be going on."""


@dataclass(frozen=True, slots=True)
class TurnPorts:
    """What every turn works with.

    Attributes:
        connection_id: Under which the archive keeps the service's ids of assistants.
        default_model: The connection's model, for assistants that name none.
    """

    archive: Archive
    engine: EngineProcess
    assistants: Assistants
    threads: Threads
    transcripts: Transcripts
    downloads: Downloads
    default_model: Callable[[], str]
    connection_id: str = "engine"


class Turn:
    """What goes on in one thread, until it is over. Never asks a service twice for one run."""

    def __init__(self, ports: TurnPorts, thread_id: str, show: Callable[[Activity], None]) -> None:
        """`show` takes every new activity."""
        self._ports = ports
        self._thread_id = thread_id
        self._show = show
        self._stop = asyncio.Event()
        self._deadline = asyncio.timeout(None)
        self._activity: Activity | None = None
        self._listening = False
        self._saved_at = 0.0
        self._run_id = ""

    async def ask(self, question: Question) -> None:
        """A new question."""
        await self._keep(question)
        thread = self._thread()
        title = thread.title or title_from(question.text) or question.files[0].name
        await self._ports.threads.store(replace(thread, title=title, updated_at=now(), busy=True))
        await self.send(question)

    async def send(self, question: Question) -> None:
        """A question that is in the archive; one that failed before, too."""
        try:
            await self._deliver(question)
        except DeskError as error:
            await self.fail(error.info)
        else:
            await self.run(question.id)

    async def run(self, question_id: str) -> None:
        """Has a question answered that the service has."""
        assistant = self._ports.assistants.get(self._thread().assistant_id) or self._ports.assistants.default
        model = assistant.model or self._ports.default_model()
        run = Run(new_id("run"), self._thread_id, question_id, assistant.name, model, now())
        self._run_id = run.id
        await self._keep_run(run)
        await self._listen(self._start_run)

    async def resume(self, run: Run) -> None:
        """Finds a run again that was going on when the program ended or the connection broke."""
        self._run_id = run.id
        await self._listen(self._find_run)

    def stop(self) -> None:
        """Stops whatever is going on; what was received stays. A second call changes nothing."""
        if self._stop.is_set():
            return
        self._stop.set()
        self._set_activity(ActivityKind.STOPPING)

    async def cancel_run(self) -> None:
        """Asks the service to stop the run, if it has one; call it after `stop`."""
        run = self._run()
        if run is None or run.state.is_final or not run.remote_id:
            return
        if self._listening and self._deadline.when() is None:
            self._deadline.reschedule(asyncio.get_running_loop().time() + STOP_SECONDS)
        await self._take(RunStateChanged(run.remote_id, RunState.CANCELLING))
        backend = await self._ports.engine.backend()
        await backend.cancel_run(self._thread().remote_id, run.remote_id)

    async def fail(self, error: ErrorInfo) -> None:
        """Ends the turn with an error, on the run if there is one and on the question otherwise."""
        last = self._ports.transcripts.last(self._thread_id)
        if self._run() is not None:
            self._end(RunState.FAILED, error)
            await self._save()
        elif isinstance(last, Question):
            await self._keep(replace(last, state=MessageState.FAILED, error=error))

    # --- the way there ------------------------------------------------------------------------------------

    async def _deliver(self, question: Question) -> None:
        self._set_activity(ActivityKind.STARTING_ENGINE)
        backend = await unless(self._stop, self._ports.engine.backend())
        await self._keep(replace(question, state=MessageState.SENDING, error=None))
        files = []
        for index, file in enumerate(question.files):
            self._set_activity(ActivityKind.UPLOADING, index + 1, len(question.files))
            files.append(await unless(self._stop, upload(backend, self._ports.archive, file, lambda _done, _all: None)))
        question = replace(question, files=tuple(files), state=MessageState.SENDING, error=None)
        await self._keep(question)
        self._set_activity(ActivityKind.WAITING_FOR_MODEL)
        remote_thread = await self._remote_thread(backend)
        file_ids = [file.remote_id for file in files]
        remote_id = await unless(
            self._stop,
            backend.add_message(remote_thread, question.text, file_ids, question.id),
        )
        await self._keep(replace(question, state=MessageState.SENT, remote_id=remote_id))

    async def _remote_thread(self, backend: Backend) -> str:
        thread = self._thread()
        if not thread.remote_id:
            remote_id = await backend.create_thread(thread.id)
            thread = replace(self._thread(), remote_id=remote_id)
            await self._ports.threads.store(thread)
        return thread.remote_id

    async def _start_run(self) -> AsyncIterator[RunEvent]:
        ports = self._ports
        run = self._run()
        if run is None:
            return
        backend = await ports.engine.backend()
        assistant = ports.assistants.get(self._thread().assistant_id) or ports.assistants.default
        known = await ports.archive.remote_assistant_id(ports.connection_id, assistant.id)
        assistant_id = await backend.put_assistant(assistant, run.model, known)
        await ports.archive.save_remote_assistant_id(ports.connection_id, assistant.id, assistant_id)
        async for event in backend.start_run(self._thread().remote_id, assistant_id, run.model, run.id):
            yield event

    async def _find_run(self) -> AsyncIterator[RunEvent]:
        """The run as the service has it now; one it has never heard of was never started."""
        run = self._run()
        if run is None:
            return
        backend = await self._ports.engine.backend()
        thread_id = self._thread().remote_id
        run_id = run.remote_id or await backend.find_run(thread_id, run.id)
        if not run_id:
            raise DeskError(ErrorCode.INTERRUPTED)
        if self._stop.is_set():
            await backend.cancel_run(thread_id, run_id)
        async for event in backend.follow_run(thread_id, run_id):
            yield event

    # --- the way back -------------------------------------------------------------------------------------

    async def _listen(self, first: Callable[[], AsyncIterator[RunEvent]]) -> None:
        """Takes the run's events until it is final, by another way when the first one breaks."""
        try:
            async with self._deadline:
                self._listening = True
                await self._follow_through(first)
        except TimeoutError:
            self._end(RunState.CANCELLED, None)
        except DeskError as error:
            await self.fail(error.info)
        await self._save()

    async def _follow_through(self, first: Callable[[], AsyncIterator[RunEvent]]) -> None:
        events, tries = first, 0
        while True:
            try:
                async for event in events():
                    tries = 0
                    await self._take(event)
                if self._is_final():
                    return
                lost = DeskError(ErrorCode.STREAM_DROPPED)
            except DeskError as error:
                if error.code not in LOST_CONNECTION:
                    raise
                lost = error
            if tries == len(RECONNECT_DELAYS):
                raise lost
            self._set_activity(ActivityKind.RECONNECTING)
            await asyncio.sleep(RECONNECT_DELAYS[tries])
            events, tries = self._find_run, tries + 1

    async def _take(self, event: RunEvent) -> None:
        run = self._run()
        if run is None:
            return
        is_first = not run.remote_id
        if is_first:
            run = replace(run, remote_id=event.run_id)
            await self._ports.archive.save_run(run)
            self._ports.transcripts.put(run)
        self._publish(apply(run, self._localise(event)))
        if is_first and self._stop.is_set():
            await self.cancel_run()
        if not self._stop.is_set():
            self._set_activity(kind_after(event))
        if isinstance(event, RunStateChanged) or now() - self._saved_at > SAVE_SECONDS:
            await self._save()

    def _localise(self, event: RunEvent) -> RunEvent:
        match event:
            case CodeSnapshot(step=step):
                return replace(event, step=self._ports.downloads.localise(step))
            case AnswerSnapshot(answer=answer):
                return replace(event, answer=self._ports.downloads.localise(answer))
            case _:
                return event

    def _publish(self, change: Change) -> None:
        """Nothing may be awaited between reading the run and this: a download may put its file in place."""
        if change.kind is not ChangeKind.NOTHING:
            self._ports.transcripts.put(change.run, change.key)
            self._ports.downloads.fetch_missing(change.run)

    async def _save(self) -> None:
        run = self._run()
        if run is not None:
            self._saved_at = now()
            await self._ports.archive.save_run(run)

    def _end(self, state: RunState, error: ErrorInfo | None) -> None:
        run = self._run()
        if run is not None:
            self._publish(apply(run, RunStateChanged(run.remote_id, state, error, at=now())))

    # --- state --------------------------------------------------------------------------------------------

    def _thread(self) -> Thread:
        thread = self._ports.threads.get(self._thread_id)
        if thread is None:
            raise DeskError(ErrorCode.CANCELLED, "the thread was deleted")
        return thread

    def _run(self) -> Run | None:
        return self._ports.transcripts.run(self._thread_id, self._run_id)

    def _is_final(self) -> bool:
        run = self._run()
        return run is None or run.state.is_final

    async def _keep(self, question: Question) -> None:
        await self._ports.archive.save_question(question)
        self._ports.transcripts.put(question)

    async def _keep_run(self, run: Run) -> None:
        await self._ports.archive.save_run(run)
        self._ports.transcripts.put(run)

    def _set_activity(self, kind: ActivityKind, done: int = 0, total: int = 0) -> None:
        old = self._activity
        if old is None or (old.kind, old.done, old.total) != (kind, done, total):
            self._activity = Activity(kind, now(), done, total)
            self._show(self._activity)
