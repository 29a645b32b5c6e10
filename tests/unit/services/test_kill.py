"""The program is killed just before or just after any of its writes: the next one asks nothing twice."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from desktop_app.domain.connection import ENGINE_ID, Connection, ConnectionKind
from desktop_app.domain.entity import Question, Run, RunState
from desktop_app.domain.error import DeskError, ErrorCode
from tests.contract.scenario import Code, Say
from tests.harness.responses import Dialect, ResponsesService, served
from tests.harness.wait import until
from tests.unit.services.bench import Bench, text_of

JOB = (Code("save()", logs="two rows\n", saves="made.csv"), Say("Here is [it](sandbox:/mnt/data/made.csv)."))
ANSWER = "Here is [it](sandbox:/mnt/data/made.csv)."


class Killer:
    """Lets so many writes reach the disk; nothing goes on after that, until the program ends.

    Attributes:
        struck: The program is dead.
    """

    def __init__(self, writes: int, *, is_last_told: bool) -> None:
        """The last one is on the disk, or whoever wrote it knows that, too."""
        self.struck = asyncio.Event()
        self._left = writes
        self._is_last_told = is_last_told
        self._ended = asyncio.Event()

    async def write(self, write: Callable[..., Awaitable[object]], *arguments: Any) -> object:
        if self._left > 0:
            self._left -= 1
            result = await write(*arguments)
            if self._left > 0 or self._is_last_told:
                return result
        self.struck.set()
        await self._ended.wait()
        raise DeskError(ErrorCode.STORAGE_FAILED)

    def end(self) -> None:
        """Lets the program end; nothing is written."""
        self._ended.set()


@asynccontextmanager
async def on_service(
    bench: Bench, kind: ConnectionKind
) -> AsyncIterator[tuple[str, Callable[[str], Awaitable[tuple[int, int]]]]]:
    """The connection's id, and what counts the questions and runs of a thread there."""
    bench.player.on("Go", *JOB)
    if kind is ConnectionKind.ENGINE:

        async def listed(thread_id: str) -> tuple[int, int]:
            messages, runs = await bench.remote(thread_id)
            return len(messages), len(runs)

        yield ENGINE_ID, listed
        return
    service = ResponsesService(Dialect.OPENAI)
    service.will(*JOB)
    async with served(service) as base_url:
        connections = bench.services.connections
        connections.save(Connection("", kind, "Cloud", base_url, "scripted"), service.key)
        await until(lambda: len(connections.items) == 2)

        async def posted(thread_id: str) -> tuple[int, int]:
            thread = bench.services.threads.get(thread_id)
            assert thread is not None
            messages = service.asked("POST", f"/conversations/{thread.remote_id}/items")
            runs = [run for run in service.responses.values() if run.conversation_id == thread.remote_id]
            return len(messages), len(runs)

        yield connections.items[1].id, posted
        await bench.desk.aclose()
        await bench.start()


async def completed(bench: Bench, thread_id: str) -> bool:
    """Whether the question was there, and now is answered; Retry is clicked as often as it is offered."""
    bench.services.conversation.open(thread_id)
    if not await bench.archive.transcript(thread_id):
        return False
    await until(lambda: bench.services.conversation.transcript(thread_id))
    for _ in range(3):
        await bench.idle(thread_id)
        last = bench.item(thread_id)
        if isinstance(last, Run) and last.state is RunState.COMPLETED:
            return True
        bench.services.conversation.retry(thread_id)
    pytest.fail(f"{bench.item(thread_id)}")


async def killed(bench: Bench, thread_id: str, killer: Killer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asks, is killed, and starts again."""
    database = bench.archive._database
    monkeypatch.setattr(database, "write", partial(killer.write, database.write))
    bench.ask(thread_id, "Go")
    await until(lambda: killer.struck.is_set() or not bench.services.conversation.is_busy(thread_id), seconds=20)
    killer.end()
    await bench.restart()


async def attached(bench: Bench, thread_id: str, table: Path) -> None:
    bench.services.attachments.add(thread_id, [table])
    await until(lambda: all(draft.file.remote_id for draft in bench.services.attachments.files(thread_id)))


@pytest.mark.parametrize("is_last_told", [False, True])
@pytest.mark.parametrize("kind", [ConnectionKind.ENGINE, ConnectionKind.OPENAI])
async def test_a_question_is_asked_and_answered_once_wherever_the_program_is_killed(
    bench: Bench, table: Path, monkeypatch: pytest.MonkeyPatch, kind: ConnectionKind, *, is_last_told: bool
) -> None:
    async with on_service(bench, kind) as (connection_id, count):
        answered = 0
        for writes in range(100):
            thread_id = bench.new_thread()
            bench.services.threads.choose_connection(thread_id, connection_id)
            await attached(bench, thread_id, table)
            killer = Killer(writes, is_last_told=is_last_told)
            await killed(bench, thread_id, killer, monkeypatch)
            if await completed(bench, thread_id):
                answered += 1
                assert text_of(bench.item(thread_id)).strip() == ANSWER
                assert await count(thread_id) == (1, 1), f"killed after {writes} writes"
                items = bench.services.conversation.transcript(thread_id)
                assert len([item for item in items if isinstance(item, Question)]) == 1
            if not killer.struck.is_set():
                break
        assert answered > 5
