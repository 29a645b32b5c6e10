"""What the archive costs with 100,000 messages, beside the least it could cost: `python -m tests.benchmarks.archive`.

Prints one JSON object a line: `figure`, `unit`, `ours`, `floor` and their `ratio`. Floors are bare statements on a bare
connection with the same durability, measured in the same run. Reads are counted in CPU time, so that other programs on
the computer do not count; writes wait for the disk and are counted by the wall clock.
"""

import asyncio
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from desktop_app.domain.entity import (
    Answer,
    CodeStep,
    MessageState,
    Question,
    Run,
    RunState,
    StepState,
    TextPart,
    Thread,
)
from desktop_app.stores.archive import SqliteArchive
from desktop_app.stores.archive.thread import save_thread
from desktop_app.stores.archive.transcript import save_question, save_run

LONG, THREADS, TURNS = 5_000, 450, 100
"""Turns of the longest thread, number of others, turns of each: 100,000 messages, a question and an answer a turn."""
ROUNDS = 15
SAVES = 100
OPEN_ITEMS = 300
"""How many finished steps stand before the answer that is streamed."""


class Vocabulary:
    """Words as frequent as in a language: the n-th has the n-th part of the first one's share."""

    def __init__(self) -> None:
        self._random = random.Random(1)  # noqa: S311 - words, no secrets
        letters = "etaoinshrdlucmfwypvbgkjqxz"
        self.words = ["".join(self._random.choices(letters, k=self._random.randint(3, 9))) for _ in range(20_000)]
        self._weights = [1 / (number + 1) for number in range(len(self.words))]

    def text(self, count: int = 40) -> str:
        return " ".join(self._random.choices(self.words, self._weights, k=count))


def turns(vocabulary: Vocabulary, thread: str, count: int) -> Iterator[tuple[Question, Run]]:
    """Questions and their answers."""
    for number in range(count):
        name = f"{thread}_{number}"
        question = Question(f"q_{name}", thread, vocabulary.text(), (), 1.0, MessageState.SENT)
        items = (Answer(f"m_{name}", (TextPart(vocabulary.text()),), complete=True),)
        yield question, Run(f"r_{name}", thread, question.id, "Analyst", "m", 1.0, RunState.COMPLETED, items=items)


def fill(connection: sqlite3.Connection, vocabulary: Vocabulary) -> None:
    """Writes 100,000 messages."""
    for number, count in enumerate([LONG, *[TURNS] * THREADS]):
        thread = f"thread_{number}"
        save_thread(connection, Thread(thread, vocabulary.text(5), "assistant", 1.0, float(number)))
        for question, run in turns(vocabulary, thread, count):
            save_question(connection, question)
            save_run(connection, run, None)


async def timed(
    action: Callable[[], Awaitable[object]], clock: Callable[[], float] = time.process_time, rounds: int = ROUNDS
) -> float:
    """Return the median in milliseconds."""
    times = []
    for _ in range(rounds):
        began = clock()
        await action()
        times.append(clock() - began)
    return statistics.median(times) * 1000


def line(figure: str, ours: float, floor: float) -> dict[str, object]:
    return {
        "figure": figure,
        "unit": "ms",
        "ours": round(ours, 2),
        "floor": round(floor, 2),
        "ratio": round(ours / floor, 2),
    }


async def searches(archive: SqliteArchive, bare: sqlite3.Connection, vocabulary: Vocabulary) -> list[dict[str, object]]:
    """Figures for searches; the floor is the bare index, asked for its fifty best rows."""
    words = vocabulary.words
    queries = {
        "search, rare word": words[5000],
        "search, usual word": words[200],
        "search, word in nearly every message": words[0],
        "search, two usual words": f"{words[100]} {words[200]}",
        "search, beginning of a word": words[300][:3],
    }
    statement = "SELECT rowid FROM passage_index WHERE passage_index MATCH ? ORDER BY rank LIMIT 50"
    lines = []
    for figure, query in queries.items():
        match = " ".join(f'"{word}"' for word in query.split()) + "*"

        async def plain(match: str = match) -> object:
            return bare.execute(statement, (match,)).fetchall()

        async def ours(query: str = query) -> object:
            return await archive.search(query)

        lines.append(line(figure, await timed(ours), await timed(plain)))
    return lines


async def opening(archive: SqliteArchive, bare: sqlite3.Connection) -> dict[str, object]:
    """The figure for opening the longest thread; the floor reads its rows and makes nothing of them."""

    async def plain() -> object:
        return [
            bare.execute(
                "SELECT q.*, p.text FROM question q JOIN passage p ON p.id = q.passage WHERE thread = 1"
            ).fetchall(),
            bare.execute(
                "SELECT r.*, i.body, p.text FROM run r JOIN item i ON i.run_id = r.id"
                " JOIN passage p ON p.id = i.passage WHERE r.thread = 1"
            ).fetchall(),
        ]

    ours = await timed(lambda: archive.transcript("thread_0"))
    return line(f"open a thread of {2 * LONG} messages", ours, await timed(plain))


async def saving(archive: SqliteArchive, folder: Path) -> list[dict[str, object]]:
    """Figures for writes; the floor is one row a transaction."""
    with closing(sqlite3.connect(folder / "floor.db", isolation_level=None)) as bare:
        bare.execute("PRAGMA journal_mode = WAL")
        bare.execute("PRAGMA synchronous = FULL")
        bare.execute("CREATE TABLE row (id INTEGER PRIMARY KEY, text TEXT)")
        floor = await timed(lambda: _insert(bare, "word " * 40), time.perf_counter, SAVES)
        floor_long = await timed(lambda: _insert(bare, "word " * 500), time.perf_counter, SAVES)
    numbers = iter(range(SAVES))
    question = Question("q", "thread_0", "word " * 40, (), 1.0)
    ours = await timed(
        lambda: archive.save_question(replace(question, id=f"new_{next(numbers)}")), time.perf_counter, SAVES
    )
    steps = tuple(CodeStep(f"s{n}", "print(1)\n" * 50, state=StepState.COMPLETED) for n in range(OPEN_ITEMS))
    run = Run("streaming", "thread_0", "q", "Analyst", "m", 1.0, RunState.IN_PROGRESS, items=steps)
    await archive.save_run(run)
    lengths = iter(range(SAVES))

    async def stream() -> None:
        answer = Answer("m", (TextPart("word " * 10 * next(lengths)),))
        await archive.save_run(replace(run, items=(*steps, answer)))

    streaming = await timed(stream, time.perf_counter, SAVES)
    return [
        line("save a question", ours, floor),
        line(f"save a streaming run after {OPEN_ITEMS} steps", streaming, floor_long),
    ]


async def _insert(connection: sqlite3.Connection, text: str) -> None:
    connection.execute("INSERT INTO row (text) VALUES (?)", (text,))


async def measure(folder: Path) -> list[dict[str, object]]:
    """Return every figure."""
    vocabulary = Vocabulary()
    archive = await SqliteArchive.open(folder / "archive")
    await archive._database.write(lambda connection: fill(connection, vocabulary))
    with closing(sqlite3.connect(folder / "archive" / "archive.sqlite")) as bare:
        lines = [*await searches(archive, bare, vocabulary), await opening(archive, bare)]
    lines += await saving(archive, folder)
    await archive.aclose()
    return lines


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        for figure in asyncio.run(measure(Path(place))):
            sys.stdout.write(json.dumps(figure) + "\n")
