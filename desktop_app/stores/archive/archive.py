"""Everything that was said, written, run and made, on this computer's disk."""

import asyncio
import sqlite3
import threading
from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Self

from desktop_app.domain.connection import Connection, RemoteFile, RemoteThread
from desktop_app.domain.entity import (
    Assistant,
    Question,
    Run,
    SearchHit,
    StoredFile,
    Thread,
    TranscriptItem,
)
from desktop_app.domain.port import Progress
from desktop_app.stores.archive import file as file_table
from desktop_app.stores.archive import service, transcript
from desktop_app.stores.archive import thread as thread_table
from desktop_app.stores.archive.blob import BlobStore
from desktop_app.stores.archive.database import Database, storage_errors
from desktop_app.stores.archive.row import assistant_from_row, clean
from desktop_app.stores.archive.search import search

MAX_BLOB_BYTES = 512 * 1024**2


class SqliteArchive:
    """Implements `domain.port.Archive` in one folder: `archive.sqlite`, `blobs/` and `scratch/`."""

    def __init__(self, database: Database, blobs: BlobStore) -> None:
        """Use `open`."""
        self._database = database
        self._blobs = blobs
        self._written: dict[str, Run] = {}  # open runs as they were last written; the writer thread's alone

    @classmethod
    async def open(cls, folder: Path, max_blob_bytes: int = MAX_BLOB_BYTES) -> Self:
        """Opens the archive of a folder, or makes a new one that only this user can read.

        Raises:
            DeskError: DISK_FULL, or STORAGE_FAILED with the `path` and a `reason`: `newer` if a later version of
                the program wrote it, `corrupt` if the file is damaged (it is left as it is), else empty.
        """
        return await asyncio.to_thread(cls._open, folder, max_blob_bytes)

    @classmethod
    def _open(cls, folder: Path, max_blob_bytes: int) -> Self:
        with storage_errors(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            blobs = BlobStore(folder, max_blob_bytes)
        return cls(Database(folder / "archive.sqlite"), blobs)

    async def assistants(self) -> tuple[Assistant, ...]:
        """All of them, oldest first."""
        rows = await self._select(
            "SELECT id, name, description, instructions, model, code_interpreter, created_at"
            " FROM assistant ORDER BY created_at, rowid",
        )
        return tuple(assistant_from_row(row) for row in rows)

    async def save_assistant(self, assistant: Assistant) -> None:
        """Creates or replaces it."""
        await self._execute(
            "INSERT INTO assistant (id, name, description, instructions, model, code_interpreter, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description,"
            " instructions = excluded.instructions, model = excluded.model,"
            " code_interpreter = excluded.code_interpreter, created_at = excluded.created_at",
            assistant.id,
            clean(assistant.name),
            clean(assistant.description),
            clean(assistant.instructions),
            clean(assistant.model),
            assistant.code_interpreter,
            assistant.created_at,
        )

    async def delete_assistant(self, assistant_id: str) -> None:
        """Removes it; its threads stay, and so does what services call it, in case it is brought back."""
        await self._execute("DELETE FROM assistant WHERE id = ?", assistant_id)

    async def threads(self) -> tuple[Thread, ...]:
        """All that are not deleted, last used first."""
        return await self._database.read(lambda connection: thread_table.threads(connection, deleted=False))

    async def save_thread(self, thread: Thread) -> None:
        """Creates or replaces it. A deleted one stays deleted."""
        await self._database.write(lambda connection: thread_table.save_thread(connection, thread))

    async def add_thread(self, thread: Thread, items: Sequence[TranscriptItem]) -> None:
        """Creates a thread with its whole transcript, or nothing; its `remote_id` is remembered in the same moment."""
        await self._database.write(lambda connection: _add_thread(connection, thread, items))

    async def delete_thread(self, thread_id: str) -> None:
        """Hides it from lists and search until `restore_thread`, or for good after `purge_deleted`."""
        await self._execute("UPDATE thread SET deleted = 1 WHERE id = ?", thread_id)

    async def restore_thread(self, thread_id: str) -> None:
        """Takes `delete_thread` back."""
        await self._execute("UPDATE thread SET deleted = 0 WHERE id = ?", thread_id)

    async def deleted_threads(self) -> tuple[Thread, ...]:
        """All that are deleted and not purged, last used first."""
        return await self._database.read(lambda connection: thread_table.threads(connection, deleted=True))

    async def purge_deleted(self, thread_ids: Collection[str]) -> None:
        """Removes those of the threads that are deleted, and the files nobody uses any more."""
        for thread_id in thread_ids:
            await self._database.write(partial(thread_table.purge, thread_id=thread_id))
        await self._database.write(file_table.remove_unused_files)
        await self._database.write(self._remove_unused_blobs)

    async def transcript(self, thread_id: str) -> tuple[TranscriptItem, ...]:
        """The whole thread in its order: as questions and runs were first saved."""
        return await self._database.read(lambda connection: transcript.transcript(connection, thread_id))

    async def save_question(self, question: Question) -> None:
        """Creates or replaces a message of the person."""
        await self._database.write(lambda connection: transcript.save_question(connection, question))

    async def save_run(self, run: Run) -> None:
        """Creates or replaces a run. Of an open run only the items that changed are written again."""
        await self._database.write(
            lambda connection: self._save_run(connection, run),
            lambda _: self._remember_run(run),
        )

    async def open_runs(self) -> tuple[Run, ...]:
        """Runs whose state is not final, oldest first: what a start has to reattach to."""
        return await self._database.read(transcript.open_runs)

    async def unsent_questions(self) -> tuple[Question, ...]:
        """Messages that a crash caught before they were sent, oldest first."""
        return await self._database.read(transcript.unsent_questions)

    async def search(self, query: str, limit: int = 50) -> tuple[SearchHit, ...]:
        """Threads whose title, messages, code, reasoning or answers hold every word, best first. Any text is valid."""
        return await self._database.read(lambda connection: search(connection, query, limit))

    async def add_blob(self, path: Path, progress: Progress) -> str:
        """Copies a file's bytes in and returns their SHA-256; a file of `scratch_path` is used up.

        Cancelling leaves nothing behind.
        """
        cancelled = threading.Event()
        work = asyncio.ensure_future(asyncio.to_thread(self._blobs.add, path, progress, cancelled))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            cancelled.set()
            await asyncio.wait([work])
            if not work.cancelled():
                work.exception()  # nobody is interested any more
            raise

    def blob_path(self, sha256: str) -> Path:
        """Where the blob's bytes are, for reading only."""
        return self._blobs.path(sha256)

    def scratch_path(self) -> Path:
        """A new file name on the blobs' disk; what is left there is removed at the next start."""
        return self._blobs.scratch_path()

    async def save_file(self, file: StoredFile) -> None:
        """Creates or replaces a file's record, wherever it is shown."""
        await self._database.write(lambda connection: file_table.save_file(connection, file))

    async def file_by_remote_id(self, connection_id: str, remote_id: str) -> StoredFile | None:
        """The record of a service's file, if there is one."""
        return await self._database.read(
            lambda connection: file_table.file_by_remote_id(connection, connection_id, remote_id)
        )

    async def save_remote_file(self, file: RemoteFile) -> None:
        """Remembers an upload; a file may have been uploaded to several services, and more than once to one."""
        await self._database.write(lambda database: service.save_remote_file(database, file))

    async def remote_files(self) -> tuple[RemoteFile, ...]:
        """Every upload that any service keeps for us, those of purged threads included."""
        return await self._database.read(service.remote_files)

    async def delete_remote_file(self, connection_id: str, remote_id: str) -> None:
        """Forgets one: it is deleted there."""
        await self._database.write(lambda database: service.delete_remote_file(database, connection_id, remote_id))

    async def connections(self) -> tuple[Connection, ...]:
        """All that a person has added, oldest first; the engine is not among them."""
        return await self._database.read(service.connections)

    async def save_connection(self, connection: Connection) -> None:
        """Creates or replaces it."""
        await self._database.write(lambda database: service.save_connection(database, connection))

    async def delete_connection(self, connection_id: str) -> None:
        """Removes it, and what it called its assistants; its threads stay, and what is known of them there."""
        await self._database.write(lambda database: service.delete_connection(database, connection_id))

    async def save_remote_thread(self, thread: RemoteThread) -> None:
        """Remembers a thread that a service keeps, before anything is sent there."""
        await self._database.write(lambda database: service.save_remote_thread(database, thread))

    async def remote_threads(self) -> tuple[RemoteThread, ...]:
        """Every thread that any service keeps for us, oldest first, those of purged threads included."""
        return await self._database.read(service.remote_threads)

    async def delete_remote_thread(self, connection_id: str, remote_id: str) -> None:
        """Forgets one: it is deleted there."""
        await self._execute(
            "DELETE FROM remote_thread WHERE connection_id = ? AND remote_id = ?", connection_id, remote_id
        )

    async def remote_assistant_id(self, connection_id: str, assistant_id: str) -> str:
        """The service's id of an assistant there, or empty."""
        rows = await self._select(
            "SELECT remote_id FROM remote_assistant WHERE connection_id = ? AND assistant_id = ?",
            connection_id,
            assistant_id,
        )
        return str(rows[0][0]) if rows else ""

    async def save_remote_assistant_id(self, connection_id: str, assistant_id: str, remote_id: str) -> None:
        """Remembers it."""
        await self._execute(
            "INSERT OR REPLACE INTO remote_assistant (connection_id, assistant_id, remote_id) VALUES (?, ?, ?)",
            connection_id,
            assistant_id,
            remote_id,
        )

    async def draft(self, thread_id: str) -> str:
        """What the person had typed and not sent."""
        rows = await self._select("SELECT text FROM draft WHERE thread_id = ?", thread_id)
        return str(rows[0][0]) if rows else ""

    async def save_draft(self, thread_id: str, text: str) -> None:
        """Keeps it; empty text removes it."""
        if text:
            await self._execute("INSERT OR REPLACE INTO draft (thread_id, text) VALUES (?, ?)", thread_id, clean(text))
        else:
            await self._execute("DELETE FROM draft WHERE thread_id = ?", thread_id)

    async def aclose(self) -> None:
        """Writes what is left and closes."""
        await self._database.aclose()

    async def _select(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        return await self._database.read(lambda connection: connection.execute(statement, parameters).fetchall())

    async def _execute(self, statement: str, *parameters: object) -> None:
        await self._database.write(lambda connection: connection.execute(statement, parameters))

    def _save_run(self, connection: sqlite3.Connection, run: Run) -> None:
        # What was written is forgotten first: if this fails, the next save writes everything.
        transcript.save_run(connection, run, self._written.pop(run.id, None))

    def _remember_run(self, run: Run) -> None:
        if not run.state.is_final:
            self._written[run.id] = run

    def _remove_unused_blobs(self, connection: sqlite3.Connection) -> None:
        self._blobs.remove_unused({row[0] for row in connection.execute("SELECT DISTINCT sha256 FROM file")})


def _add_thread(connection: sqlite3.Connection, thread: Thread, items: Sequence[TranscriptItem]) -> None:
    thread_table.save_thread(connection, thread)
    if thread.remote_id:
        remote = RemoteThread(thread.connection_id, thread.remote_id, thread.id, thread.created_at)
        service.save_remote_thread(connection, remote)
    for item in items:
        if isinstance(item, Question):
            transcript.save_question(connection, item)
            for file in item.files:
                if file.remote_id:
                    service.save_remote_file(connection, RemoteFile(file.connection_id, file.remote_id, file.id))
        else:
            transcript.save_run(connection, item, None)
