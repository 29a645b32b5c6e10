"""The process group of a sandbox that is being started, so that nothing of it is left if the start is cut short."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from subprocess import DEVNULL, PIPE

_GUARD = ("/bin/sh", "-c", "read _; kill -KILL 0")


@contextlib.asynccontextmanager
async def start_group() -> AsyncIterator[int]:
    """Yields a process group. An exception in the context kills all of it, and so does the death of this process.

    bwrap's child waits for a word of its parent before it does anything, `--die-with-parent` included. If the parent
    dies first (as it does when it finds nobody to tell the child's pid), the child waits for ever and ignores SIGTERM.
    The guard is a shell that ends the group once the pipe from this process closes.
    """
    guard = await asyncio.create_subprocess_exec(
        *_GUARD, stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, env={}, cwd="/", process_group=0
    )
    try:
        yield guard.pid
    except BaseException:
        os.killpg(guard.pid, signal.SIGKILL)
        raise
    else:
        guard.kill()
    finally:
        await guard.wait()
