"""What a sandbox uses, summed over all its processes. Limits of the kernel hold for one process each and do not add up.

The list of processes is that of the sandbox's own `/proc`, reached through its first process: exactly its pid
namespace, whatever was forked, detached or given another name.
"""

import contextlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FIELD = re.compile(r"^(RssAnon|RssShmem|VmPTE|Threads):\s+(\d+)", re.MULTILINE)
_EXACT = re.compile(r"^(?:Pss_Anon|Pss_Shmem|SwapPss):\s+(\d+)", re.MULTILINE)
_TEMPORARY = ("tmp", "dev/shm")
_INODE_BYTES = 2048  # of a file in memory, with its name
_SOCKET_BYTES = 512 * 1024  # twice what the kernel lets wait in one that nobody reads, whose size cannot be changed
_PIPE_BYTES = 64 * 1024  # larger ones are bounded for each user by fs.pipe-user-pages-soft


@dataclass(frozen=True, slots=True)
class Usage:
    """What was found.

    Attributes:
        memory: Bytes, with those that the kernel keeps for the sandbox in page tables, inodes, pipes and sockets.
        unlinked: Bytes of open files that have no name any more.
    """

    memory: int
    threads: int
    unlinked: int


def processes(first_process: int) -> list[str]:
    """The pids of a sandbox as it sees them itself. Quick, however many there are and whatever they do."""
    with contextlib.suppress(OSError):
        return [path.name for path in Path(f"/proc/{first_process}/root/proc").iterdir() if path.name.isdecimal()]
    return []


def measure(first_process: int, pids: list[str], memory_limit: int, device: int) -> Usage:
    """Sums up a sandbox's processes.

    The memory is an upper bound while it is under the limit (what processes share counts for each of them), and exact,
    which costs more, above.

    Args:
        first_process: The host's pid of the sandbox's first process.
        pids: See `processes`.
        memory_limit: See above.
        device: The file system of `/mnt/data`, on which unlinked files are looked for.
    """
    root = Path(f"/proc/{first_process}/root")
    own = tables = threads = 0
    unlinked: dict[int, int] = {}
    buffers: dict[int, int] = {}
    for pid in pids:
        fields = dict(_FIELD.findall(_read(root / f"proc/{pid}/status")))
        own += int(fields.get("RssAnon", 0)) + int(fields.get("RssShmem", 0))
        tables += int(fields.get("VmPTE", 0))
        threads += int(fields.get("Threads", 0))
        for status in _open_files(root / f"proc/{pid}/fd"):
            if stat.S_ISREG(status.st_mode) and status.st_nlink == 0 and status.st_dev == device:
                unlinked[status.st_ino] = status.st_blocks * 512
            elif stat.S_ISSOCK(status.st_mode):
                buffers[status.st_ino] = _SOCKET_BYTES
            elif stat.S_ISFIFO(status.st_mode):
                buffers[status.st_ino] = _PIPE_BYTES
    kernel = 1024 * tables + sum(buffers.values())
    memory = 1024 * own + kernel + _temporary(root)
    if memory > memory_limit:
        exact = sum(sum(map(int, _EXACT.findall(_read(root / f"proc/{pid}/smaps_rollup")))) for pid in pids)
        memory = min(memory, 1024 * exact + kernel + _temporary(root))
    return Usage(memory, threads, sum(unlinked.values()))


def _temporary(root: Path) -> int:
    """Bytes in the sandbox's file systems that live in memory."""
    total = 0
    for name in _TEMPORARY:
        with contextlib.suppress(OSError):
            figures = os.statvfs(root / name)
            total += (figures.f_blocks - figures.f_bfree) * figures.f_frsize
            total += (figures.f_files - figures.f_ffree) * _INODE_BYTES
    return total


def _open_files(folder: Path) -> Iterator[os.stat_result]:
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            with contextlib.suppress(OSError):
                yield path.stat()


def _read(path: Path) -> str:
    with contextlib.suppress(OSError):
        return path.read_text()
    return ""
