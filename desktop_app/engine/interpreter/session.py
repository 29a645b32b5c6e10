"""The sandbox of one thread: steps one after the other, and what they leave behind."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import BinaryIO

from desktop_app.domain.error import DeskError, ErrorCode, ErrorInfo
from desktop_app.engine.interpreter import png, wording
from desktop_app.engine.interpreter.frame import Done, Picture
from desktop_app.engine.interpreter.launcher import Launcher
from desktop_app.engine.interpreter.log import LogText
from desktop_app.engine.interpreter.process import Died, SandboxProcess
from desktop_app.engine.interpreter.workspace import Changes, Workspace
from desktop_app.engine.port import ExecutionEvent, Finished, Limits, Logs, SandboxFile

_INTERRUPTED = "KeyboardInterrupt"


class LocalSession:
    """Implements `Session` with a process of this computer.

    Args:
        process: A sandbox that was started ahead for this workspace, or None.
        on_step: Called after each step.
    """

    def __init__(
        self,
        workspace: Workspace,
        launcher: Launcher,
        limits: Limits,
        process: SandboxProcess | None,
        on_step: Callable[[], None],
    ) -> None:
        self._workspace = workspace
        self._launcher = launcher
        self._limits = limits
        self._process = process
        self._on_step = on_step
        self._lock = asyncio.Lock()
        self._state_is_lost = False

    async def put_file(self, name: str, source: Path) -> str:
        """See `Session.put_file`. Raises `DeskError` where the file or the disk does not allow it."""
        return await asyncio.to_thread(self._workspace.put, name, source)

    async def files(self) -> tuple[SandboxFile, ...]:
        """See `Session.files`."""
        return await asyncio.to_thread(self._workspace.files)

    async def open_file(self, name: str) -> BinaryIO:
        """See `Session.open_file`."""
        return await asyncio.to_thread(self._workspace.open, name)

    async def execute(self, code: str) -> AsyncGenerator[ExecutionEvent, None]:
        """See `Session.execute`."""
        async with self._lock:
            await self._running()
            await asyncio.to_thread(self._workspace.mark_started)
            try:
                async with aclosing(self._step(code, LogText(self._limits.output_bytes))) as events:
                    async for event in events:
                        yield event
            finally:
                self._on_step()

    async def interrupt(self) -> None:
        """See `Session.interrupt`."""
        if self._process is not None:
            self._process.interrupt()

    async def probe(self, code: str) -> str:
        """See `Probe`."""
        async with self._lock:
            process = await self._running()
            async with aclosing(process.run("probe", code, None)) as events:
                async for event in events:
                    match event:
                        case Done(error_name=str(name), message=message) if process.limit is None:
                            raise DeskError(ErrorCode.CODE_FAILED, name=name, message=message)
                        case Done(text=text) if process.limit is None:
                            return text
        cause = process.limit or ErrorInfo(ErrorCode.SANDBOX_DIED)
        raise DeskError(cause.code, cause.detail, **cause.data)

    async def aclose(self) -> None:
        """See `Session.aclose`."""
        if self._process is not None:
            await self._process.aclose()

    async def _running(self) -> SandboxProcess:
        """A sandbox that takes a command at once: nothing else may be awaited before."""
        while self._process is None or not await self._process.prepare():
            await self.aclose()
            self._process = await self._launcher.start(self._workspace)
            self._state_is_lost = await asyncio.to_thread(self._workspace.has_started)
        return self._process

    async def _step(self, code: str, log: LogText) -> AsyncGenerator[ExecutionEvent, None]:
        begun = asyncio.get_running_loop().time()
        before = await asyncio.to_thread(self._workspace.snapshot)
        process = await self._running()
        while self._state_is_lost:
            self._state_is_lost = False
            yield Logs(log.line(wording.RESTARTED))
            process = await self._running()
        images = 0
        end: Done | Died = Died(None)
        async with aclosing(process.run("run", code, log)) as outputs:
            async for output in outputs:
                match output:
                    case str():
                        yield Logs(output)
                    case Picture(data=data):
                        images += 1
                        if images <= self._limits.images:
                            yield await self._shown(data, log)
                    case Done() | Died():
                        end = output
        limit = end.cause if isinstance(end, Died) else process.limit or self._memory_limit(end)
        if limit is not None and limit.code is ErrorCode.DISK_EXCEEDED:
            await asyncio.to_thread(self._workspace.roll_back, before)
        changes = await asyncio.to_thread(self._workspace.changes, before)
        if tail := log.finish() + self._remarks(log, end, limit, images, changes):
            yield Logs(tail)
        for file in changes.files:
            yield file
        seconds = asyncio.get_running_loop().time() - begun
        yield Finished(seconds, _error_name(end), limit)

    def _memory_limit(self, end: Done) -> ErrorInfo | None:
        """Python itself noticed that there is no more memory."""
        if not end.out_of_memory:
            return None
        return ErrorInfo(ErrorCode.MEMORY_EXCEEDED, {"limit": str(self._limits.memory_bytes)})

    def _remarks(self, log: LogText, end: Done | Died, limit: ErrorInfo | None, images: int, changes: Changes) -> str:
        """What we have to say at the end of a step's logs."""
        remarks = []
        if images > self._limits.images:
            remarks.append(wording.images_cut(images - self._limits.images, self._limits.images))
        if changes.refused:
            remarks.append(wording.not_offered(changes.refused, changes.refused_count))
        if limit is not None:
            remarks.append(wording.limit_hit(limit))
        elif isinstance(end, Died):
            remarks.append(wording.UNRESPONSIVE)
        if isinstance(end, Died):
            remarks.append(wording.STATE_LOST)
        return "".join(map(log.line, remarks))

    async def _shown(self, data: bytes, log: LogText) -> ExecutionEvent:
        try:
            return await asyncio.to_thread(png.checked, data)
        except ValueError as error:
            return Logs(log.line(f"[A picture is not shown: {error}.]"))


def _error_name(end: Done | Died) -> str | None:
    """A step ended from outside, by a person or a limit, counts as interrupted; one that crashed raised nothing."""
    if isinstance(end, Done):
        return end.error_name
    return None if end.cause is not None and end.cause.code is ErrorCode.SANDBOX_DIED else _INTERRUPTED
