"""The end of threads that were deleted in an earlier session, here and on their services."""

import contextlib
from collections.abc import Iterable
from itertools import chain

from desktop_app.domain.connection import RemoteFile, RemoteThread, SignIn
from desktop_app.domain.entity import Question, Thread
from desktop_app.domain.error import OF_CONNECTION, DeskError, ErrorCode
from desktop_app.domain.item_file import files_of
from desktop_app.domain.port import Archive
from desktop_app.services.backend_source import Backends
from desktop_app.services.connection import Connections
from desktop_app.services.thread import Threads

_UNREACHABLE = OF_CONNECTION | {ErrorCode.TIMED_OUT}


class Purge:
    """Removes what can no longer be restored: on its services first, its uploads included, then here.

    What cannot be reached is tried again at the next start. Nobody is asked to sign in for it: what such services keep
    is still known, and can be cleaned up by hand.
    """

    def __init__(self, archive: Archive, backends: Backends, connections: Connections, threads: Threads) -> None:
        self._archive = archive
        self._backends = backends
        self._connections = connections
        self._threads = threads
        self._unreachable: set[str] = set()

    async def run(self, deleted: Iterable[Thread]) -> None:
        """Removes these threads, but for those that were brought back meanwhile."""
        remote_threads, remote_files = await self._archive.remote_threads(), await self._archive.remote_files()
        for thread in deleted:
            if self._threads.find(thread.id) is not None:
                continue
            with contextlib.suppress(DeskError):
                file_ids = await self._file_ids(thread.id)
                kept: list[RemoteThread | RemoteFile] = [each for each in remote_threads if each.thread_id == thread.id]
                kept += [each for each in remote_files if each.file_id in file_ids]
                if all(
                    [await self._is_dealt_with(each) for each in kept]
                ):  # a list: one service keeps no other waiting
                    await self._archive.purge_deleted([thread.id])

    async def _file_ids(self, thread_id: str) -> set[str]:
        found: set[str] = set()
        for item in await self._archive.transcript(thread_id):
            files = item.files if isinstance(item, Question) else chain.from_iterable(map(files_of, item.items))
            found |= {file.id for file in files}
        return found

    async def _is_dealt_with(self, kept: RemoteThread | RemoteFile) -> bool:
        connection = self._connections.get(kept.connection_id)
        if connection is not None and connection.sign_in in (SignIn.BROWSER, SignIn.DEVICE_CODE):
            return True
        if kept.connection_id in self._unreachable:
            return False
        try:
            if connection is not None:  # else nothing can be deleted there any more
                await self._delete(kept)
            await self._forget(kept)
        except DeskError as error:
            if error.code in _UNREACHABLE:
                self._unreachable.add(kept.connection_id)
            return False
        return True

    async def _delete(self, kept: RemoteThread | RemoteFile) -> None:
        backend = await self._backends.of(kept.connection_id)
        if isinstance(kept, RemoteThread):
            await backend.delete_thread(kept.remote_id)
        else:
            await backend.delete_file(kept.remote_id)

    async def _forget(self, kept: RemoteThread | RemoteFile) -> None:
        if isinstance(kept, RemoteThread):
            await self._archive.delete_remote_thread(kept.connection_id, kept.remote_id)
        else:
            await self._archive.delete_remote_file(kept.connection_id, kept.remote_id)
