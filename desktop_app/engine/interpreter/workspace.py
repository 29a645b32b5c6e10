"""One thread's folder on this computer: `data`, which the sandbox sees as `/mnt/data`, and what it must not see."""

import contextlib
import errno
import mimetypes
import os
import shutil
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.interpreter import name as names
from desktop_app.engine.interpreter import walk
from desktop_app.engine.port import FileChanged, Limits, SandboxFile

MAX_OFFERED = 1000
"""Files of one step."""

_MARKER = "started"
_COPY_BYTES = 1024**2
_SHOWN_NAMES = 10
_GENERIC = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What stood in `/mnt/data` at a moment: what tells one state of a file from another, by path."""

    states: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a step left behind.

    Attributes:
        files: New and changed files, oldest first.
        refused: Escaped names of new things that are not offered (links, devices, odd names, too large), a few of them.
        refused_count: How many of those there are.
    """

    files: tuple[FileChanged, ...]
    refused: tuple[str, ...]
    refused_count: int


class Workspace:
    """Keeps the files of one thread. Every method blocks; call them in a thread.

    Args:
        folder: Holds `data` and our own marker.
        owner: The uid of the sandbox if it differs from ours, else None.
    """

    def __init__(self, folder: Path, limits: Limits, owner: int | None) -> None:
        self.folder = folder
        self.data = folder / "data"
        self._limits = limits
        self._owner = owner
        self._lock = threading.Lock()
        self._is_deleted = False

    def create(self) -> None:
        """Makes the folders if they are not there, and not after `delete`.

        Both may be under way at once: a thread that makes the folders goes on when the task that waits for it ends.
        """
        with self._lock:
            if self._is_deleted:
                return
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self.data.exists():
                self.data.mkdir(mode=0o700)
                if self._owner is not None:
                    os.chown(self.data, self._owner, self._owner)

    def move(self, folder: Path) -> None:
        """Gives the folder another place; a sandbox that has it mounted keeps it."""
        self.folder.rename(folder)
        self.folder = folder
        self.data = folder / "data"

    def owner(self) -> int:
        """The uid that the sandbox of this folder runs as."""
        return self.data.stat().st_uid

    def has_started(self) -> bool:
        """Whether a step was ever run here."""
        return (self.folder / _MARKER).exists()

    def mark_started(self) -> None:
        """Remembers that a step was run, for the next sandbox and the next start of the program."""
        (self.folder / _MARKER).touch()

    def put(self, name: str, source: Path) -> str:
        """Copies a file in; see `Session.put_file`.

        Raises:
            DeskError: The source is missing or unreadable, it or all files together are too large, the disk is full.
        """
        self.create()
        try:
            with source.open("rb") as stream, self._root() as root:
                size = os.fstat(stream.fileno()).st_size
                self._check_room(name, size)
                return self._copy(names.sanitized(name), stream, root)
        except (FileNotFoundError, IsADirectoryError) as error:
            raise DeskError(ErrorCode.FILE_MISSING, name=name) from error
        except OSError as error:
            code = ErrorCode.DISK_FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else ErrorCode.FILE_UNREADABLE
            raise DeskError(code, str(error), name=name) from error

    def take(self, prefix: str, target: Path) -> None:
        """Moves files of that prefix elsewhere; only for a sandbox that has run no code but ours."""
        found = [file.name for file in self.files() if file.name.startswith(prefix)]
        for name in found:
            target.mkdir(mode=0o755, parents=True, exist_ok=True)
            with self.open(name) as stream:
                part = target / f".{name}"
                part.write_bytes(stream.read())
            part.chmod(0o644)
            part.replace(target / name)
            (self.data / name).unlink()

    def files(self) -> tuple[SandboxFile, ...]:
        """Files that can be offered, oldest first."""
        found = [entry for entry in self._entries() if self._is_offered(entry)]
        found.sort(key=lambda entry: (entry.status.st_mtime_ns, entry.path))
        return tuple(
            SandboxFile(entry.path, entry.status.st_size, mimetypes.guess_type(entry.path)[0] or _GENERIC)
            for entry in found
        )

    def open(self, name: str) -> BinaryIO:
        """Opens a file for reading.

        Raises:
            DeskError: It is not there, or nothing that may be offered.
        """
        try:
            with self._root() as root:
                descriptor = walk.open_file(name, root)
        except (OSError, ValueError) as error:
            raise DeskError(ErrorCode.FILE_MISSING, name=name) from error
        if os.fstat(descriptor).st_size > self._limits.file_bytes:
            os.close(descriptor)
            raise DeskError(ErrorCode.FILE_MISSING, "too large", name=name)
        return os.fdopen(descriptor, "rb")

    def snapshot(self) -> Snapshot:
        """What stands there now."""
        return Snapshot({entry.path: _state(entry) for entry in self._entries() if not entry.is_folder})

    def changes(self, before: Snapshot) -> Changes:
        """What is new or has new bytes since a snapshot."""
        changed = [
            entry
            for entry in self._entries()
            if not entry.is_folder and before.states.get(entry.path) != _state(entry) and not _is_hidden(entry.path)
        ]
        changed.sort(key=lambda entry: (entry.status.st_mtime_ns, entry.path))
        offered: list[FileChanged] = []
        refused: list[str] = []
        for entry in changed:
            if self._is_offered(entry) and len(offered) < MAX_OFFERED:
                offered.append(FileChanged(entry.path, entry.status.st_size))
            else:
                refused.append(names.escaped(entry.path))
        return Changes(tuple(offered), tuple(refused[:_SHOWN_NAMES]), len(refused))

    def roll_back(self, before: Snapshot) -> None:
        """Removes what a step wrote; the sandbox must have ended. Its own overwritten bytes cannot come back."""
        kept = {path.partition("/")[0] for path in before.states}
        with contextlib.suppress(FileNotFoundError), self._root() as root:
            for name in walk.names(root):
                if name not in kept:
                    walk.remove(name, root)
            with contextlib.suppress(walk.TreeTooLargeError):
                for entry in list(walk.walk(root)):
                    if not entry.is_folder and before.states.get(entry.path) != _state(entry):
                        walk.unlink(entry.path, root)

    def used(self) -> int:
        """Bytes that the files take on disk.

        Raises:
            TreeTooLargeError: There are too many of them.
        """
        with self._root() as root:
            return sum(entry.status.st_blocks * 512 for entry in walk.walk(root))

    def delete(self) -> None:
        """Removes everything, for good; the sandbox must have ended."""
        with self._lock, contextlib.suppress(FileNotFoundError):
            self._is_deleted = True
            parent = os.open(self.folder.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                walk.remove(self.folder.name, parent)
            finally:
                os.close(parent)

    @contextlib.contextmanager
    def _root(self) -> Iterator[int]:
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(self.data, flags)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _entries(self) -> list[walk.Entry]:
        found: list[walk.Entry] = []
        # Before the first file there is no folder, nor after the thread was deleted.
        with contextlib.suppress(FileNotFoundError, walk.TreeTooLargeError), self._root() as root:
            found.extend(walk.walk(root))
        return found

    def _is_offered(self, entry: walk.Entry) -> bool:
        return (
            entry.is_file
            and entry.status.st_size <= self._limits.file_bytes
            and names.is_plain(entry.path)
            and not _is_hidden(entry.path)
        )

    def _check_room(self, name: str, size: int) -> None:
        limits = self._limits
        if size > limits.file_bytes:
            raise DeskError(ErrorCode.FILE_TOO_LARGE, name=name, size=size, limit=limits.file_bytes)
        if self.used() + size > limits.disk_bytes:
            raise DeskError(ErrorCode.DISK_EXCEEDED, name=name, size=size, limit=limits.disk_bytes)

    def _copy(self, name: str, stream: BinaryIO, root: int) -> str:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        while True:
            # The sandbox may be making files at the same time: the open decides, the listing only proposes.
            name = names.unique(name, walk.names(root))
            with contextlib.suppress(FileExistsError):
                descriptor = os.open(name, flags, 0o600, dir_fd=root)
                break
        with os.fdopen(descriptor, "wb") as target:
            if self._owner is not None:
                owner = os.fstat(root).st_uid
                os.fchown(descriptor, owner, owner)
            try:
                shutil.copyfileobj(stream, target, _COPY_BYTES)
                target.flush()
            except OSError:
                os.unlink(name, dir_fd=root)
                raise
        return name


def _state(entry: walk.Entry) -> tuple[int, ...]:
    status = entry.status
    return status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns


def _is_hidden(path: str) -> bool:
    return any(map(names.is_hidden, path.split("/")))
