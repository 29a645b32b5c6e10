"""What starts sandboxes, one kind per platform; and the kind for platforms that have none."""

from pathlib import Path
from typing import Protocol

from desktop_app.domain.entity import SandboxStatus
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.interpreter.process import SandboxProcess
from desktop_app.engine.interpreter.workspace import Workspace
from desktop_app.engine.port import Limits


class Launcher(Protocol):
    """Starts sandboxes for workspaces."""

    async def status(self) -> SandboxStatus:
        """Whether it can, found out by starting one."""

    def workspace(self, folder: Path) -> Workspace:
        """The workspace in a folder, not yet created."""

    async def start(self, workspace: Workspace) -> SandboxProcess:
        """Starts a sandbox that is ready for its first command. Raises `DeskError(SANDBOX_UNAVAILABLE)`."""


class NoSandbox:
    """Keeps files and runs nothing."""

    def __init__(self, limits: Limits, reason: str) -> None:
        self._limits = limits
        self._status = SandboxStatus(ok=False, reason=reason)

    async def status(self) -> SandboxStatus:
        """Always the same refusal."""
        return self._status

    def workspace(self, folder: Path) -> Workspace:
        """The workspace in a folder."""
        return Workspace(folder, self._limits, owner=None)

    async def start(self, workspace: Workspace) -> SandboxProcess:
        """Refuses."""
        del workspace
        raise unavailable(self._status)


def unavailable(status: SandboxStatus) -> DeskError:
    """The refusal to run code, with the reason and the remedy."""
    return DeskError(ErrorCode.SANDBOX_UNAVAILABLE, reason=status.reason, install=status.install)
