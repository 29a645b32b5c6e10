"""The threads that services keep for us: found again, and cleaned up."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from desktop_app.domain.connection import RemoteThread
from desktop_app.domain.emitter import Emitter
from desktop_app.domain.error import OF_CONNECTION, DeskError, ErrorCode, ErrorInfo
from desktop_app.domain.port import Archive
from desktop_app.services.backend_source import Backends
from desktop_app.services.identity import new_id
from desktop_app.services.task import TaskScope
from desktop_app.services.thread import Threads


@dataclass(frozen=True, slots=True)
class RemoteThreadRow:
    """A thread on a service.

    Attributes:
        title: What the thread is called here; empty if it is gone here.
        is_current: The thread here goes on in it; it is no leftover.
    """

    remote: RemoteThread
    title: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class ThreadListing:
    """Every thread that a service keeps for us, oldest first.

    Attributes:
        error: Why the first of those that are left was not deleted; None if nothing went wrong.
    """

    rows: tuple[RemoteThreadRow, ...]
    error: ErrorInfo | None = None


class RemoteThreads:
    """Lists what was written down when threads were made: services have no list of them.

    Attributes:
        listed: The answer to `list`; also what is left after `delete`.
    """

    def __init__(self, archive: Archive, backends: Backends, threads: Threads, scope: TaskScope) -> None:
        self.listed: Emitter[ThreadListing] = Emitter()
        self._archive = archive
        self._backends = backends
        self._threads = threads
        self._scope = scope

    def list(self) -> None:
        """Reads the list; the answer comes on `listed`."""
        self._scope.start("list-remote-threads", self._show(None))

    def delete(self, rows: Iterable[RemoteThreadRow]) -> None:
        """Deletes threads on their services; those that are gone there already are forgotten.

        Those of a removed connection are forgotten, too: there is no way to them any more. What is here
        stays, and goes on with its history sent along. A thread with a run going on is left alone.
        """
        remotes = tuple(row.remote for row in rows)
        self._scope.start(new_id("delete-remote-threads"), self._delete(remotes))  # no call ends another one

    async def _delete(self, remotes: tuple[RemoteThread, ...]) -> None:
        first: ErrorInfo | None = None
        unreachable: set[str] = set()
        for remote in remotes:
            if remote.connection_id in unreachable:
                continue
            try:
                await self._delete_one(remote)
            except DeskError as error:
                first = first or error.info
                if error.code in OF_CONNECTION:
                    unreachable.add(remote.connection_id)
        await self._show(first)

    async def _delete_one(self, remote: RemoteThread) -> None:
        thread = self._threads.find(remote.thread_id)
        if thread is not None and thread.busy and self._is_current(remote):
            raise DeskError(ErrorCode.THREAD_BUSY)
        try:
            backend = await self._backends.of(remote.connection_id)
            await backend.delete_thread(remote.remote_id)
        except DeskError as error:
            if error.code is not ErrorCode.CONNECTION_GONE:
                raise
        thread = self._threads.find(remote.thread_id)
        if thread is not None and self._is_current(remote):
            await self._threads.store(replace(thread, remote_id=""))
        await self._archive.delete_remote_thread(remote.connection_id, remote.remote_id)

    async def _show(self, error: ErrorInfo | None) -> None:
        remotes = await self._archive.remote_threads()
        self.listed.emit(ThreadListing(tuple(self._row(remote) for remote in remotes), error))

    def _row(self, remote: RemoteThread) -> RemoteThreadRow:
        thread = self._threads.get(remote.thread_id)
        return RemoteThreadRow(remote, thread.title if thread else "", self._is_current(remote))

    def _is_current(self, remote: RemoteThread) -> bool:
        """Also of a thread that was deleted and can still be brought back."""
        thread = self._threads.find(remote.thread_id)
        return thread is not None and (thread.connection_id, thread.remote_id) == (
            remote.connection_id,
            remote.remote_id,
        )
