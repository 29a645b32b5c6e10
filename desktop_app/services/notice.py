"""What the person should hear of, wherever it happened."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from desktop_app.domain.emitter import Emitter
from desktop_app.domain.error import ErrorInfo


class NoticeKind(StrEnum):
    """What a notice is about. The wording is the window's."""

    ERROR = "error"
    THREAD_DELETED = "thread_deleted"
    ASSISTANT_DELETED = "assistant_deleted"
    FILE_SAVED = "file_saved"
    KEY_IN_MEMORY = "key_in_memory"  # there is no keychain: the key lasts until the program ends


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to say once.

    Attributes:
        subject: A title or a file's name.
        error: What went wrong, for `ERROR` and `KEY_IN_MEMORY`.
        thread_id: The thread it belongs to; empty for none.
        undo: Takes it back; None if it cannot be.
        path: Where a saved file is.
    """

    kind: NoticeKind
    subject: str = ""
    error: ErrorInfo | None = None
    thread_id: str = ""
    undo: Callable[[], None] | None = None
    path: Path | None = None


class NoticeBoard:
    """Where services leave notices and the window picks them up."""

    def __init__(self) -> None:
        self.posted: Emitter[Notice] = Emitter()

    def post(self, notice: Notice) -> None:
        """Publishes a notice."""
        self.posted.emit(notice)

    def post_error(self, error: ErrorInfo, *, thread_id: str = "", subject: str = "") -> None:
        """Publishes an error."""
        self.post(Notice(NoticeKind.ERROR, subject, error, thread_id))
