"""The guards of `tests/conftest.py` fail what would pass silently."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.harness import guard

LOGGER = logging.getLogger("guarded")
Failed = pytest.fail.Exception


def finish(guarded: Iterator[None]) -> None:
    """End a guarded test."""
    assert next(guarded, "ended") == "ended"


@pytest.mark.expects_log("guarded")
def test_an_unexpected_log_record_fails() -> None:
    guarded = guard.unexpected_logs(["guarded: one thing"])
    next(guarded)
    LOGGER.warning("another thing")
    with pytest.raises(Failed, match="guarded: another thing"):
        finish(guarded)


@pytest.mark.expects_log("guarded")
def test_an_expected_log_record_and_information_pass() -> None:
    guarded = guard.unexpected_logs(["guarded: one thing"])
    next(guarded)
    LOGGER.info("started")
    LOGGER.error("one thing")
    finish(guarded)


async def test_a_task_left_running_fails() -> None:
    guarded = guard.lost_tasks()
    await anext(guarded)
    task = asyncio.create_task(asyncio.Event().wait(), name="forgotten")
    with pytest.raises(Failed, match="forgotten"):
        await anext(guarded)
    task.cancel()


async def test_an_exception_nobody_awaited_fails() -> None:
    async def fail() -> None:
        raise LookupError("lost")

    guarded = guard.lost_tasks()
    await anext(guarded)
    task = asyncio.create_task(fail())
    await asyncio.wait([task])
    del task
    with pytest.raises(Failed, match="LookupError"):
        await anext(guarded)


async def test_what_was_awaited_or_cancelled_passes() -> None:
    guarded = guard.lost_tasks()
    await anext(guarded)
    await asyncio.create_task(asyncio.sleep(0))
    asyncio.create_task(asyncio.Event().wait()).cancel()
    with pytest.raises(StopAsyncIteration):
        await anext(guarded)


def test_a_process_left_running_is_named() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert any(str(process.pid) in line for line in guard.left_processes(0))
        process.terminate()
    assert guard.left_processes(0) == []
