"""Bytes of files, kept on disk under their SHA-256."""

import asyncio
import errno
import hashlib
import secrets
from collections.abc import AsyncIterator
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

    async def add(self, data: bytes) -> str:
        """Stores bytes and returns their SHA-256."""
        async with self.begin() as writer:
            await writer.write(data)
            return await writer.finish()

    async def copy(self, source: BinaryIO) -> tuple[str, int]:
        """Stores what an open file holds and returns its SHA-256 and size; closes it.

        Raises:
            DeskError: FILE_TOO_LARGE, DISK_FULL, STORAGE_FAILED.
        """
        async with self.begin() as writer:
            try:
                async for chunk in _chunks(source):
                    await writer.write(chunk)
            finally:
                source.close()
            return await writer.finish(), writer.size

    async def delete(self, sha256: str) -> None:
        """Removes a blob; one that is gone already is no error."""
        await asyncio.to_thread(self.path(sha256).unlink, missing_ok=True)


class BlobWriter:
    """Takes the bytes of one blob. Leaving its context before `finish` leaves nothing behind."""

    def __init__(self, path: Path, store: BlobStore) -> None:
        self._path = path
        self._store = store
        self._hash = hashlib.sha256()
        self._buffer = bytearray()
        self.size = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
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
        return await asyncio.to_thread(self._commit)

    def _flush(self) -> None:
        self._hash.update(self._buffer)
        try:
            with self._path.open("ab") as file:
                file.write(self._buffer)
        except OSError as error:
            full = error.errno in _FULL
            raise DeskError(ErrorCode.DISK_FULL if full else ErrorCode.STORAGE_FAILED, str(error)) from error
        self._buffer.clear()

    def _commit(self) -> str:
        self._flush()
        sha256 = self._hash.hexdigest()
        target = self._store.path(sha256)
        target.parent.mkdir(exist_ok=True)
        self._path.replace(target)
        return sha256


async def _chunks(source: BinaryIO) -> AsyncIterator[bytes]:
    while chunk := await asyncio.to_thread(source.read, _CHUNK):
        yield chunk
