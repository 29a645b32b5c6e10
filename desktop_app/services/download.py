"""Files the assistant made: fetched into the archive as soon as they are named."""

import mimetypes
from dataclasses import replace

from desktop_app.domain.entity import Run, StoredFile
from desktop_app.domain.error import DeskError
from desktop_app.domain.item_file import Item, files_of, map_files
from desktop_app.domain.port import Archive, EngineProcess
from desktop_app.services.notice import NoticeBoard
from desktop_app.services.task import TaskScope
from desktop_app.services.transcript import Transcripts


class Downloads:
    """Keyed by the service's file id, so that two files of one name stay two."""

    def __init__(
        self,
        archive: Archive,
        engine: EngineProcess,
        transcripts: Transcripts,
        notices: NoticeBoard,
        scope: TaskScope,
    ) -> None:
        self._archive = archive
        self._engine = engine
        self._transcripts = transcripts
        self._notices = notices
        self._scope = scope
        self._here: dict[str, StoredFile] = {}
        self._tried: set[str] = set()

    def localise(self, item: Item) -> Item:
        """The item with the files that are here already in place of what the service says of them."""
        return map_files(item, lambda file: self._here.get(file.remote_id, file))

    def fetch_missing(self, run: Run) -> None:
        """Begins to fetch every file of the run that is not here; one that failed waits for `fetch_again`."""
        for item in run.items:
            for file in files_of(item):
                if not file.sha256 and file.remote_id not in self._tried:
                    self._start(run, file)

    def fetch_again(self, file: StoredFile) -> None:
        """Begins to fetch one file of a thread that is open, after a failure."""
        for run in self._transcripts.runs():
            if any(file.remote_id == other.remote_id for item in run.items for other in files_of(item)):
                self._start(run, file)

    def _start(self, run: Run, file: StoredFile) -> None:
        slot = f"download:{file.remote_id}"
        if not self._scope.is_running(slot):
            self._tried.add(file.remote_id)
            self._scope.start(slot, self._fetch(run.thread_id, run.id, file))

    async def _fetch(self, thread_id: str, run_id: str, file: StoredFile) -> None:
        try:
            stored = await self._archive.file_by_remote_id(file.remote_id) or file
            if not stored.sha256:
                stored = await self._download(stored)
        except DeskError as error:
            info = replace(error.info, data={"name": file.name, **error.info.data})
            self._notices.post_error(info, thread_id=thread_id, subject=file.name)
            return
        self._here[file.remote_id] = stored
        if self._transcripts.run(thread_id, run_id) is None:
            self._tried.discard(file.remote_id)  # the thread was left: its next opening puts the file in place
            return
        await self._put_in_place(thread_id, run_id)

    async def _download(self, file: StoredFile) -> StoredFile:
        backend = await self._engine.backend()
        info = await backend.file_info(file.remote_id)
        target = self._archive.scratch_path()
        await backend.download(file.remote_id, target, _ignore)
        try:
            sha256 = await self._archive.add_blob(target, _ignore)
        finally:
            target.unlink(missing_ok=True)
        media_type = info.media_type or mimetypes.guess_type(info.name)[0] or "application/octet-stream"
        stored = replace(file, name=info.name or file.name, size=info.size, media_type=media_type, sha256=sha256)
        await self._archive.save_file(stored)
        return stored

    async def _put_in_place(self, thread_id: str, run_id: str) -> None:
        run = self._transcripts.run(thread_id, run_id)
        if run is None:
            return
        for index, item in enumerate(run.items):
            localised = self.localise(item)
            if localised != item:
                run = replace(run, items=(*run.items[:index], localised, *run.items[index + 1 :]))
                self._transcripts.put(run, item.key)
        await self._archive.save_run(run)


def _ignore(_done: int, _total: int) -> None:
    """Downloads are short; the chip turns until they are there."""
