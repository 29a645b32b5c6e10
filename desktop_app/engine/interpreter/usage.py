"""What a sandbox uses, summed over all its processes. Limits of the kernel hold for one process each and do not add up.

The list of processes is that of the sandbox's own `/proc`, reached through its first process: exactly its pid
namespace, whatever was forked, detached or given another name.
"""

import contextlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

_FIELD = re.compile(r"^(RssAnon|RssShmem|Threads):\s+(\d+)", re.MULTILINE)
_EXACT = re.compile(r"^(?:Pss_Anon|Pss_Shmem|SwapPss):\s+(\d+)", re.MULTILINE)
_TEMPORARY = ("tmp", "dev/shm")


@dataclass(frozen=True, slots=True)
class Usage:
    """Bytes of memory, numbers of processes and threads, and bytes of files that have no name any more."""

    memory: int
    processes: int
    threads: int
    unlinked: int


def measure(first_process: int, memory_limit: int, device: int) -> Usage:
    """Sums up a sandbox.

    The memory is an upper bound while it is under the limit (what processes share counts for each of them), and exact,
    which costs more, above.

    Args:
        first_process: The host's pid of the sandbox's first process.
        memory_limit: See above.
        device: The file system of `/mnt/data`, on which unlinked files are looked for.
    """
    root = Path(f"/proc/{first_process}/root")
    pids = _pids(root / "proc")
    memory = _temporary(root)
    threads = 0
    unlinked: dict[int, int] = {}
    for pid in pids:
        fields = dict(_FIELD.findall(_read(root / f"proc/{pid}/status")))
        memory += 1024 * (int(fields.get("RssAnon", 0)) + int(fields.get("RssShmem", 0)))
        threads += int(fields.get("Threads", 0))
        unlinked.update(_unlinked(root / f"proc/{pid}/fd", device))
    if memory > memory_limit:
        exact = sum(sum(map(int, _EXACT.findall(_read(root / f"proc/{pid}/smaps_rollup")))) for pid in pids)
        memory = min(memory, 1024 * exact + _temporary(root))
    return Usage(memory, len(pids), threads, sum(unlinked.values()))


def _pids(proc: Path) -> list[str]:
    with contextlib.suppress(OSError):
        return [path.name for path in proc.iterdir() if path.name.isdecimal()]
    return []


def _temporary(root: Path) -> int:
    """Bytes in the sandbox's file systems that live in memory."""
    total = 0
    for name in _TEMPORARY:
        with contextlib.suppress(OSError):
            figures = os.statvfs(root / name)
            total += (figures.f_blocks - figures.f_bfree) * figures.f_frsize
    return total


def _unlinked(folder: Path, device: int) -> dict[int, int]:
    """Bytes on disk of open files without a name, by inode."""
    found = {}
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            with contextlib.suppress(OSError):
                status = path.stat()
                if stat.S_ISREG(status.st_mode) and status.st_nlink == 0 and status.st_dev == device:
                    found[status.st_ino] = status.st_blocks * 512
    return found


def _read(path: Path) -> str:
    with contextlib.suppress(OSError):
        return path.read_text()
    return ""
