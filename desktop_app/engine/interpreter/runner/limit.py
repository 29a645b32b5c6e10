"""What the kernel holds each process of the sandbox to. The sum over all of them is the engine's watchdog's."""

import os
import resource
from pathlib import Path

_OPEN_FILES = 512
_THREADS_PER_PROCESS = 4
_NICENESS = 5


def restrict(memory: int, processes: int, file_size: int) -> None:
    """Lowers the limits of this process and all its children for good."""
    # Less than the whole, so that Python can raise a MemoryError before the watchdog has to kill.
    _set(resource.RLIMIT_DATA, memory * 7 // 8)
    _set(resource.RLIMIT_FSIZE, file_size)
    _set(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _set(resource.RLIMIT_CORE, 0)
    _set(resource.RLIMIT_MEMLOCK, 64 * 1024)
    _set(resource.RLIMIT_MSGQUEUE, 0)
    if _counts_per_namespace():
        _set(resource.RLIMIT_NPROC, processes * _THREADS_PER_PROCESS)
    # The window and the watchdog go first, however many processors the code keeps busy.
    os.nice(_NICENESS)
    # If the computer itself runs out of memory, this is what goes first.
    Path("/proc/self/oom_score_adj").write_text("1000")


def _set(limit: int, value: int) -> None:
    hard = resource.getrlimit(limit)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (value, value))


def _counts_per_namespace() -> bool:
    """Before Linux 5.14 the limit counted every process of the person, not those of the sandbox."""
    major, minor = os.uname().release.split(".")[:2]
    return (int(major), int("".join(filter(str.isdigit, minor)) or 0)) >= (5, 14)
