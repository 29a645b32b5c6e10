"""The engine's database: one SQLite file, one thread that uses it, one process at a time."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.storage.record import Records
from desktop_app.engine.storage.schema import MIGRATIONS

T = TypeVar("T")


class Database:
    """Runs transactions one after the other in a thread of its own, so that the loop never waits for the disk.

    What `run` has returned from survives the death of the process (WAL). The file stays locked while it is open.
    """

    def __init__(self, connection: sqlite3.Connection, thread: ThreadPoolExecutor) -> None:
        self._connection = connection
        self._thread = thread

    @classmethod
    async def open(cls, path: Path, *, wait_seconds: float = 5.0) -> "Database":
        """Opens the file, makes or migrates its tables, and locks it.

        Raises:
            DeskError: STORAGE_FAILED, if it cannot be written, another engine keeps it locked for longer than
                `wait_seconds`, or a newer version of the program wrote it.
        """
        thread = ThreadPoolExecutor(1, "engine-database")
        loop = asyncio.get_running_loop()
        try:
            connection = await loop.run_in_executor(thread, _connect, path, wait_seconds)
        except BaseException:
            thread.shutdown(wait=False)
            raise
        return cls(connection, thread)

    async def run(self, work: Callable[[Records], T]) -> T:
        """Returns what `work` returns, once its transaction is committed. An exception rolls it back.

        Raises:
            DeskError: STORAGE_FAILED or DISK_FULL.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._transact, work)

    def _transact(self, work: Callable[[Records], T]) -> T:
        try:
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                return work(Records(self._connection))
        except sqlite3.OperationalError as error:
            full = error.sqlite_errorcode == sqlite3.SQLITE_FULL
            raise DeskError(ErrorCode.DISK_FULL if full else ErrorCode.STORAGE_FAILED, str(error)) from error

    async def aclose(self) -> None:
        """Finishes what was begun, closes the file and gives up its lock."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown()


def _connect(path: Path, wait_seconds: float) -> sqlite3.Connection:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # One thread uses it, but not the one that a garbage collection may happen in.
        connection = sqlite3.connect(path, timeout=wait_seconds, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.OperationalError) as error:
        raise DeskError(ErrorCode.STORAGE_FAILED, f"{path.parent} cannot be written: {error}") from error
    try:
        # In this mode the first access takes the lock and only closing (or dying) gives it back.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        _migrate(connection, path)
    except sqlite3.Error as error:
        connection.close()
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise DeskError(ErrorCode.STORAGE_FAILED, f"another engine is using {path.parent}") from error
        raise DeskError(ErrorCode.STORAGE_FAILED, f"{path} cannot be used: {error}") from error
    except DeskError:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise DeskError(ErrorCode.STORAGE_FAILED, f"{path} was written by a newer version of the program")
    if 0 < version < len(MIGRATIONS):
        backup = path.with_suffix(f".v{version}.backup")
        backup.unlink(missing_ok=True)
        connection.execute("VACUUM INTO ?", (str(backup),))
    for number, script in enumerate(MIGRATIONS[version:], version + 1):
        connection.executescript(f"BEGIN; {script}; PRAGMA user_version = {number}; COMMIT;")
