"""The connections to the database: one thread writes, a few read, the event loop waits for neither."""

import asyncio
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.stores.archive.blob import NO_SPACE
from desktop_app.stores.archive.schema import migrate

T = TypeVar("T")

_READERS = 2
_BUSY_SECONDS = 10.0


class Database:
    """Runs functions of a connection in its threads. A write is one transaction, on the disk when it returns."""

    def __init__(self, path: Path) -> None:
        """Opens the file, or creates it for this user only, and brings it up to date. Blocks.

        Raises:
            DeskError: STORAGE_FAILED with the `path`, and a `reason`: `newer`, `corrupt` or empty. DISK_FULL.
        """
        self._path = path
        with storage_errors(path):
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
            self._connection = _connect(path)
            try:
                migrate(self._connection, path)
            except BaseException:
                self._connection.close()
                raise
        self._readers: list[sqlite3.Connection] = []
        self._local = threading.local()
        self._write_pool = ThreadPoolExecutor(1, "archive-writer")
        self._read_pool = ThreadPoolExecutor(_READERS, "archive-reader")

    async def write(self, function: Callable[[sqlite3.Connection], T], then: Callable[[T], None] | None = None) -> T:
        """Runs `function` in the writer thread, in a transaction of its own, after all writes asked for before.

        `then` is called with the result in the writer thread, once it is on the disk.
        """
        return await self._run(self._write_pool, lambda: self._write(function, then))

    async def read(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Runs `function` in a reader thread. It sees every write that has returned."""
        return await self._run(self._read_pool, lambda: self._read(function))

    async def aclose(self) -> None:
        """Waits for what was asked for, then closes. Calling it twice is harmless."""
        await asyncio.to_thread(self._close)

    async def _run(self, pool: ThreadPoolExecutor, call: Callable[[], T]) -> T:
        try:
            future = asyncio.get_running_loop().run_in_executor(pool, call)
        except RuntimeError as error:  # the pool has been shut down
            raise DeskError(ErrorCode.STORAGE_FAILED, "the archive is closed", path=self._path) from error
        return await future

    def _write(self, function: Callable[[sqlite3.Connection], T], then: Callable[[T], None] | None) -> T:
        with storage_errors(self._path):
            connection = self._connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                result = function(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        if then is not None:
            then(result)
        return result

    def _read(self, function: Callable[[sqlite3.Connection], T]) -> T:
        with storage_errors(self._path):
            connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
            if connection is None:
                connection = _connect(self._path)
                connection.execute("PRAGMA query_only = ON")
                self._local.connection = connection
                self._readers.append(connection)
            connection.execute("BEGIN")  # one view of the data, however many statements
            try:
                return function(connection)
            finally:
                connection.execute("ROLLBACK")

    def _close(self) -> None:
        self._write_pool.shutdown()
        self._read_pool.shutdown()
        for connection in (*self._readers, self._connection):
            connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL, because a thread's id or a run's that a power cut takes away cannot be asked for again.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
    except BaseException:
        connection.close()
        raise
    return connection


_CORRUPT = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turns what SQLite and the disk say into a `DeskError`."""
    try:
        yield
    except sqlite3.Error as error:
        # The low byte is the primary code, the rest refines it.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise DeskError(ErrorCode.DISK_FULL, str(error), path=path) from error
        reason = "corrupt" if code in _CORRUPT else ""
        raise DeskError(ErrorCode.STORAGE_FAILED, str(error), path=path, reason=reason) from error
    except OSError as error:
        if error.errno in NO_SPACE:
            raise DeskError(ErrorCode.DISK_FULL, str(error), path=path) from error
        raise DeskError(ErrorCode.STORAGE_FAILED, str(error), path=path, reason="") from error
