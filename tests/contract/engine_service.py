"""The app's own engine as a service under test: a model and an interpreter that do as they are told, over HTTP."""

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from desktop_app.backends.assistants import AssistantsBackend
from desktop_app.domain.connection import ENGINE_ID
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import Backend
from desktop_app.engine.port import (
    CodePiece,
    ExecutionEvent,
    FileChanged,
    Finished,
    Image,
    Logs,
    ModelEvent,
    ModelRequest,
    TextPiece,
    TokenCount,
    UserTurn,
)
from tests.contract.cutter import Cutter
from tests.contract.scenario import Break, Code, Say, Turn
from tests.engine.running import running
from tests.engine.script import ScriptedInterpreter


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\0\0"))
    + _chunk(b"IEND", b"")
)


class EngineService:
    """The engine, with a model and an interpreter that do as they are told."""

    connection_id = ENGINE_ID
    streams_logs = True

    def __init__(self) -> None:
        self._turns: list[Turn] = []
        self._code: dict[str, Code] = {}
        self.backend: Backend
        self.cutter: Cutter

    def will(self, *turns: Turn) -> None:
        self._turns = list(turns)
        self._code = {turn.source: turn for turn in turns if isinstance(turn, Code)}

    def cut_stream_after(self, events: int) -> None:
        self.cutter.events_left = events

    def backend_with_key(self, key: str) -> Backend:
        return AssistantsBackend.local(self.cutter.base_url, key)

    async def reply(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        """Plays the model's part."""
        match self._turns.pop(0):
            case Code(source=source):
                middle = len(source) // 2
                yield CodePiece("call", source[:middle])
                yield CodePiece("call", source[middle:])
            case Say(text=text, hold=hold):
                asked = [turn for turn in request.turns if isinstance(turn, UserTurn)][-1]
                yield TextPiece(text.format(files=",".join(file.name for file in asked.files)))
                if hold:
                    await asyncio.Event().wait()
            case Break():
                raise DeskError(ErrorCode.CONNECTION_FAILED, "nobody answers")
        yield TokenCount(10, 2)

    def play(self, source: str) -> Iterable[ExecutionEvent | asyncio.Event]:
        """Plays the interpreter's part."""
        code = self._code[source]
        if code.logs:
            yield Logs(code.logs)
        if code.picture:
            yield Image(PNG, 1, 1)
        if code.saves:
            yield FileChanged(code.saves, 3)
        if code.hold:
            yield asyncio.Event()
        if code.raises:
            yield Logs(f'Traceback (most recent call last):\n  File "<code>", line 1\n{code.raises}\n')
        yield Finished(0.25, code.raises.partition(":")[0] or None)


@asynccontextmanager
async def scripted_engine(folder: Path, service: EngineService) -> AsyncIterator[None]:
    """Runs an engine behind a proxy that can cut its streams. The caller makes, and closes, the backend."""
    interpreter = ScriptedInterpreter(service.play)
    async with (
        running(folder / "engine", service, interpreter) as engine,
        Cutter(engine.base_url).running() as service.cutter,
    ):
        yield
