"""Asking, stopping, trying again: what a person does in a thread."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import Any

from desktop_app.domain.emitter import Emitter
from desktop_app.domain.entity import MessageState, Question, Run, RunState, StoredFile, TranscriptItem
from desktop_app.domain.error import DeskError, ErrorCode, ErrorInfo
from desktop_app.services.activity import Activity
from desktop_app.services.attachment import Attachments, DraftState
from desktop_app.services.identity import new_id, now
from desktop_app.services.notice import NoticeBoard
from desktop_app.services.task import TaskScope
from desktop_app.services.thread import title_from
from desktop_app.services.transcript import ChangeScope, TranscriptChange
from desktop_app.services.turn import Turn
from desktop_app.services.turn_port import TurnPorts

MAX_MESSAGE_CHARACTERS = 256_000


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What is asked as soon as these files are copied; `is_draft` if the text is the thread's draft."""

    text: str
    file_ids: frozenset[str]
    is_draft: bool


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
        self._waiting: dict[str, _Waiting] = {}
        self._open = ""
        ports.threads.deleted.connect(self.stop)
        ports.threads.draft_changed.connect(self._on_draft_changed)
        attachments.changed.connect(self._on_files_changed)

    async def resume(self) -> None:
        """Takes up what the last end of the program cut off: runs go on, unsent messages wait for Retry."""
        for question in await self._ports.archive.unsent_questions():
            error = ErrorInfo(ErrorCode.INTERRUPTED)
            failed = replace(question, state=MessageState.FAILED, error=error)
            await self._ports.archive.save_question(failed)
        runs = sorted(await self._ports.archive.open_runs(), key=lambda run: run.thread_id)  # stable: oldest first
        for thread_id, group in groupby(runs, key=lambda run: run.thread_id):
            await self._ports.transcripts.load(thread_id)
            self._begin(thread_id, partial(Turn.resume, runs=tuple(group)))

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
        """Whether a turn is going on, or a question waits for its files."""
        return thread_id in self._turns or thread_id in self._waiting

    def is_waiting(self, thread_id: str) -> bool:
        """Whether a question waits until its files are copied."""
        return thread_id in self._waiting

    def ask(self, thread_id: str, text: str) -> bool:
        """Asks, with the files in the composer, as soon as all of them are copied.

        The thread's draft, if that is what is asked, stays until then; `stop`, a file that fails, and whatever the
        person changes in the draft or the files take the question back.

        Returns:
            False, and nothing is changed, if the thread is busy, a chip has failed, the text is too long, or there is
            nothing to send.
        """
        text = text.strip()
        files = self._attachments.files(thread_id)
        if self.is_busy(thread_id) or self._ports.threads.get(thread_id) is None or not (text or files):
            return False
        if any(draft.state is DraftState.FAILED for draft in files):
            return False
        if len(text) > MAX_MESSAGE_CHARACTERS:
            limit = {"limit": str(MAX_MESSAGE_CHARACTERS)}
            self._notices.post_error(ErrorInfo(ErrorCode.MESSAGE_TOO_LONG, limit), thread_id=thread_id)
            return False
        is_draft = self._ports.threads.draft(thread_id).strip() == text
        self._waiting[thread_id] = _Waiting(text, frozenset(draft.file.id for draft in files), is_draft)
        self.activity_changed.emit(thread_id)
        self._on_files_changed(thread_id)
        return True

    def stop(self, thread_id: str) -> None:
        """Stops the turn; what was received stays. A question that waits for its files is taken back.

        A second call changes nothing.
        """
        self._take_back(thread_id)
        turn = self._turns.get(thread_id)
        if turn is not None:
            turn.stop()
            slot = f"stop:{thread_id}"
            if not self._scope.is_running(slot):
                self._scope.start(slot, turn.cancel())

    def retry(self, thread_id: str) -> None:
        """Sends a failed last message again, or has it answered again after a run that did not complete."""
        last = self._ports.transcripts.last(thread_id)
        if self.is_busy(thread_id) or last is None:
            return
        if isinstance(last, Question):
            self._begin(thread_id, lambda turn: turn.send(last))
        elif last.state is not RunState.COMPLETED:
            self._begin(thread_id, lambda turn: turn.again(last))

    def _on_draft_changed(self, thread_id: str) -> None:
        waiting = self._waiting.get(thread_id)
        if waiting is not None and waiting.is_draft and self._ports.threads.draft(thread_id).strip() != waiting.text:
            self._take_back(thread_id)

    def _on_files_changed(self, thread_id: str) -> None:
        waiting = self._waiting.get(thread_id)
        if waiting is None:
            return
        files = self._attachments.files(thread_id)
        is_same = {draft.file.id for draft in files} == waiting.file_ids
        if not is_same or any(draft.state is DraftState.FAILED for draft in files):
            self._take_back(thread_id)
        elif all(draft.file.sha256 for draft in files):
            del self._waiting[thread_id]
            self._ask(thread_id, waiting.text, self._attachments.hand_over(thread_id))
            if waiting.is_draft:
                self._ports.threads.set_draft(thread_id, "")

    def _take_back(self, thread_id: str) -> None:
        if self._waiting.pop(thread_id, None) is not None:
            self.activity_changed.emit(thread_id)

    def _ask(self, thread_id: str, text: str, files: tuple[StoredFile, ...]) -> None:
        thread = self._ports.threads.get(thread_id)
        if thread is not None:
            title = thread.title or title_from(text) or files[0].name
            self._ports.threads.put(replace(thread, title=title, updated_at=now()))
        question = Question(new_id("question"), thread_id, text, files, now())
        # From here on it is seen, and stored even if the program ends at once.
        self._ports.transcripts.put(question)
        self._scope.write(self._ports.archive.save_question(question))
        self._begin(thread_id, lambda turn: turn.send(question))

    async def _load(self, thread_id: str) -> None:
        await self._ports.transcripts.load(thread_id)
        self._ports.threads.mark_read(thread_id)
        self.changed.emit(TranscriptChange(thread_id, ChangeScope.RESET))
        for item in self._ports.transcripts.items(thread_id):
            self._ports.downloads.fetch_missing(item)

    def _turn(self, thread_id: str) -> Turn:
        def show(activity: Activity) -> None:
            self._activities[thread_id] = activity
            self.activity_changed.emit(thread_id)

        return Turn(self._ports, thread_id, show)

    def _begin(self, thread_id: str, work: Callable[[Turn], Coroutine[Any, Any, None]]) -> None:
        # From here on the thread is busy: a second click finds it so.
        turn = self._turns[thread_id] = self._turn(thread_id)
        self._mark(thread_id, busy=True)
        self._scope.start(
            f"turn:{thread_id}",
            self._until_over(thread_id, turn, work),
            lambda error: self._scope.write(turn.fail(error)),
        )

    async def _until_over(self, thread_id: str, turn: Turn, work: Callable[[Turn], Coroutine[Any, Any, None]]) -> None:
        try:
            await work(turn)
        except DeskError as error:  # what even the turn could not store
            await turn.fail(error.info)
        finally:
            del self._turns[thread_id]
            self._activities.pop(thread_id, None)
            self._scope.cancel(f"stop:{thread_id}")  # the next turn has a stop of its own
            self._mark(thread_id, busy=False)
            self.activity_changed.emit(thread_id)
        last = self._ports.transcripts.last(thread_id)
        if thread_id != self._open:
            self._ports.transcripts.forget(thread_id)
        if isinstance(last, Run):
            self.run_ended.emit(last)

    def _mark(self, thread_id: str, *, busy: bool) -> None:
        thread = self._ports.threads.find(thread_id)
        if thread is not None:
            unread = thread.unread or (not busy and thread_id != self._open)
            self._ports.threads.put(replace(thread, busy=busy, unread=unread))
