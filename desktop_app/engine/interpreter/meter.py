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
        self._disk_limit = limits.disk_bytes
        self._may_be_large = False
        self._free_before = 0

    def begin(self) -> None:
        """A step begins. If an earlier one left too much behind, this one may run all the same, to clear it away."""
        try:
            self._disk_limit = self._allowed(self._workspace.used())
            self._may_be_large = False
        except TreeTooLargeError:
            self._may_be_large = True
        self._free_before = self._free()

    def excess(self) -> ErrorInfo | None:
        """The limit that the sandbox is over, if any."""
        try:
            return self._excess()
        except FileNotFoundError:
            return ErrorInfo(ErrorCode.SANDBOX_DIED, detail="its folder was removed")

    def _excess(self) -> ErrorInfo | None:
        limits = self._limits
        too_many = ErrorInfo(ErrorCode.PROCESSES_EXCEEDED, {"limit": str(limits.processes)})
        pids = usage.processes(self._init)
        if len(pids) > limits.processes:
            return too_many  # at once: to look at each process of a fork bomb takes seconds
        used = usage.measure(self._init, pids, limits.memory_bytes, self._workspace.data.stat().st_dev)
        if used.threads > limits.processes * _THREADS_PER_PROCESS:
            return too_many
        if used.memory > limits.memory_bytes:
            return ErrorInfo(ErrorCode.MEMORY_EXCEEDED, {"limit": str(limits.memory_bytes)})
        if self._is_disk_exceeded(used.unlinked):
            return ErrorInfo(ErrorCode.DISK_EXCEEDED, {"limit": str(limits.disk_bytes)})
        return None

    def _allowed(self, used: int) -> int:
        limit = self._limits.disk_bytes
        return limit if used <= limit else used + _NOTABLE_BYTES

    def _is_disk_exceeded(self, unlinked: int) -> bool:
        try:
            if self._workspace.used() + unlinked > self._disk_limit:
                return True
        except TreeTooLargeError:
            if not self._may_be_large:
                return True
        # What cannot be found (a mapped file without a name, a descriptor on its way through a socket) still fills the
        # disk. Nearly full, and fuller since the step began: rather stop the step than the computer.
        free = self._free()
        return free < _RESERVE_BYTES and self._free_before - free > _NOTABLE_BYTES

    def _free(self) -> int:
        figures = os.statvfs(self._workspace.data)
        return figures.f_bavail * figures.f_frsize
