"""An archive that an earlier version wrote opens, and keeps everything."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from desktop_app.domain.connection import ENGINE_ID, RemoteFile, RemoteThread
from desktop_app.domain.entity import (
    Answer,
    Assistant,
    CodeStep,
    FileLink,
    ImageOutput,
    LogOutput,
    MessageState,
    Question,
    Run,
    RunState,
    StepState,
    StoredFile,
    TextPart,
    Thread,
    Usage,
)
from desktop_app.domain.error import DeskError, ErrorCode, ErrorInfo
from desktop_app.stores.archive import SqliteArchive
from desktop_app.stores.archive.schema import MIGRATIONS, migrate

TABLE = StoredFile("file_1", "data.csv", 3, "text/csv", "a" * 64, "remote_1", 5.0)
CHART = StoredFile("file_2", "chart.png", 9, "image/png", "b" * 64, "remote_2", 6.0)
THREADS = (
    Thread("t2", "Weather", "a1", 3.0, 4.0, "remote_t2", busy=True),
    Thread("t1", "Sales", "a1", 1.0, 2.0, "remote_t1", unread=True),
    Thread("t0", "Not sent yet", "a1", 0.5, 0.5),
)
DELETED = Thread("t3", "Deleted", "a1", 2.0, 1.0, "remote_t3")
TRANSCRIPT = (
    Question("q1", "t1", "Plot the profit", (TABLE,), 10.0, MessageState.SENT, None, "msg_1"),
    Run(
        "r1",
        "t1",
        "q1",
        "Analyst",
        "model",
        11.0,
        RunState.COMPLETED,
        "run_1",
        (
            CodeStep("s1", "print(42)", (LogOutput("42"), ImageOutput(CHART)), StepState.COMPLETED, None, 11.0, 12.0),
            Answer("m1", (TextPart("Here is [it](x)", (FileLink("x", CHART, 13, 14),)),), (CHART,), complete=True),
        ),
        None,
        Usage(100, 20),
        13.0,
    ),
    Question("q2", "t1", "And now?", (), 14.0, MessageState.SENT),
    Run("r2", "t1", "q2", "Analyst", "model", 15.0, RunState.FAILED, error=ErrorInfo(ErrorCode.RUN_EXPIRED)),
)

# What version 1 of the program wrote for the values above.
_STEP = (
    '{"kind":"code","key":"s1","outputs":[{"log":"42"},{"image":"file_2"}],"state":"completed","error":null,'
    '"started_at":11.0,"ended_at":12.0}'
)
_ANSWER = (
    '{"kind":"answer","key":"m1","parts":[{"length":15,"links":[{"text":"x","file":"file_2","start":13,"end":14}]}],'
    '"files":["file_2"],"complete":true}'
)
_EXPIRED = '{"code":"run_expired","data":{},"detail":""}'
_ROWS: dict[str, list[tuple[object, ...]]] = {
    "assistant": [("a1", "Analyst", "d", "Be brief", "m", 1, 0.0)],
    "remote_assistant": [("engine", "a1", "asst_1")],
    "thread": [
        (1, "t1", "a1", 1.0, 2.0, "remote_t1", 0, 1, 0),
        (2, "t2", "a1", 3.0, 4.0, "remote_t2", 1, 0, 0),
        (3, "t3", "a1", 2.0, 1.0, "remote_t3", 0, 0, 1),
        (4, "t0", "a1", 0.5, 0.5, "", 0, 0, 0),
    ],
    "passage": [
        (1 << 32, "Sales", 1),
        ((1 << 32) + 1, "Plot the profit", 1),
        ((1 << 32) + 2, "print(42)", 1),
        ((1 << 32) + 3, "Here is [it](x)", 1),
        ((1 << 32) + 4, "And now?", 1),
        (2 << 32, "Weather", 1),
        (3 << 32, "Deleted", 1),
        (4 << 32, "Not sent yet", 1),
    ],
    "file": [
        ("file_1", "data.csv", 3, "text/csv", "a" * 64, "remote_1", 5.0),
        ("file_2", "chart.png", 9, "image/png", "b" * 64, "remote_2", 6.0),
    ],
    "question": [
        ("q1", 1, 1, (1 << 32) + 1, 10.0, "sent", None, "msg_1"),
        ("q2", 1, 3, (1 << 32) + 4, 14.0, "sent", None, ""),
    ],
    "question_file": [("q1", 0, "file_1")],
    "run": [
        ("r1", 1, 2, "q1", "Analyst", "model", 11.0, "completed", 0, "run_1", None, 100, 20, 13.0),
        ("r2", 1, 4, "q2", "Analyst", "model", 15.0, "failed", 0, "", _EXPIRED, None, None, None),
    ],
    "item": [
        ("r1", 0, (1 << 32) + 2, _STEP),
        ("r1", 1, (1 << 32) + 3, _ANSWER),
    ],
    "item_file": [("r1", 0, "file_2"), ("r1", 1, "file_2")],
    "draft": [("t1", "half a que")],
}


@pytest.fixture
def first(folder: Path) -> Path:
    """An archive of version 1."""
    (folder / "blobs").mkdir(parents=True)
    path = folder / "archive.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection, path, MIGRATIONS[:1])
        for table, rows in _ROWS.items():
            places = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({places})", rows)  # noqa: S608 - names of this module
        connection.execute("INSERT INTO passage_index (rowid, text) SELECT id, text FROM passage")
    return path


@pytest.fixture
async def opened(first: Path) -> AsyncIterator[SqliteArchive]:
    """The same, opened by this version."""
    archive = await SqliteArchive.open(first.parent)
    yield archive
    await archive.aclose()


async def test_everything_of_version_1_is_there(opened: SqliteArchive) -> None:
    assert await opened.assistants() == (Assistant("a1", "Analyst", "d", "Be brief", "m"),)
    assert await opened.threads() == THREADS
    assert await opened.deleted_threads() == (DELETED,)
    assert await opened.transcript("t1") == TRANSCRIPT
    assert await opened.draft("t1") == "half a que"
    assert await opened.remote_assistant_id(ENGINE_ID, "a1") == "asst_1"
    assert await opened.file_by_remote_id(ENGINE_ID, "remote_2") == CHART
    assert await opened.remote_files() == (RemoteFile(ENGINE_ID, TABLE.remote_id, TABLE.id),)
    assert [hit.thread.id for hit in await opened.search("profit")] == ["t1"]
    assert await opened.connections() == ()


async def test_the_threads_that_the_engine_keeps_are_remembered(opened: SqliteArchive) -> None:
    assert await opened.remote_threads() == (
        RemoteThread(ENGINE_ID, "remote_t1", "t1", 1.0),
        RemoteThread(ENGINE_ID, "remote_t3", "t3", 2.0),
        RemoteThread(ENGINE_ID, "remote_t2", "t2", 3.0),
    )


async def test_version_1_stays_beside_it(opened: SqliteArchive, first: Path) -> None:
    await opened.aclose()
    with closing(sqlite3.connect(first.with_name("archive.sqlite.version-1"))) as backup:
        assert backup.execute("PRAGMA user_version").fetchone() == (1,)
        assert backup.execute("SELECT * FROM run ORDER BY id").fetchall() == _ROWS["run"]


async def test_what_is_left_of_a_migration_that_was_cut_off_does_no_harm(first: Path) -> None:
    first.with_name("archive.sqlite.version-1.part").write_bytes(b"half a backup")
    archive = await SqliteArchive.open(first.parent)
    assert await archive.transcript("t1") == TRANSCRIPT
    await archive.aclose()
    assert not first.with_name("archive.sqlite.version-1.part").exists()


async def test_the_program_of_version_1_refuses_what_this_one_wrote(opened: SqliteArchive, first: Path) -> None:
    await opened.aclose()
    with closing(sqlite3.connect(first, isolation_level=None)) as connection:
        with pytest.raises(DeskError) as caught:
            migrate(connection, first, MIGRATIONS[:1])
        assert caught.value.info.data["reason"] == "newer"
