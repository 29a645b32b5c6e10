"""Files the person has dropped and not sent yet: copied into the archive, then uploaded."""

import asyncio
import contextlib
import errno
import mimetypes
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from desktop_app.domain.connection import ENGINE_ID
from desktop_app.domain.emitter import Emitter
from desktop_app.domain.entity import StoredFile
from desktop_app.domain.error import OF_CONNECTION, DeskError, ErrorCode, ErrorInfo
from desktop_app.domain.port import Archive, Progress
from desktop_app.services.backend_source import Backends
from desktop_app.services.identity import new_id, now
from desktop_app.services.task import TaskScope
from desktop_app.services.thread import Threads
from desktop_app.services.upload import upload

MAX_FILE_BYTES = 512 * 1024**2
MAX_FILES = 20
"""Of one message; the services' limit."""

_NAMED_TYPES = frozenset(
    {"c", "cs", "cpp", "csv", "doc", "docx", "html", "java", "json", "md", "pdf", "php", "pptx", "py", "rb"}
    | {"tex", "txt", "css", "js", "sh", "ts", "jpeg", "jpg", "gif", "pkl", "png", "tar", "xlsx", "xml", "zip"},
)
_PROGRESS_PART = 50
"""A progress bar moves in this many steps: more would only cost time."""


class DraftState(StrEnum):
    """How far a dropped file got."""

    COPYING = "copying"
    UPLOADING = "uploading"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A chip of the composer.

    Attributes:
        source: Where the bytes come from until they are in the archive, or the bytes themselves.
        done: Bytes of the current state that are done, of `file.size`.
        error: Why it failed.
        unusual: A type that the services do not name: worth a warning, not a refusal.
    """

    file: StoredFile
    source: Path | bytes = field(repr=False)
    state: DraftState = DraftState.COPYING
    done: int = 0
    error: ErrorInfo | None = None
    unusual: bool = False


def refusal(path: Path) -> ErrorInfo | None:
    """Why a file cannot be taken, or None. Quick: it looks at the folder's entry only."""
    try:
        _size(path)
    except DeskError as error:
        return error.info
    return None


def _size(path: Path) -> int:
    """The size of a file that can be taken."""
    try:
        status = path.stat()
    except FileNotFoundError:
        raise DeskError(ErrorCode.FILE_MISSING, name=path.name) from None
    except OSError as error:
        raise DeskError(ErrorCode.FILE_UNREADABLE, error.strerror or "", name=path.name) from error
    if stat.S_ISDIR(status.st_mode):
        raise DeskError(ErrorCode.FILE_IS_FOLDER, name=path.name)
    if not stat.S_ISREG(status.st_mode):
        raise DeskError(ErrorCode.FILE_UNREADABLE, name=path.name)
    if status.st_size == 0:
        raise DeskError(ErrorCode.FILE_EMPTY, name=path.name)
    if status.st_size > MAX_FILE_BYTES:
        raise DeskError(ErrorCode.FILE_TOO_LARGE, name=path.name, size=status.st_size, limit=MAX_FILE_BYTES)
    return status.st_size


