"""The transcript of the thread that is open, or what one can do in a thread without messages."""

import math
import time
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop_app.domain.entity import Question, Run, RunState, StoredFile
from desktop_app.gui.desktop import open_document, open_link
from desktop_app.gui.dialogs.file import choose_target
from desktop_app.gui.presenter.presenter import Presenter
from desktop_app.gui.presenter.session import Session
from desktop_app.gui.text import activity, describe, run_state
from desktop_app.gui.transcript.view import TranscriptView
from desktop_app.gui.views.conversation_pane import ConversationPane
from desktop_app.gui.widgets.announce import announce
from desktop_app.services.activity import ActivityKind
from desktop_app.services.conversation import Conversation
from desktop_app.services.file import Files
from desktop_app.services.transcript import ChangeScope, TranscriptChange

tr = partial(QCoreApplication.translate, "transcript")


class TranscriptPresenter(Presenter):
    """Feeds the view with what the open thread says."""

    def __init__(
        self,
        pane: ConversationPane,
        view: TranscriptView,
        conversation: Conversation,
        files: Files,
        session: Session,
    ) -> None:
        super().__init__(pane)
        self._pane, self._view = pane, view
        self._conversation = conversation
        self._files = files
        self._session = session
        self._shown = ""
        self._announced: ActivityKind | None = None
        view.save_requested.connect(self.save)
        view.open_requested.connect(self.open)
        view.fetch_requested.connect(files.fetch)
        view.link_activated.connect(open_link)
        view.retry_requested.connect(lambda: conversation.retry(session.thread_id))
        view.details_copied.connect(lambda text: QGuiApplication.clipboard().setText(text))
        session.thread_changed.connect(conversation.open)
        self.follow(files.fetch_failed, view.show_again)
        self.follow(conversation.changed, self._on_changed)
        self.follow(conversation.activity_changed, self._on_activity_changed)
        self.follow(conversation.run_ended, self._on_run_ended)

    def save(self, file: StoredFile) -> None:
        """Let the person choose where a file is saved."""
        choose_target(self._pane.window(), tr("Save file"), file.name, lambda target: self._files.save(file, target))

    def open(self, file: StoredFile) -> None:
        """Open a copy of a file in the desktop's program for it."""
        self._files.open_copy(file, open_document)

    def _on_changed(self, change: TranscriptChange) -> None:
        thread_id = self._session.thread_id
        if change.thread_id != thread_id:
            return
        if change.scope is ChangeScope.RESET:
            self._shown = thread_id
            items = self._conversation.transcript(thread_id)
            self._view.set_items(items)
            self._view.set_activity(self._conversation.activity(thread_id))
            if items:
                self._pane.show_transcript()
            else:
                self._pane.show_welcome()
        elif self._shown == thread_id:
            self._view.apply(change)
            if change.scope is ChangeScope.ITEM_ADDED:
                self._pane.show_transcript()
            if change.scope is ChangeScope.ITEM_ADDED and isinstance(change.item, Question):
                self._view.scroll_to_end()  # whoever asks wants to see the answer, wherever they were reading

    def _on_activity_changed(self, thread_id: str) -> None:
        if thread_id == self._session.thread_id == self._shown:
            now = self._conversation.activity(thread_id)
            self._view.set_activity(now)
            if now is not None and now.kind is not self._announced:
                seconds = math.ceil(now.until - time.time()) if now.until else 0
                announce(self._view, activity(now.kind, now.done, now.total, seconds))
            self._announced = now.kind if now else None

    def _on_run_ended(self, run: Run) -> None:
        if run.thread_id == self._session.thread_id:
            announce(self._view, _ended(run))
        if not self._pane.window().isActiveWindow():
            QApplication.alert(self._pane.window())


def _ended(run: Run) -> str:
    """What a screen reader says at the end of a run."""
    if run.error is not None:
        text = describe(run.error)
        return f"{text.title}. {text.help}"
    if run.state is RunState.COMPLETED:
        return tr("The assistant has answered")
    return run_state(run.state)
