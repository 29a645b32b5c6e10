"""A pipe from a sandbox: who holds which end, and that none is left open."""

import asyncio
import contextlib
import json
import os
from types import TracebackType
from typing import Self

_ERROR_BYTES = 4096
_INFO_BYTES = 4096


class Pipe:
    """A pipe that the sandbox writes and we read. As a context it closes both ends, except for one taken away."""

    def __init__(self) -> None:
        self.ours, self.theirs = os.pipe2(os.O_CLOEXEC)
        os.set_blocking(self.ours, False)
        self._open = {self.ours, self.theirs}

    def hand_over(self) -> None:
        """Closes the sandbox's end here, once it has it."""
        self._close(self.theirs)

    def take(self) -> int:
        """Our end; the caller closes it from now on."""
        self._open.discard(self.ours)
        return self.ours

    async def read_json(self) -> dict[str, object]:
        """Reads until the other side closes; empty if that was no JSON object."""
        data = b""
        while len(data) < _INFO_BYTES and (piece := await self._read()):
            data += piece
        with contextlib.suppress(ValueError):
            value = json.loads(data)
            if isinstance(value, dict):
                return value
        return {}

    def last_line(self) -> str:
        """The last line that was written; for when the other side has ended."""
        return last_line(self.ours)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        for descriptor in tuple(self._open):
            self._close(descriptor)

    def _close(self, descriptor: int) -> None:
        self._open.discard(descriptor)
        os.close(descriptor)

    async def _read(self) -> bytes:
        loop = asyncio.get_running_loop()
        readable = asyncio.Event()
        loop.add_reader(self.ours, readable.set)
        try:
            await readable.wait()
        finally:
            loop.remove_reader(self.ours)
        return os.read(self.ours, _INFO_BYTES)


def last_line(descriptor: int) -> str:
    """The last line that waits in a pipe, which must not block; empty if there is none."""
    with contextlib.suppress(BlockingIOError):
        lines = os.read(descriptor, _ERROR_BYTES).decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""
    return ""
