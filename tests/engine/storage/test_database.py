"""The database: durable, exclusive, and clear about what is wrong."""

import asyncio
import os
import sqlite3
from pathlib import Path

import pytest

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.storage.database import Database
from desktop_app.engine.storage.record import Records
from desktop_app.engine.storage.schema import MIGRATIONS


async def test_what_was_written_is_there_after_reopening(tmp_path: Path) -> None:
    first = await Database.open(tmp_path / "engine.sqlite3")
    await first.run(lambda records: records.save("thread", {"id": "t"}))
    await first.aclose()
    second = await Database.open(tmp_path / "engine.sqlite3")
    assert await second.run(lambda records: records.get("thread", "t")) == {"id": "t"}
    await second.aclose()


async def test_an_exception_takes_the_whole_transaction_back(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "engine.sqlite3")

    def work(records: Records) -> None:
        records.save("thread", {"id": "t"})
        raise LookupError

    with pytest.raises(LookupError):
        await database.run(work)
    assert await database.run(lambda records: records.get("thread", "t")) is None
    await database.aclose()


async def test_a_second_engine_is_refused_in_words(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "engine.sqlite3")
    with pytest.raises(DeskError, match="another engine is using"):
        await Database.open(tmp_path / "engine.sqlite3", wait_seconds=0.1)
    await database.aclose()


async def test_a_second_engine_waits_for_the_first_to_go(tmp_path: Path) -> None:
    first = await Database.open(tmp_path / "engine.sqlite3")
    opening = asyncio.create_task(Database.open(tmp_path / "engine.sqlite3", wait_seconds=10))
    done, _ = await asyncio.wait((opening,), timeout=0.3)
    assert not done
    await first.aclose()
    await (await opening).aclose()


async def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "engine.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    with pytest.raises(DeskError, match="newer version"):
        await Database.open(path)


async def test_a_migration_keeps_a_backup_of_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "engine.sqlite3"
    old = await Database.open(path)
    await old.run(lambda records: records.save("thread", {"id": "t"}))
    await old.aclose()
    migrations = (*MIGRATIONS, "CREATE TABLE later (id TEXT) STRICT;")
    monkeypatch.setattr("desktop_app.engine.storage.database.MIGRATIONS", migrations)
    new = await Database.open(path)
    await new.aclose()
    backup = sqlite3.connect(path.with_suffix(".v1.backup"))
    assert backup.execute("SELECT id FROM thread").fetchall() == [("t",)]
    assert backup.execute("PRAGMA user_version").fetchone() == (1,)
    backup.close()


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "engine.sqlite3"
    path.write_bytes(b"something else" * 1000)
    with pytest.raises(DeskError, match=r"engine\.sqlite3 cannot be used") as caught:
        await Database.open(path)
    assert caught.value.code is ErrorCode.STORAGE_FAILED


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DeskError, match="cannot be written"):
        await Database.open(tmp_path / "file" / "engine.sqlite3")


async def test_the_loop_goes_on_while_the_disk_is_slow(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "engine.sqlite3")
    reader, writer = os.pipe()
    slow = asyncio.create_task(database.run(lambda _: os.read(reader, 1)))
    await asyncio.to_thread(lambda: None)
    assert not slow.done()
    os.write(writer, b"x")
    assert await slow == b"x"
    os.close(reader)
    os.close(writer)
    await database.aclose()
