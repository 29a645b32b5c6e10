"""Opening an archive: new, older, newer, damaged."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.stores.archive import SqliteArchive
from desktop_app.stores.archive.schema import MIGRATIONS, migrate


def version_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def names_in(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()}


async def _make(folder: Path) -> Path:
    archive = await SqliteArchive.open(folder)
    await archive.save_draft("thread", "text")
    await archive.aclose()
    return folder / "archive.sqlite"


async def test_a_new_archive_has_the_newest_version_and_no_backup(folder: Path) -> None:
    path = await _make(folder)
    assert version_of(path) == len(MIGRATIONS)
    assert names_in(folder) == {"archive.sqlite", "blobs", "scratch"}


async def test_an_older_database_is_backed_up_and_migrated(folder: Path) -> None:
    path = await _make(folder)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, path, (*MIGRATIONS, "ALTER TABLE draft ADD COLUMN cursor INTEGER"))
        assert connection.execute("SELECT text, cursor FROM draft").fetchall() == [("text", None)]
    backup = folder / f"archive.sqlite.version-{len(MIGRATIONS)}"
    assert (version_of(path), version_of(backup)) == (len(MIGRATIONS) + 1, len(MIGRATIONS))
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT text FROM draft").fetchall() == [("text",)]


async def test_a_migration_happens_whole_or_not_at_all(folder: Path) -> None:
    path = await _make(folder)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        with pytest.raises(sqlite3.OperationalError):
            migrate(connection, path, (*MIGRATIONS, "CREATE TABLE extra (id TEXT); INSERT INTO nowhere VALUES (1)"))
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE name = 'extra'").fetchall()
    assert (version_of(path), tables) == (len(MIGRATIONS), [])


async def test_a_database_of_a_later_version_is_left_alone(folder: Path) -> None:
    path = await _make(folder)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(DeskError) as caught:
        await SqliteArchive.open(folder)
    assert caught.value.code is ErrorCode.STORAGE_FAILED
    assert caught.value.info.data == {"reason": "newer", "path": str(path)}
    assert version_of(path) == 99


@pytest.mark.parametrize("keep", [0, 100])
async def test_a_damaged_database_is_reported_and_left_as_it_is(folder: Path, keep: int) -> None:
    path = await _make(folder)
    damaged = path.read_bytes()[:keep] + b"damaged " * 1000
    path.write_bytes(damaged)
    with pytest.raises(DeskError) as caught:
        await SqliteArchive.open(folder)
    assert caught.value.code is ErrorCode.STORAGE_FAILED
    assert caught.value.info.data == {"reason": "corrupt", "path": str(path)}
    assert path.read_bytes() == damaged


async def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DeskError) as caught:
        await SqliteArchive.open(tmp_path / "file" / "archive")
    assert caught.value.code is ErrorCode.STORAGE_FAILED
