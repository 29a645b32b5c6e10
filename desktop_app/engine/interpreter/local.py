"""An interpreter made of processes of this computer."""

import asyncio
import contextlib
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from desktop_app.domain.entity import SandboxStatus
from desktop_app.domain.error import DeskError
from desktop_app.engine.interpreter.launcher import Launcher
from desktop_app.engine.interpreter.process import SandboxProcess
from desktop_app.engine.interpreter.session import LocalSession
from desktop_app.engine.interpreter.workspace import Workspace
from desktop_app.engine.port import Limits

_THREAD_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,127}")
_SPARE = ".spare-"

FONTS = ".fonts"
"""Holds matplotlib's list of fonts below the root, made once by the first spare."""


@dataclass(frozen=True, slots=True)
class _Spare:
    """A sandbox with nothing in it but imported packages, and the empty folder that the next new thread gets."""

    process: SandboxProcess
    workspace: Workspace


class LocalInterpreter:
    """Implements `Interpreter`: a folder for each thread below `root`, and sandboxes from a launcher.

    The warm spare is bound to an empty folder of its own. A new thread takes the folder over by a rename, which the
    mount in the sandbox does not notice; a thread that has a folder already starts a sandbox of its own.

    Args:
        keeps_spare: Whether to keep one warm sandbox after the first step.
    """

    def __init__(self, root: Path, limits: Limits, launcher: Launcher, *, keeps_spare: bool = True) -> None:
        self._keeps_spare = keeps_spare
        self._root = root
        self._limits = limits
        self._launcher = launcher
        self._sessions: dict[str, LocalSession] = {}
        self._lock = asyncio.Lock()
        self._spare: _Spare | None = None
        self._warming: asyncio.Task[None] | None = None
        self._is_open = False

    async def status(self) -> SandboxStatus:
        """See `Interpreter.status`."""
        return await self._launcher.status()

    async def session(self, thread_id: str) -> LocalSession:
        """See `Interpreter.session`. Raises `ValueError` for an id that could not be a folder's name."""
        folder = self._folder(thread_id)
        async with self._lock:
            await self._open()
            if thread_id not in self._sessions:
                self._sessions[thread_id] = await self._make(folder)
            return self._sessions[thread_id]

    async def delete(self, thread_id: str) -> None:
        """See `Interpreter.delete`."""
        workspace = self._launcher.workspace(self._folder(thread_id))
        async with self._lock:
            session = self._sessions.pop(thread_id, None)
            if session is not None:
                await session.aclose()
            await asyncio.to_thread(workspace.delete)

    async def warmed(self) -> None:
        """Waits for the spare that is being started, if one is."""
        if self._warming is not None:
            await asyncio.wait({self._warming})

    async def aclose(self) -> None:
        """See `Interpreter.aclose`."""
        if self._warming is not None:
            self._warming.cancel()
            await self.warmed()
        await asyncio.gather(*(session.aclose() for session in self._sessions.values()))
        self._sessions.clear()
        if self._spare is not None:
            await _remove(self._spare.process, self._spare.workspace)
            self._spare = None

    def _folder(self, thread_id: str) -> Path:
        if not _THREAD_ID.fullmatch(thread_id):
            raise ValueError(f"not a thread's id: {thread_id!r}")
        return self._root / thread_id

    async def _open(self) -> None:
        """Removes spares of an earlier run, which nobody can own any more."""
        if not self._is_open:
            self._is_open = True
            for folder in await asyncio.to_thread(lambda: list(self._root.glob(f"{_SPARE}*"))):
                await asyncio.to_thread(self._launcher.workspace(folder).delete)

    async def _make(self, folder: Path) -> LocalSession:
        spare, process = self._spare, None
        workspace = self._launcher.workspace(folder)
        if spare is not None and not await asyncio.to_thread(folder.exists):
            self._spare = None
            if not spare.process.is_usable:
                await _remove(spare.process, spare.workspace)
            else:
                workspace, process = spare.workspace, spare.process
                await asyncio.to_thread(workspace.move, folder)
        return LocalSession(workspace, self._launcher, self._limits, process, self._on_step)

    def _on_step(self) -> None:
        if self._keeps_spare and self._spare is None and (self._warming is None or self._warming.done()):
            self._warming = asyncio.get_running_loop().create_task(self._warm())

    async def _warm(self) -> None:
        workspace = self._launcher.workspace(self._root / f"{_SPARE}{secrets.token_hex(8)}")
        process = None
        # Where there is no sandbox, the next step says why.
        with contextlib.suppress(DeskError):
            try:
                process = await self._launcher.start(workspace)
                await process.prepare()
                async for _ in process.run("warm", "", None):
                    pass
                await asyncio.to_thread(workspace.take, "fontlist-", self._root / FONTS)
                self._spare = _Spare(process, workspace)
            finally:
                if self._spare is None:
                    await _remove(process, workspace)


async def _remove(process: SandboxProcess | None, workspace: Workspace) -> None:
    if process is not None:
        await process.aclose()
    await asyncio.to_thread(workspace.delete)
