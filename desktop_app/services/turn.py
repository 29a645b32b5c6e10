"""What goes on in one thread: a question is delivered, a run answers it.

The order is what keeps everything over a crash: the question is in the archive before anything is sent, the run
before it is asked for, and the run's id on the service before its first event is shown.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import aclosing
from dataclasses import replace

from desktop_app.domain.entity import MessageState, Question, Remark, Run, RunState, TranscriptItem
from desktop_app.domain.error import DeskError, ErrorCode, ErrorInfo
from desktop_app.domain.event import RunStateChanged
from desktop_app.services.activity import Activity, ActivityKind, ActivityLight
from desktop_app.services.delivery import Delivery, keep_question
from desktop_app.services.identity import new_id, now
from desktop_app.services.listener import RunListener
from desktop_app.services.patience import Patience
from desktop_app.services.task import unless
from desktop_app.services.turn_port import TurnPorts


class Turn:
    """Keeps a thread busy until it is over. Call one of `send`, `resume` and `again`, once."""

    def __init__(self, ports: TurnPorts, thread_id: str, show: Callable[[Activity], None]) -> None:
        """`show` takes every new activity."""
        self._ports = ports
        self._thread_id = thread_id
        self._light = ActivityLight(show)
        self._stop = asyncio.Event()
        self._question_id = ""
        self._listener: RunListener | None = None
        self._patience = Patience(self._light)

    async def send(self, question: Question) -> None:
        """A question, be it new or one that failed before: delivered, then answered."""
        self._question_id = question.id
        try:
            question = await keep_question(self._ports, replace(question, state=MessageState.WRITTEN, error=None))
            delivery = Delivery(self._ports, question, self._light, self._patience)
            await unless(self._stop, delivery.run())
        except DeskError as error:
            await self.fail(error.info)
        else:
            await self._answer(question.id, delivery.remarks)

    async def resume(self, runs: Iterable[Run]) -> None:
        """Finds runs again that were going on when the program ended."""
        for run in runs:
            await self._listener_of(run).find()

    async def again(self, run: Run) -> None:
        """Has a question answered whose run did not complete.

        The service may have gone on with a run that was lost here: asking for a second one would answer twice. Where
        the service does not have the thread (any more), the question is delivered anew.
        """
        self._question_id = run.question_id
        self._light.set(ActivityKind.RECONNECTING)
        question = self._ports.transcripts.item(self._thread_id, run.question_id)
        is_there = self._is_there(run, question)
        try:
            goes_on = is_there and await unless(self._stop, self._patience.during(lambda: self._goes_on(run)))
        except DeskError as error:
            if error.code is ErrorCode.NOT_FOUND:
                is_there = goes_on = False
            elif error.code is not ErrorCode.CANCELLED:
                await self._keep(replace(run, error=error.info))
                return
            else:
                return
        if not is_there and isinstance(question, Question):
            await self.send(question)
        elif goes_on:
            await self._keep(replace(run, state=RunState.IN_PROGRESS, error=None, ended_at=None))
            await self._listener_of(run).find()
        else:
            await self._answer(run.question_id)

    def stop(self) -> None:
        """Stops whatever is going on; what was received stays. A second call changes nothing."""
        self._stop.set()
        self._light.set(ActivityKind.STOPPING)
        if self._listener is not None:
            self._listener.hurry()

    async def cancel(self) -> None:
        """Asks the service to stop the run, if it has one; call it after `stop`."""
        if self._listener is not None:
            await self._listener.cancel()

    async def fail(self, error: ErrorInfo) -> None:
        """Ends the turn with an error, on the run if there is one and on the question otherwise."""
        if self._listener is not None:
            await self._listener.end(RunState.FAILED, error)
            return
        question = self._ports.transcripts.item(self._thread_id, self._question_id)
        if isinstance(question, Question):
            await keep_question(self._ports, replace(question, state=MessageState.FAILED, error=error))

    async def _answer(self, question_id: str, remarks: tuple[Remark, ...] = ()) -> None:
        """Has the question answered, again after each wait that the service asks for in the middle of a run."""
        run = await self._ask(question_id, remarks)
        while run.state is RunState.FAILED and run.error is not None and self._patience.allows(run.error):
            try:
                await unless(self._stop, self._patience.wait(run.error))
            except DeskError:
                return  # stopped while it waited
            run = await self._ask(question_id)

    async def _ask(self, question_id: str, remarks: tuple[Remark, ...] = ()) -> Run:
        ports = self._ports
        thread = ports.thread(self._thread_id)
        assistant = ports.assistants.of(thread)
        run = Run(
            new_id("run"),
            self._thread_id,
            question_id,
            assistant.name,
            ports.model_of(assistant, thread.connection_id),
            now(),
            items=remarks,
            connection_id=thread.connection_id,
        )
        await self._keep(run)
        await self._listener_of(run).ask()
        return ports.transcripts.run(self._thread_id, run.id) or run

    def _is_there(self, run: Run, question: TranscriptItem | None) -> bool:
        """Whether the service that ran it is still the thread's, and has the question."""
        thread = self._ports.thread(self._thread_id)
        is_sent = not isinstance(question, Question) or question.state is MessageState.SENT
        return is_sent and bool(thread.remote_id) and run.connection_id == thread.connection_id

    async def _goes_on(self, run: Run) -> bool:
        """Whether the service has a run that is going on, or has completed meanwhile."""
        thread = self._ports.thread(self._thread_id)
        backend = await self._ports.backends.of(run.connection_id)
        run_id = run.remote_id or await backend.find_run(thread.remote_id, run.id)
        if not run_id:
            return False
        async with aclosing(backend.follow_run(thread.remote_id, run_id)) as events:
            async for event in events:
                if isinstance(event, RunStateChanged):
                    return event.state is RunState.COMPLETED or not event.state.is_final
        return False

    def _listener_of(self, run: Run) -> RunListener:
        self._listener = RunListener(self._ports, run, self._light, self._stop, self._patience)
        return self._listener

    async def _keep(self, run: Run) -> None:
        await self._ports.archive.save_run(run)
        self._ports.transcripts.put(run)
