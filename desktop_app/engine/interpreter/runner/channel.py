"""The runner's end of the pipes. A frame is four bytes of length, big-endian, and a JSON object."""

import contextlib
import json
import os
import signal
import struct
import threading
from collections.abc import Iterator
from typing import Any

_ACK_SECONDS = 10.0
_HEADER = struct.Struct(">I")


class Channel:
    """Sends whole frames, whatever interrupts: a `KeyboardInterrupt` waits until the frame is out."""

    def __init__(self, commands: int, frames: int) -> None:
        self._commands = commands
        self._frames = frames
        self._owner = os.getpid()
        self._lock = threading.RLock()
        self._acknowledged = threading.Event()

    def commands(self) -> Iterator[dict[str, Any]]:
        """Yields what the engine asks for, until it is gone. For one thread only."""
        while header := self._read(_HEADER.size):
            body = self._read(_HEADER.unpack(header)[0])
            command: dict[str, Any] = json.loads(body)
            if command["type"] == "ack":
                self._acknowledged.set()
            else:
                yield command

    def send(self, frame: dict[str, object]) -> None:
        """Sends a frame; a child process that was forked from the runner sends nothing."""
        if os.getpid() != self._owner:
            return
        data = json.dumps(frame).encode()
        with self._lock, _interrupts_later():
            self._write(_HEADER.pack(len(data)) + data)

    def send_in_order(self, frame: dict[str, object]) -> None:
        """Sends a frame and waits until the engine has it, so that what is printed next comes after it."""
        with self._lock:
            self._acknowledged.clear()
            self.send(frame)
            if os.getpid() == self._owner:
                self._acknowledged.wait(_ACK_SECONDS)

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            piece = os.read(self._commands, size - len(data))
            if not piece:
                return b""
            data += piece
        return data

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._frames, view) :]


@contextlib.contextmanager
def _interrupts_later() -> Iterator[None]:
    """Holds a `KeyboardInterrupt` back until the end. Python raises it in the main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pending: list[int] = []
    previous = signal.signal(signal.SIGINT, lambda number, _frame: pending.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
    if pending and callable(previous):
        raise KeyboardInterrupt
