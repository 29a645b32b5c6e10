"""The program is killed with SIGKILL, and started again: everything up to then is there, and nothing is there twice."""

import asyncio
import json
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from desktop_app.engine.storage.database import Database
from desktop_app.system.path import locate
from tests.app.person import person_at_window
from tests.app.victim import Deeds
from tests.harness.chat_server import ChatServer, Reply
from tests.harness.source import ROOT
from tests.harness.wait import until

QUESTION = "How much is six times seven?"
BIG = 400 * 1024**2
TABLE = "a,b\n1,2\n"


async def live_and_die(deeds: Deeds, once: Callable[[], object] = lambda: True) -> None:
    """Let a window of its own do all this, and kill it `once` it is so; whatever it had started ends with it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.app.victim", json.dumps(deeds)), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            assert await process.stdout.readline() == b"done\n"
        await until(once)
        started = psutil.Process(process.pid).children(recursive=True)
    finally:
        process.kill()
        await process.wait()
    _, left = await asyncio.to_thread(psutil.wait_procs, started, timeout=8)
    assert left == []


def drafts() -> list[str]:
    with closing(sqlite3.connect(f"file:{locate().archive}?mode=ro", uri=True)) as archive:
        return [text for (text,) in archive.execute("SELECT text FROM draft")]


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("sign", "script"),
    [
        ("print(6 *", [Reply(code="print(6 *", hangs=True), Reply(code="print(6 * 7)"), Reply("It is 42.")]),
        (
            "in the middle",
            [
                Reply(code="print('in the ' + 'middle', flush=True)\nimport time\ntime.sleep(600)"),
                Reply(code="print(6 * 7)"),
                Reply("It is 42."),
            ],
        ),
        ("It is fort", [Reply(code="print(6 * 7)"), Reply("It is fort", hangs=True), Reply("It is 42.")]),
    ],
    ids=["while code is written", "while code runs", "while the answer streams"],
)
async def test_a_run_is_found_again_and_completed(server: ChatServer, sign: str, script: list[Reply]) -> None:
    server.add(*script)
    await live_and_die([["ask", QUESTION], ["read", sign]])

    async with person_at_window() as person:
        await person.read("It is 42.")
        await person.see_the_run_end()

        assert [person.says(words) for words in (QUESTION, "print(6 * 7)", "It is 42.")] == [1, 1, 1]
        assert sign in "print(6 * 7)" or not person.says(sign)
    assert len(server.requests) == len(script)


async def test_a_question_that_was_not_sent_waits_for_retry(server: ChatServer, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(TABLE)
    server.add(Reply("It is 42."))
    holder = await Database.open(locate().engine / "engine.sqlite3")  # no engine can start as long as this is open
    await live_and_die([["drop", str(tmp_path / "table.csv")], ["ask", QUESTION], ["read", QUESTION]])
    await holder.aclose()

    async with person_at_window() as person:
        await person.click("retry")
        await person.read("It is 42.")
        await person.see_the_run_end()

        assert person.says(QUESTION) == 1
        assert person.chips == ["table.csv, 8 bytes"]
    (request,) = server.requests
    assert "table.csv" in str(request["messages"][-1])


async def test_what_was_typed_is_there_although_its_file_was_still_being_copied(home: Path, tmp_path: Path) -> None:
    big = tmp_path / "big.csv"
    with big.open("wb") as file:
        file.truncate(BIG)
    await live_and_die([["type", QUESTION], ["drop", str(big)]], once=lambda: QUESTION in drafts())

    async with person_at_window() as person:
        assert person.draft == QUESTION
        assert person.transcript_text() == ""
    assert size_of(home) < BIG
