"""Threads of a service, or of a file that was saved from one, brought into the archive."""

import asyncio
import re
from dataclasses import dataclass, replace
from pathlib import Path

from desktop_app.domain.emitter import Emitter
from desktop_app.domain.entity import Assistant, Run, ThreadCopy
from desktop_app.domain.error import OF_CONNECTION, DeskError, ErrorCode, ErrorInfo
from desktop_app.domain.port import Archive
from desktop_app.services.activity import ActivityLight
from desktop_app.services.assistant import Assistants
from desktop_app.services.backend_source import Backends
from desktop_app.services.identity import new_id
from desktop_app.services.patience import Patience
from desktop_app.services.task import TaskScope, unless
from desktop_app.services.thread import Threads
from desktop_app.services.thread_copy import LocalCopy, dump_id
from desktop_app.services.thread_dump import read_dump

_ID = re.compile(r"(?<![A-Za-z0-9_])(?:thread|conv)_(?=[A-Za-z-]*\d|[A-Za-z-]{16})[A-Za-z0-9-]+(?![A-Za-z0-9_])")
"""An id, and no name such as `thread_id` at the head of a table: those have no digits and are short."""

_HOPELESS = OF_CONNECTION | {ErrorCode.STORAGE_FAILED, ErrorCode.DISK_FULL}
"""Errors that every other thread would meet too."""


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far an import is.

    Attributes:
        done: Threads that are dealt with, of `total`; less in the end only if it was cancelled.
        imported: Threads that came in.
        errors: Why others did not, by the service's id: ALREADY_HERE among others. IMPORT_EMPTY, by no id, if there was
            nothing to import; FILE_UNREADABLE by the file's name.
        is_over: Nothing more will come.
        until: When it goes on, if the service asked to wait; seconds since the epoch.
    """

    done: int
    total: int
    imported: int = 0
    errors: tuple[tuple[str, ErrorInfo], ...] = ()
    is_over: bool = False
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class _Source:
    """What is to be imported.

    Attributes:
        name: What the report calls it: the service's id.
        local_id: The app's id, if it has been here before.
        copy: The thread, if it comes from a dump.
    """

    name: str
    local_id: str
    copy: ThreadCopy | None = None


class ThreadImport:
    """Brings threads in one after another, each whole or not at all.

    Attributes:
        progressed: After each thread, and at the end.
    """

    def __init__(
        self, archive: Archive, backends: Backends, assistants: Assistants, threads: Threads, scope: TaskScope
    ) -> None:
        self.progressed: Emitter[ImportProgress] = Emitter()
        self._archive = archive
        self._backends = backends
        self._assistants = assistants
        self._threads = threads
        self._scope = scope
        self._stop = asyncio.Event()

    def start(self, connection_id: str, source: str | Path) -> None:
        """Imports what a text names, instead of an import that is going on.

        Args:
            connection_id: The service that has the threads.
            source: The text, or a file that holds it: ids of threads or conversations, however they are written down;
                or a dump (`thread_dump`), whose threads belong to no service and go on in the engine.
        """
        self.cancel()
        self._stop = asyncio.Event()
        # A slot of its own: an import that was cancelled still stores the thread that it is at.
        self._scope.start(new_id("import"), self._begin(connection_id, source, self._stop))

    def cancel(self) -> None:
        """Ends the import; what has come in stays."""
        self._stop.set()

    async def _begin(self, connection_id: str, source: str | Path, stop: asyncio.Event) -> None:
        if isinstance(source, str):
            await self._import(connection_id, source, stop)
            return
        try:
            text = await asyncio.to_thread(source.read_text, "utf-8-sig", "replace")
        except OSError as failure:
            error = ErrorInfo(ErrorCode.FILE_UNREADABLE, {"name": source.name}, str(failure))
            self._emit(ImportProgress(0, 0, errors=((source.name, error),), is_over=True), stop)
        else:
            await self._import(connection_id, text, stop)

    async def _import(self, connection_id: str, text: str, stop: asyncio.Event) -> None:
        sources = await self._sources(connection_id, text)
        progress = ImportProgress(0, len(sources))
        if not sources:
            progress = replace(progress, errors=(("", ErrorInfo(ErrorCode.IMPORT_EMPTY)),))
        error: ErrorInfo | None = None
        for source in sources:
            self._emit(progress, stop)
            if error is None or error.code not in _HOPELESS:
                error = await self._bring(connection_id, source, progress, stop)
            if error is not None and error.code is ErrorCode.CANCELLED:
                break
            errors = (*progress.errors, (source.name, error)) if error else progress.errors
            progress = replace(
                progress, done=progress.done + 1, imported=progress.imported + (not error), errors=errors
            )
        self._emit(replace(progress, is_over=True), stop)

    async def _sources(self, connection_id: str, text: str) -> tuple[_Source, ...]:
        copies = await asyncio.to_thread(read_dump, text)
        if copies:
            return tuple(_Source(copy.remote_id or copy.title, dump_id(copy), copy) for copy in copies)
        here = {(kept.connection_id, kept.remote_id): kept.thread_id for kept in await self._archive.remote_threads()}
        ids = dict.fromkeys(await asyncio.to_thread(_ID.findall, text))
        return tuple(_Source(remote_id, here.get((connection_id, remote_id), "")) for remote_id in ids)

    async def _bring(
        self, connection_id: str, source: _Source, progress: ImportProgress, stop: asyncio.Event
    ) -> ErrorInfo | None:
        """Brings one thread in; returns why not, if it does not come."""
        patience = Patience(ActivityLight(lambda wait: self._emit(replace(progress, until=wait.until), stop)))
        try:
            if stop.is_set():
                return ErrorInfo(ErrorCode.CANCELLED)
            if not await self._restored(source):
                copy, service = source.copy, ""
                if copy is None:
                    read = patience.during(lambda: self._read(connection_id, source.name))
                    copy, service = await unless(stop, read), connection_id
                await self._store(copy, service)
        except DeskError as error:
            return error.info
        return None

    async def _restored(self, source: _Source) -> bool:
        """Whether the thread had been deleted here and is back now.

        Raises:
            DeskError: ALREADY_HERE.
        """
        thread = self._threads.get(source.local_id)
        if thread is not None:
            raise DeskError(ErrorCode.ALREADY_HERE, title=thread.title)
        if source.local_id and self._threads.find(source.local_id) is None:
            deleted = {thread.id: thread for thread in await self._archive.deleted_threads()}
            if source.local_id in deleted:  # since an earlier session
                await self._threads.store(deleted[source.local_id])
        if self._threads.find(source.local_id) is None:
            return False
        self._threads.restore(source.local_id)
        return True

    async def _read(self, connection_id: str, remote_id: str) -> ThreadCopy:
        backend = await self._backends.of(connection_id)
        return await backend.read_thread(remote_id)

    async def _store(self, copy: ThreadCopy, connection_id: str) -> None:
        local = LocalCopy(copy, self._assistant(copy), connection_id)
        thread = local.thread()
        await self._archive.add_thread(thread, local.items())
        self._threads.put(thread)

    def _assistant(self, copy: ThreadCopy) -> Assistant:
        """Who goes on in the thread: the one who answered last, if there is one of that name here."""
        names = [item.assistant_name for item in copy.items if isinstance(item, Run)]
        last = names[-1] if names else ""
        return next((item for item in self._assistants.items if item.name == last), self._assistants.default)

    def _emit(self, progress: ImportProgress, stop: asyncio.Event) -> None:
        """Nobody is told of an import that another one has taken the place of."""
        if stop is self._stop:
            self.progressed.emit(progress)
