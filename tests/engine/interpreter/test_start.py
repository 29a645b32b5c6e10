"""A start that is cut short leaves nothing behind, though bwrap's own processes would wait for ever."""

import asyncio
import contextlib
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.engine.interpreter.bubblewrap import Bubblewrap
from tests.engine.interpreter.conftest import LIMITS
from tests.engine.interpreter.test_escape import ROOT, pids_of

STUCK = "sleep 6789"
"""Stands for bwrap's child that waits for a word of its parent."""

SCRIPT = """
import asyncio, sys
from desktop_app.engine.interpreter.bubblewrap import Bubblewrap
from desktop_app.engine.port import Limits
asyncio.run(Bubblewrap(Limits(), sys.argv[1]).status())
"""


@pytest.fixture
def stuck_bwrap(tmp_path: Path) -> Path:
    """A bwrap that stays between its first process and the second."""
    executable = tmp_path / "bwrap"
    executable.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo bubblewrap 0.8.0 && exit\n{STUCK} &\nwait\n')
    executable.chmod(0o755)
    return executable


async def stuck_process() -> int:
    """A descriptor of the stuck process, once it is there."""
    async with asyncio.timeout(20):
        while not (found := await asyncio.to_thread(pids_of, STUCK)):
            pass
    return os.pidfd_open(found[0])


@contextlib.contextmanager
def engine_that_starts(bwrap: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Yield a process that starts a sandbox."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", SCRIPT, str(bwrap)], env=environ) as engine:
        try:
            yield engine
        finally:
            engine.kill()


async def ends(handle: int) -> bool:
    """Whether a process is gone soon."""
    try:
        return bool((await asyncio.to_thread(select.select, [handle], [], [], 10))[0])
    finally:
        os.close(handle)


async def test_a_cancelled_start_leaves_no_process(stuck_bwrap: Path) -> None:
    start = asyncio.create_task(Bubblewrap(LIMITS, str(stuck_bwrap)).status())
    handle = await stuck_process()
    start.cancel()
    await asyncio.wait({start})
    assert await ends(handle)


async def test_a_killed_engine_leaves_no_process_of_a_start(stuck_bwrap: Path) -> None:
    with engine_that_starts(stuck_bwrap) as engine:
        handle = await stuck_process()
        engine.kill()
    assert await ends(handle)
