"""The files of a thread: what is put into its sandbox and what is made there."""

import mimetypes
from collections.abc import Iterable
from functools import partial

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.port import SandboxFile, Session
from desktop_app.engine.runs import shape
from desktop_app.engine.storage.blob import BlobStore
from desktop_app.engine.storage.database import Database
from desktop_app.engine.storage.record import Records, ThreadFile

MADE = "assistants_output"


class Workspace:
    """Moves files between the API's storage and the `/mnt/data` of one thread."""

    def __init__(self, database: Database, blobs: BlobStore, session: Session, thread_id: str) -> None:
        self._database = database
        self._blobs = blobs
        self._session = session
        self._thread_id = thread_id

    async def put(self, file_ids: Iterable[str]) -> None:
        """Puts the files that are not there yet into `/mnt/data`. Deleted ones are left out."""
        there = {file.file_id for file in await self._files() if file.step_id is None}
        for file_id in file_ids:
            if file_id not in there:
                there.add(file_id)
                await self._put(file_id)

    async def _put(self, file_id: str) -> None:
        found = await self._database.run(lambda records: (records.get("file", file_id), records.blob_of(file_id)))
        body, sha256 = found
        if body is None or sha256 is None:
            return
        try:
            name = await self._session.put_file(body["filename"], self._blobs.path(sha256))
        except DeskError as error:
            if error.code is ErrorCode.FILE_MISSING:
                return
            raise
        await self._database.run(partial(self._note_put, ThreadFile(name, file_id)))

    def _note_put(self, file: ThreadFile, records: Records) -> None:
        # It may have been deleted while it was being copied.
        if records.get("file", file.file_id) is not None:
            records.add_thread_file(self._thread_id, file)

    async def input_files(self) -> dict[str, SandboxFile]:
        """The files that were put there, by file id."""
        noted = [file for file in await self._files() if file.step_id is None]
        return {file.file_id: await self._describe(file) for file in noted}

    async def _describe(self, file: ThreadFile) -> SandboxFile:
        body = await self._database.run(lambda records: records.get("file", file.file_id))
        size = body["bytes"] if body is not None else 0
        return SandboxFile(file.name, size, mimetypes.guess_type(file.name)[0] or "application/octet-stream")

    async def links(self) -> dict[str, str]:
        """Every name in `/mnt/data` with the id of the file that stands there now."""
        return {file.name: file.file_id for file in await self._files()}

    async def made_in(self, step_ids: Iterable[str]) -> list[str]:
        """Ids of the files that these steps made: of each name the last one."""
        steps = frozenset(step_ids)
        latest = {file.name: file.file_id for file in await self._files() if file.step_id in steps}
        return list(latest.values())

    async def names_by_step(self) -> dict[str, tuple[str, ...]]:
        """The names of what each step made."""
        names: dict[str, tuple[str, ...]] = {}
        for file in await self._files():
            if file.step_id is not None:
                names[file.step_id] = (*names.get(file.step_id, ()), file.name)
        return names

    async def keep(self, name: str, step_id: str) -> None:
        """Keeps what the step left at `/mnt/data/{name}` as a file. One that is gone again is no error."""
        try:
            source = await self._session.open_file(name)
        except DeskError as error:
            if error.code is ErrorCode.FILE_MISSING:
                return
            raise
        async with self._blobs.begin() as writer:
            await writer.copy(source)
            sha256 = await writer.finish()
            await self._database.run(partial(self._note_made, name, step_id, sha256, writer.size))

    def _note_made(self, name: str, step_id: str, sha256: str, size: int, records: Records) -> None:
        # Bytes that have not changed since they were last kept stay the same file.
        there = {file.name: file.file_id for file in records.thread_files(self._thread_id)}
        file_id = there.get(name)
        if file_id is None or records.blob_of(file_id) != sha256:
            body = shape.file(name, size, MADE)
            records.add_file(body, sha256)
            file_id = body["id"]
        records.add_thread_file(self._thread_id, ThreadFile(name, file_id, step_id))

    async def keep_image(self, png: bytes, name: str) -> str:
        """Keeps a picture as a file and returns its id."""
        body = shape.file(name, len(png), MADE)
        async with self._blobs.begin() as writer:
            await writer.write(png)
            sha256 = await writer.finish()
            await self._database.run(lambda records: records.add_file(body, sha256))
        file_id: str = body["id"]
        return file_id

    async def _files(self) -> tuple[ThreadFile, ...]:
        return await self._database.run(lambda records: records.thread_files(self._thread_id))
