"""Asking, stopping, trying again: what a person does in a thread."""

from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from desktop_app.domain.emitter import Emitter
from desktop_app.domain.entity import MessageState, Question, Run, RunState, TranscriptItem
from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.services.activity import Activity
from desktop_app.services.attachment import Attachments
from desktop_app.services.identity import new_id, now
from desktop_app.services.notice import NoticeBoard
from desktop_app.services.task import TaskScope
from desktop_app.services.transcript import ChangeScope, TranscriptChange
from desktop_app.services.turn import LOST_CONNECTION, Turn, TurnPorts

MAX_MESSAGE_CHARACTERS = 256_000


class Conversation:
    """Runs at most one turn a thread.

    Attributes:
        changed: A transcript is different.
        activity_changed: What this thread waits for is different.
        run_ended: A run is over, however it ended.
    """

    def __init__(self, ports: TurnPorts, attachments: Attachments, notices: NoticeBoard, scope: TaskScope) -> None:
        self.changed: Emitter[TranscriptChange] = ports.transcripts.changed
        self.activity_changed: Emitter[str] = Emitter()
        self.run_ended: Emitter[Run] = Emitter()
        self._ports = ports
        self._attachments = attachments
        self._notices = notices
        self._scope = scope
        self._turns: dict[str, Turn] = {}
        self._activities: dict[str, Activity] = {}
        self._open = ""
        ports.threads.deleted.connect(self.stop)

    async def resume(self) -> None:
        """Takes up what the last end of the program cut off: runs go on, unsent messages wait for Retry."""
        for question in await self._ports.archive.unsent_questions():
            error = ErrorInfo(ErrorCode.INTERRUPTED)
            failed = replace(question, state=MessageState.FAILED, error=error)
            await self._ports.archive.save_question(failed)
        for run in await self._ports.archive.open_runs():
            await self._ports.transcripts.load(run.thread_id)
            turn = self._turn(run.thread_id)
            self._begin(run.thread_id, turn, turn.resume(run))

    def open(self, thread_id: str) -> None:
        """Shows a thread: its transcript is read, and `RESET` is emitted."""
        left, self._open = self._open, thread_id
        if left != thread_id and left not in self._turns:
            self._ports.transcripts.forget(left)
        self._scope.start("open", self._load(thread_id))

    def transcript(self, thread_id: str) -> tuple[TranscriptItem, ...]:
        """The thread's questions and runs in their order."""
        return self._ports.transcripts.items(thread_id)

    def activity(self, thread_id: str) -> Activity | None:
        """What the thread waits for; None if for nothing."""
        return self._activities.get(thread_id)

    def is_busy(self, thread_id: str) -> bool:
        """Whether a turn is going on."""
        return thread_id in self._turns

    def can_ask(self, thread_id: str) -> bool:
        """Whether `ask` would be accepted, as far as the thread and its chips go."""
        return thread_id not in self._turns and self._attachments.can_hand_over(thread_id)

    def ask(self, thread_id: str, text: str) -> bool:
        """Asks, with the files in the composer.

        Returns:
            False, and nothing is changed, if the thread is busy, a chip has failed or is still being copied, the text
            is too long, or there is nothing to send.
        """
        text = text.strip()
        if not self.can_ask(thread_id) or self._ports.threads.get(thread_id) is None:
            return False
        if len(text) > MAX_MESSAGE_CHARACTERS:
            limit = {"limit": str(MAX_MESSAGE_CHARACTERS)}
            self._notices.post_error(ErrorInfo(ErrorCode.MESSAGE_TOO_LONG, limit), thread_id=thread_id)
            return False
        if not text and not self._attachments.files(thread_id):
            return False
        files = self._attachments.hand_over(thread_id)
        question = Question(new_id("question"), thread_id, text, files, now())
        turn = self._turn(thread_id)
        self._begin(thread_id, turn, turn.ask(question))
        return True

    def stop(self, thread_id: str) -> None:
        """Stops the turn; what was received stays. A second call changes nothing."""
        turn = self._turns.get(thread_id)
        if turn is not None:
            turn.stop()
            slot = f"stop:{thread_id}"
            if not self._scope.is_running(slot):
                self._scope.start(slot, turn.cancel_run())

    def retry(self, thread_id: str) -> None:
        """Sends a failed last message again, or has it answered again after a run that did not complete."""
        last = self._ports.transcripts.last(thread_id)
        if thread_id in self._turns or last is None:
            return
        turn = self._turn(thread_id)
        if isinstance(last, Question):
            self._begin(thread_id, turn, turn.send(last))
        elif last.remote_id and last.error is not None and last.error.code in LOST_CONNECTION:
            self._begin(thread_id, turn, self._look_again(turn, last))
        elif last.state is not RunState.COMPLETED:
            self._begin(thread_id, turn, turn.run(last.question_id))

    async def _look_again(self, turn: Turn, run: Run) -> None:
        """The service may have gone on with a run that was lost: asking for a second one would answer twice."""
        reopened = replace(run, state=RunState.IN_PROGRESS, error=None, ended_at=None)
        await self._ports.archive.save_run(reopened)
        self._ports.transcripts.put(reopened)
        await turn.resume(reopened)

    async def _load(self, thread_id: str) -> None:
        await self._ports.transcripts.load(thread_id)
        self._ports.threads.mark_read(thread_id)
        self.changed.emit(TranscriptChange(thread_id, ChangeScope.RESET))
        for item in self._ports.transcripts.items(thread_id):
            if isinstance(item, Run):
                self._ports.downloads.fetch_missing(item)

    def _turn(self, thread_id: str) -> Turn:
        def show(activity: Activity) -> None:
            self._activities[thread_id] = activity
            self.activity_changed.emit(thread_id)

        return Turn(self._ports, thread_id, show)

    def _begin(self, thread_id: str, turn: Turn, work: Coroutine[Any, Any, None]) -> None:
        # From here on the thread is busy: a second click finds it so.
        self._turns[thread_id] = turn
        self._mark(thread_id, busy=True)
        self._scope.start(
            f"turn:{thread_id}",
            self._until_over(thread_id, work),
            lambda error: self._scope.write(turn.fail(error)),
        )

    async def _until_over(self, thread_id: str, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        finally:
            del self._turns[thread_id]
            self._activities.pop(thread_id, None)
            self._mark(thread_id, busy=False)
            self.activity_changed.emit(thread_id)
        last = self._ports.transcripts.last(thread_id)
        if isinstance(last, Run):
            self.run_ended.emit(last)

    def _mark(self, thread_id: str, *, busy: bool) -> None:
        thread = self._ports.threads.get(thread_id)
        if thread is not None:
            unread = thread.unread or (not busy and thread_id != self._open)
            self._ports.threads.put(replace(thread, busy=busy, unread=unread))
