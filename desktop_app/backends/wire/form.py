"""A file as a `multipart/form-data` body, read piece by piece in a thread: httpx would read it on the loop.

Names are written as browsers do (HTML Living Standard, "multipart/form-data encoding algorithm").
"""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO, Self

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import Progress

_CHUNK_BYTES = 256 * 1024


class FileForm:
    """The body of an upload: the `purpose`, if there is one, and the `file`."""

    def __init__(self, file: BinaryIO, size: int, name: str, purpose: str) -> None:
        boundary = secrets.token_hex(16)
        escaped = name.translate({ord('"'): "%22", ord("\r"): "%0D", ord("\n"): "%0A"})
        part = f'--{boundary}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\n{purpose}\r\n'
        head = (
            f"{part if purpose else ''}"
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{escaped}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        self._file = file
        self._size = size
        self._head = head.encode(errors="replace")
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        length = len(self._head) + size + len(self._tail)
        self.headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Content-Length": str(length)}

    @classmethod
    def open(cls, source: Path, name: str, purpose: str) -> Self:
        """Opens the file to send it under `name`. Blocks.

        Raises:
            DeskError: FILE_MISSING or FILE_UNREADABLE.
        """
        try:
            file = source.open("rb")
        except FileNotFoundError:
            raise DeskError(ErrorCode.FILE_MISSING, name=name) from None
        except OSError as error:
            raise DeskError(ErrorCode.FILE_UNREADABLE, error.strerror or "", name=name) from error
        return cls(file, os.fstat(file.fileno()).st_size, name, purpose)

    async def chunks(self, progress: Progress) -> AsyncIterator[bytes]:
        """The body, as long as `headers` says."""
        yield self._head
        done = 0
        while chunk := await asyncio.to_thread(self._file.read, min(_CHUNK_BYTES, self._size - done)):
            yield chunk
            done += len(chunk)
            progress(done, self._size)
        yield self._tail

    def close(self) -> None:
        """Closes the file. Blocks."""
        self._file.close()

    async def aclose(self) -> None:
        """Closes the file."""
        await asyncio.to_thread(self.close)
