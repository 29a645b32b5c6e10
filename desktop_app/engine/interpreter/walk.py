"""Walks what a sandbox left on disk without trusting it: by descriptors, following no link.

The sandbox may still be running and changing the tree: whatever vanishes or turns into something else is skipped.
"""

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MAX_ENTRIES = 20_000
MAX_DEPTH = 24


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in the tree: its path relative to the root, in POSIX form, and its `lstat`."""

    path: str
    status: os.stat_result

    @property
    def is_file(self) -> bool:
        """A regular file with one name. A second name (a hard link) may belong to something outside."""
        return stat.S_ISREG(self.status.st_mode) and self.status.st_nlink == 1

    @property
    def is_folder(self) -> bool:
        """A real folder, not a link to one."""
        return stat.S_ISDIR(self.status.st_mode)


class TreeTooLargeError(Exception):
    """More entries or levels than anybody needs."""


def walk(root: int) -> Iterator[Entry]:
    """Yields everything below an open folder, folders before what is in them.

    Raises:
        TreeTooLargeError: More than `MAX_ENTRIES` entries or `MAX_DEPTH` levels.
    """
    for count, entry in enumerate(_walk(root, "", 1), start=1):
        if count > MAX_ENTRIES:
            raise TreeTooLargeError
        yield entry


def open_folder(name: str, parent: int) -> int:
    """Opens a folder for listing, one that its owner closed too. Raises `OSError`, also if it is a link."""
    handle = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
    try:
        mode = os.fstat(handle).st_mode
        if mode & stat.S_IRWXU != stat.S_IRWXU:
            # Otherwise code could hide what it writes from the watchdog.
            Path(f"/proc/self/fd/{handle}").chmod(stat.S_IMODE(mode) | stat.S_IRWXU)
        return os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=handle)
    finally:
        os.close(handle)


def open_file(path: str, root: int) -> int:
    """Opens a regular file below an open folder for reading, following no link at any level.

    Raises:
        OSError: It is not there, or is not a regular file with one name.
    """
    with _parent(path, root) as (folder, name):
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        descriptor = os.open(name, flags, dir_fd=folder)
    if not Entry(path, os.fstat(descriptor)).is_file:
        os.close(descriptor)
        raise FileNotFoundError(path)
    return descriptor


def names(folder: int) -> list[str]:
    """The names in an open folder."""
    with os.scandir(folder) as listing:
        return [item.name for item in listing]


def unlink(path: str, root: int) -> None:
    """Removes one thing that is no folder, following no link at any level. Raises `OSError`."""
    with _parent(path, root) as (folder, name):
        os.unlink(name, dir_fd=folder)


def remove(name: str, parent: int) -> None:
    """Removes a file or a whole folder of any depth; the sandbox that made it must have ended."""
    try:
        folder = open_folder(name, parent)
    except FileNotFoundError:
        return
    except NotADirectoryError:
        os.unlink(name, dir_fd=parent)
        return
    try:
        _empty(folder)
    finally:
        os.close(folder)
    os.rmdir(name, dir_fd=parent)


@contextlib.contextmanager
def _parent(path: str, root: int) -> Iterator[tuple[int, str]]:
    *folders, name = path.split("/")
    if any(part in ("", ".", "..") for part in (*folders, name)):
        raise FileNotFoundError(path)
    with contextlib.ExitStack() as stack:
        parent = root
        for folder in folders:
            parent = open_folder(folder, parent)
            stack.callback(os.close, parent)
        yield parent, name


def _walk(folder: int, prefix: str, depth: int) -> Iterator[Entry]:
    if depth > MAX_DEPTH:
        raise TreeTooLargeError
    for entry in _entries(folder, prefix):
        yield entry
        if entry.is_folder:
            with contextlib.suppress(OSError):
                child = open_folder(entry.path.rpartition("/")[2], folder)
                try:
                    yield from _walk(child, f"{entry.path}/", depth + 1)
                finally:
                    os.close(child)


def _entries(folder: int, prefix: str) -> Iterator[Entry]:
    with os.scandir(folder) as listing:
        for item in listing:
            with contextlib.suppress(OSError):
                yield Entry(prefix + item.name, item.stat(follow_symlinks=False))


def _empty(folder: int) -> None:
    """Empties a folder without recursion: sub-folders of sub-folders are lifted up, however deep they go."""
    lifted = 0
    while listed := names(folder):
        for name in listed:
            try:
                child = open_folder(name, folder)
            except OSError:
                os.unlink(name, dir_fd=folder)
                continue
            try:
                for inner in names(child):
                    try:
                        os.unlink(inner, dir_fd=child)
                    except IsADirectoryError:
                        lifted += 1
                        os.close(open_folder(inner, child))  # a closed folder cannot be moved
                        os.rename(inner, f"lifted-{lifted}-{os.urandom(8).hex()}", src_dir_fd=child, dst_dir_fd=folder)
            finally:
                os.close(child)
            os.rmdir(name, dir_fd=folder)
