"""The composer and its files, for the thread that is open."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QMimeData

from desktop_app.gui.clip import paths_in, png_in
from desktop_app.gui.dialogs.file import choose_files
from desktop_app.gui.presenter.presenter import Presenter
from desktop_app.gui.presenter.session import Session
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.views.chip import ChipStrip
from desktop_app.gui.views.composer import Composer
from desktop_app.services.attachment import Attachments, DraftFile, DraftState
from desktop_app.services.conversation import Conversation
from desktop_app.services.thread import Threads

tr = partial(QCoreApplication.translate, "composer")


class ComposerPresenter(Presenter):
    """Sends, stops, attaches; keeps each thread's draft. Text leaves the field only when it has been taken."""

    def __init__(
        self,
        composer: Composer,
        conversation: Conversation,
        attachments: Attachments,
        threads: Threads,
        session: Session,
        theme: Theme,
    ) -> None:
        super().__init__(composer)
        self._composer = composer
        self._conversation = conversation
        self._attachments = attachments
        self._threads = threads
        self._session = session
        self._strip = ChipStrip(theme)
        composer.set_strip(self._strip)
        composer.send_requested.connect(self._send)
        composer.stop_requested.connect(self.stop)
        composer.attach_requested.connect(self.choose_files)
        composer.pasted.connect(self.attach_mime)
        composer.text_changed.connect(self._keep_draft)
        self._strip.remove_requested.connect(lambda file_id: attachments.remove(session.thread_id, file_id))
        self._strip.retry_requested.connect(lambda file_id: attachments.retry(session.thread_id, file_id))
        session.thread_changed.connect(self._on_thread_changed)
        self.follow(threads.draft_changed, self._on_draft_changed)
        self.follow(attachments.changed, self._on_changed)
        self.follow(conversation.activity_changed, self._on_changed)

    def ask(self, text: str) -> bool:
        """Ask with the files that are there; what the person has typed stays."""
        return self._conversation.ask(self._session.thread_id, text)

    def stop(self) -> None:
        """Stop the run of the open thread."""
        self._conversation.stop(self._session.thread_id)

    def attach(self, paths: Iterable[Path]) -> None:
        """Take files up for the message that is being written."""
        self._attachments.add(self._session.thread_id, paths)
        self._composer.focus()

    def attach_mime(self, source: QMimeData) -> None:
        """Take up what was dropped or pasted: files, an image, or a text that is too long for a message."""
        paths = paths_in(source)
        if paths:
            self.attach(paths)
        elif (png := png_in(source)) is not None:
            self._attach_bytes("pasted-image.png", png)
        elif source.hasText():
            self._attach_bytes("pasted-text.txt", source.text().encode("utf-8", "replace"))

    def _attach_bytes(self, name: str, data: bytes) -> None:
        self._attachments.add_bytes(self._session.thread_id, name, data)
        self._composer.focus()

    def choose_files(self) -> None:
        """Let the person choose files to attach."""
        choose_files(self._composer.window(), tr("Attach files"), self.attach)

    def _send(self) -> None:
        """Ask; the draft, and with it the field, is emptied as soon as the question has been taken."""
        text = self._composer.text()
        self._threads.set_draft(self._session.thread_id, text)
        self._conversation.ask(self._session.thread_id, text)
        self._show()

    def _keep_draft(self, text: str) -> None:
        self._threads.set_draft(self._session.thread_id, text)

    def _on_thread_changed(self, thread_id: str) -> None:
        self._composer.set_text(self._threads.draft(thread_id))
        self._show()

    def _on_draft_changed(self, thread_id: str) -> None:
        if thread_id == self._session.thread_id:
            self._composer.set_text(self._threads.draft(thread_id))

    def _on_changed(self, thread_id: str) -> None:
        if thread_id == self._session.thread_id:
            self._show()

    def _show(self) -> None:
        thread_id = self._session.thread_id
        files = self._attachments.files(thread_id)
        self._strip.show_files(files)
        is_busy = self._conversation.is_busy(thread_id)
        if self._conversation.is_waiting(thread_id):
            obstacle = tr("Copying… then it is sent")
        else:
            obstacle = "" if is_busy else _obstacle(files)
        self._composer.show_state(busy=is_busy, sendable=bool(files), obstacle=obstacle)


def _obstacle(files: tuple[DraftFile, ...]) -> str:
    """Say what has to happen to the files before they can be sent."""
    if any(draft.state is DraftState.FAILED for draft in files):
        return tr("Remove the file that failed, or try it again")
    return ""
