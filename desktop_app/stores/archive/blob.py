"""Files' bytes by their SHA-256. What is there is whole: a blob gets its name when its bytes are on the disk."""

import errno
import hashlib
import os
import re
import shutil
import stat
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import Progress

_CHUNK_BYTES = 1024**2
_DIGEST = re.compile("[0-9a-f]{64}")
NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})


class BlobStore:
    """A folder of blobs and a folder of scratch files beside it. Every method blocks."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        """Makes the folders and removes the scratch files that a crash left."""
        self._blobs = folder / "blobs"
        self._scratch = folder / "scratch"
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._fresh: set[str] = set()
        shutil.rmtree(self._scratch, ignore_errors=True)
        for made in (self._blobs, self._scratch):
            made.mkdir(mode=0o700, parents=True, exist_ok=True)

    def path(self, sha256: str) -> Path:
        """Where the blob is, or would be."""
        if not _DIGEST.fullmatch(sha256):
            raise DeskError(ErrorCode.STORAGE_FAILED, f"no blob {sha256!r}", reason="no_blob")
        return self._blobs / sha256[:2] / sha256

    def scratch_path(self) -> Path:
        """A new name on the same disk."""
        return self._scratch / uuid.uuid4().hex

    def add(self, source: Path, progress: Progress, cancelled: threading.Event) -> str:
        """Copies a file in and returns its SHA-256; a scratch file is used up.

        Returns an empty string, and leaves nothing behind, once `cancelled` is set.

        Raises:
            DeskError: FILE_MISSING, FILE_UNREADABLE, FILE_IS_FOLDER, FILE_TOO_LARGE, DISK_FULL or STORAGE_FAILED.
        """
        scratch = self.scratch_path()
        try:
            sha256 = self._copy(source, scratch, progress, cancelled)
            if not sha256:
                return ""
            with _write_errors(source):
                self._keep(scratch, sha256)
                if source.parent == self._scratch:
                    source.unlink(missing_ok=True)
        finally:
            scratch.unlink(missing_ok=True)
        return sha256

    def remove_unused(self, used: set[str]) -> None:
        """Removes every blob but the `used` ones and those added since the program began.

        Those may be about to be used: their bytes come first, their records after.
        """
        for path in self._blobs.glob("??/*"):
            with self._lock:
                is_needed = path.name in used or path.name in self._fresh
                if _DIGEST.fullmatch(path.name) and not is_needed:
                    path.unlink(missing_ok=True)

    def _copy(self, source: Path, target: Path, progress: Progress, cancelled: threading.Event) -> str:
        digest = hashlib.sha256()
        done = 0
        with _read_errors(source):
            reader, total = _open(source)
        with reader, _write_errors(source), _create(target) as writer:
            self._check_size(source, total)
            while not cancelled.is_set():
                with _read_errors(source):
                    chunk = reader.read(_CHUNK_BYTES)
                if not chunk:
                    writer.flush()
                    os.fsync(writer.fileno())
                    return digest.hexdigest()
                done += len(chunk)
                self._check_size(source, done)  # it may have grown
                digest.update(chunk)
                writer.write(chunk)
                progress(done, max(total, done))
        return ""

    def _check_size(self, source: Path, size: int) -> None:
        if size > self._max_bytes:
            raise DeskError(ErrorCode.FILE_TOO_LARGE, name=source.name, size=size, limit=self._max_bytes)

    def _keep(self, scratch: Path, sha256: str) -> None:
        target = self.path(sha256)
        with self._lock:
            self._fresh.add(sha256)
            target.parent.mkdir(mode=0o700, exist_ok=True)
            scratch.replace(target)
            _sync_folder(target.parent)
            _sync_folder(self._blobs)


def _open(source: Path) -> tuple[BinaryIO, int]:
    """Opens a regular file and tells its size."""
    if source.is_dir():
        raise DeskError(ErrorCode.FILE_IS_FOLDER, name=source.name)
    # Not blocking, or a named pipe would never let go.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(source, flags)
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise DeskError(ErrorCode.FILE_UNREADABLE, "not a regular file", name=source.name)
    return os.fdopen(descriptor, "rb"), status.st_size


def _create(target: Path) -> BinaryIO:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(target, flags, 0o600), "wb")


def _sync_folder(folder: Path) -> None:
    """Makes a new name in the folder survive a power cut; Windows does that by itself and offers no way to ask."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _read_errors(source: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise DeskError(ErrorCode.FILE_MISSING, name=source.name) from error
    except OSError as error:
        raise DeskError(ErrorCode.FILE_UNREADABLE, error.strerror or "", name=source.name) from error


@contextmanager
def _write_errors(source: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        code = ErrorCode.DISK_FULL if error.errno in NO_SPACE else ErrorCode.STORAGE_FAILED
        raise DeskError(code, error.strerror or "", name=source.name) from error
