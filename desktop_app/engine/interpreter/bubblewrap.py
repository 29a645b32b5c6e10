"""Starts sandboxes with bubblewrap, and finds out whether that works here."""

import asyncio
import contextlib
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from desktop_app.domain.entity import SandboxStatus
from desktop_app.engine.interpreter import bundle, command, diagnosis, seccomp, user
from desktop_app.engine.interpreter.group import start_group
from desktop_app.engine.interpreter.launcher import unavailable
from desktop_app.engine.interpreter.pipe import Pipe
from desktop_app.engine.interpreter.process import SandboxProcess
from desktop_app.engine.interpreter.workspace import Workspace
from desktop_app.engine.port import Limits

KIND = "bubblewrap"

_OLDEST = (0, 8)  # the first with --disable-userns
_READY_SECONDS = 60.0
_STAGE = Path("/tmp")  # noqa: S108  hidden by a mount that only the launcher sees
_LAUNCH = Path(__file__).with_name("launch.py")


class _StartError(Exception):
    """bwrap, or Python inside of it, did not start; the text is what it said last."""


class Bubblewrap:
    """The launcher for Linux.

    Args:
        executable: bwrap's path or name.
        fonts: See `bundle.current`.
    """

    def __init__(self, limits: Limits, executable: str = "bwrap", fonts: Path | None = None) -> None:
        self._limits = limits
        self._fonts = fonts
        self._executable = executable
        self._lock = asyncio.Lock()
        self._status: SandboxStatus | None = None

    def workspace(self, folder: Path) -> Workspace:
        """The workspace in a folder, owned by a user of its own if we are root."""
        return Workspace(folder, self._limits, user.unprivileged() if os.geteuid() == 0 else None)

    async def status(self) -> SandboxStatus:
        """Starts a sandbox for real. Success is kept; a failure is looked at again, since it may have been mended."""
        async with self._lock:
            if self._status is None or not self._status.ok:
                self._status = await self._try()
            return self._status

    async def start(self, workspace: Workspace) -> SandboxProcess:
        """Starts a sandbox that is ready for its first command.

        Raises:
            DeskError: `SANDBOX_UNAVAILABLE`.
        """
        status = await self.status()
        if not status.ok:
            raise unavailable(status)
        try:
            return await self._start(workspace)
        except _StartError as error:
            raise unavailable(_refused(str(error))) from error

    async def _try(self) -> SandboxStatus:
        if problem := await self._obstacle():
            return problem
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="assistant-desk-"))
        workspace = self.workspace(folder)
        try:
            process = await self._start(workspace)
            await process.aclose()
        except _StartError as error:
            return _refused(str(error))
        finally:
            await asyncio.to_thread(workspace.delete)
        return SandboxStatus(ok=True, kind=KIND)

    async def _obstacle(self) -> SandboxStatus | None:
        """What can be known to be missing without starting a sandbox."""
        path = shutil.which(self._executable)
        if path is None:
            return _missing("bubblewrap, which keeps the code in a sandbox, is not installed.")
        version = await _version(path)
        if version is None:
            return _missing(f"{path} does not tell its version: it is not bubblewrap, or it is damaged.")
        if version < _OLDEST:
            return _missing(f"bubblewrap 0.8 or newer is needed, and {path} is {version[0]}.{version[1]}.")
        if not seccomp.is_supported():
            return SandboxStatus(ok=False, reason="There is no system call filter for this kind of processor.")
        return None

    async def _start(self, workspace: Workspace) -> SandboxProcess:
        await asyncio.to_thread(workspace.create)
        async with start_group() as group:
            return await self._start_in(group, workspace)

    async def _start_in(self, group: int, workspace: Workspace) -> SandboxProcess:
        with Pipe() as output, Pipe() as frames, Pipe() as info:
            process = await self._spawn(group, workspace, output, frames, info)
            try:
                init = (await info.read_json()).get("child-pid")
                if not isinstance(init, int):
                    await process.wait()
                    raise _StartError(output.last_line())
                sandbox = SandboxProcess(process, output, frames, init, workspace, self._limits)
            except ProcessLookupError:
                await process.wait()
                raise _StartError(output.last_line()) from None
            except asyncio.CancelledError:
                process.kill()
                await process.wait()
                raise
        try:
            is_ready = await sandbox.ready(_READY_SECONDS)
        except asyncio.CancelledError:
            await sandbox.aclose()
            raise
        if not is_ready:
            await sandbox.aclose()
            raise _StartError(sandbox.last_words)
        return sandbox

    async def _spawn(
        self, group: int, workspace: Workspace, output: Pipe, frames: Pipe, info: Pipe
    ) -> asyncio.subprocess.Process:
        parts, data, sources = bundle.current(self._fonts), workspace.data, list[str]()
        if os.geteuid() == 0:
            parts, data, sources = command.staged(parts, data, _STAGE)
        options = command.options(parts, data, self._limits, info.theirs)
        with contextlib.ExitStack() as stack:
            args_fd = stack.enter_context(_in_memory(b"".join(option.encode() + b"\0" for option in options)))
            filter_fd = stack.enter_context(_in_memory(seccomp.program()))
            executable = shutil.which(self._executable) or self._executable
            argv = [executable, "--args", str(args_fd), "--seccomp", str(filter_fd), "--"]
            argv += command.program(parts, self._limits, frames.theirs)
            descriptors = [info.theirs, frames.theirs, args_fd, filter_fd]
            if os.geteuid() == 0:
                plan = {
                    "uid": await asyncio.to_thread(workspace.owner),
                    "stage": str(_STAGE),
                    "sources": [*sources, executable],
                    "command": [str(_STAGE / str(len(sources))), *argv[1:]],
                }
                plan_fd = stack.enter_context(_in_memory(json.dumps(plan).encode()))
                argv = [sys.executable, "-I", "-S", str(_LAUNCH), str(plan_fd)]
                descriptors.append(plan_fd)
            process = await asyncio.create_subprocess_exec(
                *argv,
                stdin=asyncio.subprocess.PIPE,
                stdout=output.theirs,
                stderr=output.theirs,
                pass_fds=descriptors,
                env=bundle.environment(),
                cwd="/",
                process_group=group,
            )
        for pipe in (output, frames, info):
            pipe.hand_over()
        return process


async def _version(path: str) -> tuple[int, int] | None:
    try:
        process = await asyncio.create_subprocess_exec(
            path,
            "--version",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={},
        )
    except OSError:
        return None
    output, _ = await process.communicate()
    found = re.search(rb"bubblewrap (\d+)\.(\d+)", output)
    return None if found is None else (int(found[1]), int(found[2]))


@contextlib.contextmanager
def _in_memory(data: bytes) -> Iterator[int]:
    """A descriptor at the start of these bytes: what is secret from `ps`, or too long for a command line."""
    descriptor = os.memfd_create("assistant-desk", os.MFD_CLOEXEC)
    try:
        with os.fdopen(os.dup(descriptor), "wb") as stream:
            stream.write(data)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


def _missing(reason: str) -> SandboxStatus:
    return SandboxStatus(ok=False, reason=reason, install=diagnosis.install_command())


def _refused(said: str) -> SandboxStatus:
    reason = f"bubblewrap is installed but cannot start a sandbox here: {said or 'it said nothing'}"
    return SandboxStatus(ok=False, kind=KIND, reason=reason, install=diagnosis.namespace_switch())
