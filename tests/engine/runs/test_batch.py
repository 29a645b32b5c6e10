"""Batches: the first piece at once, nothing lost, and the source always closed."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from desktop_app.engine.port import CodePiece, Logs, TextPiece
from desktop_app.engine.runs.batch import batches, joined


async def test_nothing_is_lost_and_the_order_stays() -> None:
    async def source() -> AsyncIterator[int]:
        for number in range(1000):
            yield number
            if number % 100 == 0:
                await asyncio.sleep(0)

    found = [batch async for batch in batches(source(), 0.001)]
    assert [number for batch in found for number in batch] == list(range(1000))
    assert len(found) < 100


async def test_the_first_piece_does_not_wait() -> None:
    never = asyncio.Event()

    async def source() -> AsyncIterator[int]:
        yield 1
        await never.wait()

    stream = batches(source(), 3600)
    async with asyncio.timeout(5):
        assert await anext(stream) == [1]
    await stream.aclose()  # type: ignore[attr-defined]  # it is an asynchronous generator


async def test_an_error_comes_after_what_came_before_it() -> None:
    async def source() -> AsyncIterator[int]:
        yield 1
        yield 2
        raise LookupError

    found: list[int] = []

    async def read() -> None:
        async for batch in batches(source(), 0.001):
            found.extend(batch)

    with pytest.raises(LookupError):
        await read()
    assert found == [1, 2]


async def test_a_cancelled_reader_closes_the_source() -> None:
    closed = asyncio.Event()
    begun = asyncio.Event()

    async def source() -> AsyncIterator[int]:
        try:
            begun.set()
            await asyncio.Event().wait()
            yield 1
        finally:
            closed.set()

    async def read() -> None:
        async for _ in batches(source()):
            pass

    task = asyncio.create_task(read())
    await begun.wait()
    task.cancel()
    await asyncio.wait((task,))
    assert closed.is_set()


def test_neighbours_of_one_kind_become_one() -> None:
    batch = [TextPiece("a"), TextPiece("b"), CodePiece("1", "x"), CodePiece("1", "y"), CodePiece("2", "z")]
    assert joined(batch) == [TextPiece("ab"), CodePiece("1", "xy"), CodePiece("2", "z")]
    assert joined([Logs("a"), Logs("b")]) == [Logs("ab")]
