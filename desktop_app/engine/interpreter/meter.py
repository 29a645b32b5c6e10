"""Compares what a sandbox uses with what it may use."""

import os

from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.engine.interpreter import usage
from desktop_app.engine.interpreter.walk import TreeTooLargeError
from desktop_app.engine.interpreter.workspace import Workspace
from desktop_app.engine.port import Limits

_THREADS_PER_PROCESS = 3  # the kernel refuses more than 4: to be told of, it has to be noticed before
_RESERVE_BYTES = 256 * 1024**2
_NOTABLE_BYTES = 64 * 1024**2


class Meter:
    """Measures one sandbox. `excess` blocks; call it in a thread.

    Args:
        init: The host's pid of the sandbox's first process.
    """

    def __init__(self, init: int, workspace: Workspace, limits: Limits) -> None:
        self._init = init
        self._workspace = workspace
        self._limits = limits
        self._free_before = 0

    def begin(self) -> None:
        """A step begins: what the disk loses from now on may be its doing."""
        self._free_before = self._free()

    def excess(self) -> ErrorInfo | None:
        """The limit that the sandbox is over, if any."""
        limits = self._limits
        used = usage.measure(self._init, limits.memory_bytes, self._workspace.data.stat().st_dev)
        if used.processes > limits.processes or used.threads > limits.processes * _THREADS_PER_PROCESS:
            return ErrorInfo(ErrorCode.PROCESSES_EXCEEDED, {"limit": str(limits.processes)})
        if used.memory > limits.memory_bytes:
            return ErrorInfo(ErrorCode.MEMORY_EXCEEDED, {"limit": str(limits.memory_bytes)})
        if self._is_disk_exceeded(used.unlinked):
            return ErrorInfo(ErrorCode.DISK_EXCEEDED, {"limit": str(limits.disk_bytes)})
        return None

    def _is_disk_exceeded(self, unlinked: int) -> bool:
        try:
            if self._workspace.used() + unlinked > self._limits.disk_bytes:
                return True
        except TreeTooLargeError:
            return True
        # What cannot be found (a mapped file without a name, a descriptor on its way through a socket) still fills the
        # disk. Nearly full, and fuller since the step began: rather stop the step than the computer.
        free = self._free()
        return free < _RESERVE_BYTES and self._free_before - free > _NOTABLE_BYTES

    def _free(self) -> int:
        figures = os.statvfs(self._workspace.data)
        return figures.f_bavail * figures.f_frsize
