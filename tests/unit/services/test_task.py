"""Tests of `services/task.py`."""

import asyncio

import pytest

from desktop_app.domain.error import DeskError, ErrorCode, ErrorInfo
from desktop_app.services.task import TaskScope, unless


async def test_a_second_start_in_a_slot_cancels_the_first() -> None:
    scope = TaskScope()
    ended: list[str] = []

    async def work(name: str, gate: asyncio.Event) -> None:
        try:
            await gate.wait()
        except asyncio.CancelledError:
            ended.append(f"{name} cancelled")
            raise
        ended.append(f"{name} done")

    gate = asyncio.Event()
    scope.start("slot", work("first", gate))
    await asyncio.sleep(0)
    scope.start("slot", work("second", gate))
    gate.set()
    await asyncio.sleep(0)
    await scope.aclose()

    assert ended == ["first cancelled", "second done"]


async def test_closing_cancels_tasks_but_waits_for_writes() -> None:
    scope = TaskScope()
    written: list[str] = []

    async def write() -> None:
        await asyncio.sleep(0.01)
        written.append("draft")

    scope.start("endless", asyncio.sleep(60))
    scope.write(write())
    await scope.aclose()

    assert written == ["draft"]
    assert not scope.is_running("endless")


async def test_nothing_starts_after_closing() -> None:
    scope = TaskScope()
    await scope.aclose()

    scope.start("late", asyncio.sleep(0))

    assert not scope.is_running("late")


async def test_an_error_is_published_with_its_code() -> None:
    scope = TaskScope()
    failed: list[ErrorInfo] = []
    scope.failed.connect(failed.append)

    async def fail() -> None:
        raise DeskError(ErrorCode.DISK_FULL)

    scope.start("slot", fail())
    await asyncio.sleep(0)

    assert [error.code for error in failed] == [ErrorCode.DISK_FULL]


@pytest.mark.expects_log("A background task failed")
async def test_a_defect_is_logged_and_published_without_its_text() -> None:
    scope = TaskScope()
    failed: list[ErrorInfo] = []
    scope.failed.connect(failed.append)

    async def fail() -> None:
        raise ZeroDivisionError("sk-secret")

    scope.start("slot", fail())
    await asyncio.sleep(0)

    assert failed == [ErrorInfo(ErrorCode.UNEXPECTED, {"type": "ZeroDivisionError"})]


async def test_unless_returns_what_the_work_returns() -> None:
    assert await unless(asyncio.Event(), asyncio.sleep(0, "done")) == "done"


async def test_unless_passes_the_works_error_on() -> None:
    async def fail() -> None:
        raise DeskError(ErrorCode.UPLOAD_FAILED)

    with pytest.raises(DeskError, match="upload_failed"):
        await unless(asyncio.Event(), fail())


async def test_unless_gives_the_work_up_when_stopped() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().call_soon(stop.set)

    with pytest.raises(DeskError, match="cancelled"):
        await unless(stop, asyncio.sleep(60))