class Attachments:
    """The chips of every thread's composer.

    Attributes:
        changed: The chips of this thread are different.
    """

    def __init__(self, archive: Archive, backends: Backends, threads: Threads, scope: TaskScope) -> None:
        self.changed: Emitter[str] = Emitter()
        self._archive = archive
        self._backends = backends
        self._threads = threads
        self._scope = scope
        self._by_thread: dict[str, dict[str, DraftFile]] = {}

    def files(self, thread_id: str) -> tuple[DraftFile, ...]:
        """The chips in the order in which they were added."""
        return tuple(self._by_thread.get(thread_id, {}).values())

    def add(self, thread_id: str, paths: Iterable[Path]) -> None:
        """Takes files up. One that cannot be taken becomes a chip that says why; those after one too many do not."""
        for path in paths:
            draft = _draft(path, path.name)
            if len(self.files(thread_id)) >= MAX_FILES:
                error = ErrorInfo(ErrorCode.TOO_MANY_FILES, {"limit": str(MAX_FILES), "name": path.name})
                self._put(thread_id, replace(draft, state=DraftState.FAILED, error=error))
                return
            self._start(thread_id, draft)

    def add_bytes(self, thread_id: str, name: str, data: bytes) -> None:
        """Takes up what was pasted."""
        self._start(thread_id, _draft(data, name))

    def remove(self, thread_id: str, file_id: str) -> None:
        """Takes a chip away and stops its upload."""
        self._scope.cancel(f"attach:{file_id}")
        drafts = self._by_thread.get(thread_id, {})
        draft = drafts.pop(file_id, None)
        if not drafts:
            self._by_thread.pop(thread_id, None)
        if draft is not None:
            self.changed.emit(thread_id)
            if draft.file.remote_id:
                self._scope.start(f"attach:{file_id}", self._delete(draft.file))

    def retry(self, thread_id: str, file_id: str) -> None:
        """Tries a failed chip again, unless there are as many others as may be."""
        drafts = self.files(thread_id)
        draft = self._by_thread.get(thread_id, {}).get(file_id)
        taken = sum(other.state is not DraftState.FAILED for other in drafts)
        if draft is not None and draft.state is DraftState.FAILED and taken < MAX_FILES:
            self._start(thread_id, replace(draft, state=DraftState.COPYING, done=0, error=None))

    def hand_over(self, thread_id: str) -> tuple[StoredFile, ...]:
        """Empties the composer and returns its files, all of which are in the archive.

        What has not been uploaded by now is uploaded by whoever takes it over.
        """
        drafts = self._by_thread.pop(thread_id, {})
        for file_id in drafts:
            self._scope.cancel(f"attach:{file_id}")
        if drafts:
            self.changed.emit(thread_id)
        return tuple(draft.file for draft in drafts.values())

    def _start(self, thread_id: str, draft: DraftFile) -> None:
        file_id = draft.file.id
        if isinstance(draft.source, Path) and not draft.file.sha256:
            try:
                draft = replace(draft, file=replace(draft.file, size=_size(draft.source)))
            except DeskError as error:
                self._put(thread_id, replace(draft, state=DraftState.FAILED, error=error.info))
                return
        self._put(thread_id, draft)
        self._scope.start(
            f"attach:{file_id}", self._take(thread_id, draft), lambda error: self._fail(thread_id, file_id, error)
        )

    def _fail(self, thread_id: str, file_id: str, error: ErrorInfo) -> None:
        draft = self._by_thread.get(thread_id, {}).get(file_id)
        if draft is not None:
            if error.code not in OF_CONNECTION:  # those name the connection
                error = replace(error, data={**error.data, "name": draft.file.name})
            self._put(thread_id, replace(draft, state=DraftState.FAILED, error=error))

    async def _take(self, thread_id: str, draft: DraftFile) -> None:
        file = draft.file
        if not file.sha256:
            path = await self._written(draft.source)
            file = replace(file, sha256=await self._archive.add_blob(path, self._progress(thread_id, file)))
            await self._archive.save_file(file)
        draft = replace(draft, file=file, state=DraftState.UPLOADING, done=0)
        self._put(thread_id, draft)
        thread = self._threads.find(thread_id)
        connection_id = thread.connection_id if thread else ENGINE_ID
        backend = await self._backends.of(connection_id)
        try:
            file = await upload(backend, self._archive, connection_id, file, self._progress(thread_id, file))
        except DeskError as error:
            if error.code is not ErrorCode.RATE_LIMITED:
                raise
            # Whoever takes it over uploads it, and waits where everybody can see it.
        await self._archive.save_file(file)
        self._put(thread_id, replace(draft, file=file, state=DraftState.READY, done=file.size))

    async def _written(self, source: Path | bytes) -> Path:
        """Where the bytes are; pasted ones are written to the disk first."""
        if isinstance(source, Path):
            return source
        path = self._archive.scratch_path()
        try:
            await asyncio.to_thread(path.write_bytes, source)
        except OSError as error:
            code = ErrorCode.DISK_FULL if error.errno == errno.ENOSPC else ErrorCode.STORAGE_FAILED
            raise DeskError(code, error.strerror or "") from error
        return path

    async def _delete(self, file: StoredFile) -> None:
        with contextlib.suppress(DeskError):  # nobody misses it
            await (await self._backends.of(file.connection_id)).delete_file(file.remote_id)
            await self._archive.delete_remote_file(file.connection_id, file.remote_id)

    def _put(self, thread_id: str, draft: DraftFile) -> None:
        self._by_thread.setdefault(thread_id, {})[draft.file.id] = draft
        self.changed.emit(thread_id)

    def _progress(self, thread_id: str, file: StoredFile) -> Progress:
        """A progress function that may be called from any thread, as often as it likes."""
        loop = asyncio.get_running_loop()
        shown = 0

        def report(done: int, total: int) -> None:
            nonlocal shown
            part = done * _PROGRESS_PART // max(total, 1)
            if part != shown:
                shown = part
                loop.call_soon_threadsafe(show, done)

        def show(done: int) -> None:
            draft = self._by_thread.get(thread_id, {}).get(file.id)
            if draft is not None and draft.state in (DraftState.COPYING, DraftState.UPLOADING):
                self._put(thread_id, replace(draft, done=done))

        return report


def _draft(source: Path | bytes, name: str) -> DraftFile:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    size = len(source) if isinstance(source, bytes) else 0
    file = StoredFile(new_id("local"), name, size, media_type, created_at=now())
    return DraftFile(file, source, unusual=Path(name).suffix.lower().removeprefix(".") not in _NAMED_TYPES)
