"""A model that says what it is told to, and an interpreter that plays what it is told to."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from desktop_app.domain.entity import SandboxStatus
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.port import (
    ExecutionEvent,
    FileChanged,
    Finished,
    Logs,
    ModelEvent,
    ModelRequest,
    SandboxFile,
    Session,
)

Piece = ModelEvent | DeskError | asyncio.Event
"""An event, an error to raise, or something to wait for."""


@dataclass
class ScriptedModel:
    """Gives one reply of the script after the other, and remembers what it was asked."""

    replies: Iterable[Iterable[Piece]] = ()
    requests: list[ModelRequest] = field(default_factory=list)
    stopped: int = 0

    def __post_init__(self) -> None:
        self._script = iter(self.replies)

    async def reply(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        self.requests.append(request)
        try:
            for piece in next(self._script):
                match piece:
                    case DeskError():
                        raise piece
                    case asyncio.Event():
                        await piece.wait()
                    case _:
                        yield piece
        except (asyncio.CancelledError, GeneratorExit):
            self.stopped += 1
            raise


Play = Callable[[str], Iterable[ExecutionEvent | asyncio.Event]]


def echo(code: str) -> Iterable[ExecutionEvent]:
    """Logs the code, and "makes" what it names in lines like `save: NAME`."""
    yield Logs(f"ran {code}\n")
    for line in code.splitlines():
        if line.startswith("save: "):
            yield FileChanged(line.removeprefix("save: "), 3)
    yield Finished(0.25)


@dataclass
class ScriptedSession:
    """Keeps files in memory. Made files hold `abc`."""

    play: Play
    contents: dict[str, bytes] = field(default_factory=dict)
    interrupted: int = 0

    async def put_file(self, name: str, source: Path) -> str:
        unique = (
            name if name not in self.contents else f"{Path(name).stem} ({len(self.contents) + 1}){Path(name).suffix}"
        )
        try:
            self.contents[unique] = await asyncio.to_thread(source.read_bytes)
        except FileNotFoundError as error:
            raise DeskError(ErrorCode.FILE_MISSING, name=name) from error
        return unique

    async def files(self) -> tuple[SandboxFile, ...]:
        return tuple(SandboxFile(name, len(data), "text/plain") for name, data in self.contents.items())

    async def open_file(self, name: str) -> BinaryIO:
        if name not in self.contents:
            raise DeskError(ErrorCode.FILE_MISSING, name=name)
        return io.BytesIO(self.contents[name])

    async def execute(self, code: str) -> AsyncIterator[ExecutionEvent]:
        try:
            for event in self.play(code):
                if isinstance(event, asyncio.Event):
                    await event.wait()
                    continue
                if isinstance(event, FileChanged):
                    self.contents[event.name] = b"abc"
                yield event
        except (asyncio.CancelledError, GeneratorExit):
            self.interrupted += 1
            raise

    async def interrupt(self) -> None:
        self.interrupted += 1

    async def probe(self, code: str) -> str:
        return code

    async def aclose(self) -> None:
        pass


@dataclass
class ScriptedInterpreter:
    """Sessions that play; or none, if the status says so."""

    play: Play = echo
    answer: SandboxStatus = field(default_factory=lambda: SandboxStatus(ok=True, kind="script"))
    sessions: dict[str, ScriptedSession] = field(default_factory=dict)
    deleted: list[str] = field(default_factory=list)

    async def status(self) -> SandboxStatus:
        return self.answer

    async def session(self, thread_id: str) -> Session:
        return self.sessions.setdefault(thread_id, ScriptedSession(self.play))

    async def delete(self, thread_id: str) -> None:
        self.deleted.append(thread_id)

    async def aclose(self) -> None:
        pass
