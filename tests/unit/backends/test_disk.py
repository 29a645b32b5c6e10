"""Files opened in a thread."""

import asyncio
import os
from pathlib import Path
from typing import BinaryIO

import pytest

from desktop_app.backends.wire.disk import opened
from tests.harness.wait import until


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a FIFO is what makes an opening wait")
async def test_what_is_opened_after_a_cancellation_is_closed(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    files: list[BinaryIO] = []

    def close(file: BinaryIO) -> None:
        file.close()
        files.append(file)

    task = asyncio.create_task(opened(lambda: fifo.open("rb"), close))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    writer = await asyncio.to_thread(os.open, fifo, os.O_WRONLY)
    await until(lambda: files)
    os.close(writer)
    assert files[0].closed


async def test_an_opening_that_fails_raises(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await opened(lambda: (tmp_path / "none").open("rb"), lambda file: file.close())
