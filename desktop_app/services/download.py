"""Files that a service has and the archive has not: fetched as soon as they are named."""

import asyncio
import mimetypes
from collections.abc import Iterable
from dataclasses import replace

from desktop_app.domain.emitter import Emitter
from desktop_app.domain.entity import Question, StoredFile, TranscriptItem
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.item_file import files_of, map_files
from desktop_app.domain.port import Archive
from desktop_app.services.backend_source import Backends
from desktop_app.services.notice import NoticeBoard
from desktop_app.services.task import TaskScope
from desktop_app.services.transcript import Transcripts

_AT_ONCE = 4
"""A thread that is opened may lack hundreds of pictures."""


class Downloads:
    """Keyed by the service and its file id, so that two files of one name stay two.

    Attributes:
        failed: A file whose bytes have not come.
    """

    def __init__(
        self,
        archive: Archive,
        backends: Backends,
        transcripts: Transcripts,
        notices: NoticeBoard,
        scope: TaskScope,
    ) -> None:
        self.failed: Emitter[StoredFile] = Emitter()
        self._archive = archive
        self._backends = backends
        self._transcripts = transcripts
        self._notices = notices
        self._scope = scope
        self._failed: set[str] = set()
        self._places = asyncio.Semaphore(_AT_ONCE)

    def fetch_missing(self, item: TranscriptItem, key: str = "") -> None:
        """Begins to fetch every file of a run or question that is not here; one that failed waits for `fetch_again`.

        What a person gave is missing only where a thread was imported; of that, nothing is said if it does not come:
        many services give such files to nobody. With `key` only the files of that step or answer are looked at.
        """
        if isinstance(item, Question):
            self._fetch_all(item.thread_id, item.files, is_made=False)
            return
        for part in reversed(item.items):  # what changes is nearly always the last one
            if key in ("", part.key):
                self._fetch_all(item.thread_id, files_of(part), is_made=True)
                if key:
                    return

    def fetch_again(self, file: StoredFile) -> None:
        """Begins to fetch one file of a thread that is open, after a failure."""
        for item in self._transcripts.everything():
            if any(file.id == other.id for other in _files(item)):
                self._failed.discard(_key(file))
                self._start(item.thread_id, file, is_made=True)
                return

    def _fetch_all(self, thread_id: str, files: Iterable[StoredFile], *, is_made: bool) -> None:
        for file in files:
            # Without an id there is nobody to ask: the service of the thread is gone.
            if file.remote_id and not file.sha256 and _key(file) not in self._failed:
                self._start(thread_id, file, is_made=is_made)

    def _start(self, thread_id: str, file: StoredFile, *, is_made: bool) -> None:
        slot = f"download:{file.connection_id}:{file.remote_id or file.id}"
        if not self._scope.is_running(slot):
            self._scope.start(slot, self._fetch(thread_id, file, is_made=is_made))

    async def _fetch(self, thread_id: str, file: StoredFile, *, is_made: bool) -> None:
        try:
            async with self._places:
                stored = await self._stored(file)
        except DeskError as error:
            self._failed.add(_key(file))
            self.failed.emit(file)
            if is_made:
                info = replace(error.info, data={"name": file.name, **error.info.data})
                self._notices.post_error(info, thread_id=thread_id, subject=file.name)
        else:
            self._put_in_place(stored)

    async def _stored(self, file: StoredFile) -> StoredFile:
        """The file with its bytes in the archive; they are asked for only if they are not there."""
        known = await self._archive.file_by_remote_id(file.connection_id, file.remote_id)
        stored = replace(known, id=file.id) if known and known.sha256 else await self._download(file)
        # Where it is shown names its id: with this record it is in place wherever that is.
        await self._archive.save_file(stored)
        return stored

    async def _download(self, file: StoredFile) -> StoredFile:
        if not file.remote_id:
            raise DeskError(ErrorCode.FILE_MISSING)
        backend = await self._backends.of(file.connection_id)
        info = await backend.file_info(file.remote_id)
        target = self._archive.scratch_path()
        await backend.download(file.remote_id, target, _ignore)
        try:
            sha256 = await self._archive.add_blob(target, _ignore)
        finally:
            target.unlink(missing_ok=True)
        media_type = info.media_type or mimetypes.guess_type(info.name)[0] or "application/octet-stream"
        return replace(file, name=info.name or file.name, size=info.size, media_type=media_type, sha256=sha256)

    def _put_in_place(self, stored: StoredFile) -> None:
        """Shows the file wherever it was missed."""

        def is_it(file: StoredFile) -> bool:
            return not file.sha256 and _key(file) == _key(stored)

        for old in tuple(self._transcripts.everything()):
            if isinstance(old, Question):
                if any(map(is_it, old.files)):
                    files = tuple(stored if is_it(file) else file for file in old.files)
                    self._transcripts.put(replace(old, files=files))
                continue
            run = old
            for place, item in enumerate(old.items):
                if any(map(is_it, files_of(item))):
                    changed = map_files(item, lambda file: stored if is_it(file) else file)
                    run = replace(run, items=(*run.items[:place], changed, *run.items[place + 1 :]))
                    self._transcripts.put(run, item.key)


def _files(item: TranscriptItem) -> Iterable[StoredFile]:
    return item.files if isinstance(item, Question) else (file for part in item.items for file in files_of(part))


def _key(file: StoredFile) -> str:
    """What a file is called, and by whom."""
    return f"{file.connection_id}:{file.remote_id}"


def _ignore(_done: int, _total: int) -> None:
    """Downloads are short; the chip turns until they are there."""
