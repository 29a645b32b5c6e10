"""Waiting for a condition, in tests that have no event to wait for."""

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], object], *, seconds: float = 10) -> None:
    """Return as soon as `condition()` is true; the event loop runs meanwhile.

    Raises:
        TimeoutError: it did not become true within `seconds`.
    """
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - for state that announces nothing
            await asyncio.sleep(0.005)
