"""Bytes of files, kept on disk under their SHA-256."""

import asyncio
import errno
import hashlib
import secrets
from collections import Counter
from pathlib import Path
from typing import BinaryIO, Self

from desktop_app.domain.error import DeskError, ErrorCode

MAX_FILE_BYTES = 512 * 1024**2
_CHUNK = 1024**2
_FULL = (errno.ENOSPC, errno.EDQUOT)


class BlobStore:
    """A folder of blobs. A blob is there whole or not at all, and equal bytes are there once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._scratch = folder / "scratch"
        self._pinned: Counter[str] = Counter()

    def prepare(self, used: frozenset[str]) -> None:
        """Makes the folders, and removes what a crash left: half-written and unused blobs. Blocks."""
        self._scratch.mkdir(parents=True, exist_ok=True)
        for leftover in self._scratch.iterdir():
            leftover.unlink()
        for blob in self._folder.glob("??/*"):
            if blob.name not in used:
                blob.unlink()

    def path(self, sha256: str) -> Path:
        """Where the blob's bytes are, for reading only."""
        return self._folder / sha256[:2] / sha256

    def begin(self) -> "BlobWriter":
        """A writer for a new blob."""
        return BlobWriter(self._scratch / secrets.token_hex(16), self)

    def delete(self, sha256: str) -> None:
        """Removes a blob that no row names any more; one that is gone, or just being written anew, is no error."""
        if sha256 not in self._pinned:
            self.path(sha256).unlink(missing_ok=True)

    def pin(self, sha256: str) -> None:
        """Keeps a blob from being deleted until `unpin`."""
        self._pinned[sha256] += 1

    def unpin(self, sha256: str) -> None:
        """Takes one `pin` back."""
        self._pinned -= Counter((sha256,))


class BlobWriter:
    """Takes the bytes of one blob. Leaving its context before `finish` leaves nothing behind.

    The row that names the blob is to be written inside the context: until then nobody deletes it.

    Attributes:
        size: Bytes taken so far.
    """

    def __init__(self, path: Path, store: BlobStore) -> None:
        self._path = path
        self._store = store
        self._hash = hashlib.sha256()
        self._buffer = bytearray()
        self._sha256 = ""
        self.size = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._sha256:
            self._store.unpin(self._sha256)
        await asyncio.to_thread(self._path.unlink, missing_ok=True)

    async def write(self, data: bytes) -> None:
        """Adds bytes; they are written out a mebibyte at a time.

        Raises:
            DeskError: FILE_TOO_LARGE beyond 512 MiB; DISK_FULL, STORAGE_FAILED.
        """
        self.size += len(data)
        if self.size > MAX_FILE_BYTES:
            raise DeskError(ErrorCode.FILE_TOO_LARGE, limit=MAX_FILE_BYTES)
        self._buffer += data
        if len(self._buffer) >= _CHUNK:
            await asyncio.to_thread(self._flush)

    async def finish(self) -> str:
        """Makes the blob appear under its SHA-256, which is returned."""
        await asyncio.to_thread(self._flush)
        self._sha256 = self._hash.hexdigest()
        self._store.pin(self._sha256)
        await asyncio.to_thread(self._commit)
        return self._sha256

    async def copy(self, source: BinaryIO) -> None:
        """Adds everything that an open file holds, and closes it.

        Raises:
            DeskError: See `write`.
        """
        try:
            while chunk := await asyncio.to_thread(source.read, _CHUNK):
                await self.write(chunk)
        finally:
            source.close()

    def _flush(self) -> None:
        self._hash.update(self._buffer)
        try:
            with self._path.open("ab") as file:
                file.write(self._buffer)
        except OSError as error:
            full = error.errno in _FULL
            raise DeskError(ErrorCode.DISK_FULL if full else ErrorCode.STORAGE_FAILED, str(error)) from error
        self._buffer.clear()

    def _commit(self) -> None:
        target = self._store.path(self._sha256)
        target.parent.mkdir(exist_ok=True)
        self._path.replace(target)
