"""Gathering events, so that they are written and announced some times a second instead of one by one."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from typing import TypeVar

from desktop_app.engine.port import CodePiece, Logs, TextPiece

T = TypeVar("T")

SECONDS = 0.05


async def batches(source: AsyncIterator[T], seconds: float = SECONDS) -> AsyncIterator[list[T]]:
    """Yields what came since the last batch, at most every `seconds`; the first event goes through at once.

    Closing it, and an exception in `source` (raised here after what came before it), closes the source.
    """
    waiting: list[T] = []
    arrived = asyncio.Event()
    pump = asyncio.create_task(_pump(source, waiting, arrived))
    try:
        while True:
            await arrived.wait()
            arrived.clear()
            if waiting:
                batch = waiting.copy()
                waiting.clear()
                yield batch
            if pump.done() and not waiting:
                await pump
                return
            await asyncio.wait((pump,), timeout=seconds)
            if pump.done():
                arrived.set()
    finally:
        pump.cancel()
        await asyncio.wait((pump,))
        if not pump.cancelled():
            pump.exception()  # whoever stops listening does not want to hear of it


async def _pump(source: AsyncIterator[T], waiting: list[T], arrived: asyncio.Event) -> None:
    try:
        async for event in source:
            waiting.append(event)
            arrived.set()
    finally:
        arrived.set()
        if isinstance(source, AsyncGenerator):
            await source.aclose()


def joined(batch: list[T]) -> list[T]:
    """The batch with neighbouring pieces of one text made one piece."""
    result: list[T] = []
    for event in batch:
        whole = _join(result[-1], event) if result else None
        if whole is None:
            result.append(event)
        else:
            result[-1] = whole
    return result


def _join(first: T, second: T) -> T | None:
    match first, second:
        case TextPiece(), TextPiece():
            return replace(second, text=first.text + second.text)
        case Logs(), Logs():
            return replace(second, text=first.text + second.text)
        case CodePiece(), CodePiece() if first.call_id == second.call_id:
            return replace(second, text=first.text + second.text)
        case _:
            return None
