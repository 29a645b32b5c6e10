"""A conversation with the analyst: questions go in, code runs in the real sandbox, answers come out."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from desktop_app.engine.models.analyst import Analyst
from desktop_app.engine.port import (
    AnswerTurn,
    CodePiece,
    CodeTurn,
    FileChanged,
    Finished,
    Image,
    Logs,
    ModelRequest,
    SandboxFile,
    Session,
    TextPiece,
    Turn,
    UserTurn,
)

MOST_STEPS = 6


@dataclass
class Reply:
    """What came of one question."""

    text: str
    steps: tuple[CodeTurn, ...]
    said: tuple[str, ...]

    @property
    def code(self) -> str:
        return self.steps[-1].code

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(name for step in self.steps for name in step.files)

    @property
    def images(self) -> int:
        return sum(step.images for step in self.steps)


@dataclass
class Talk:
    """One thread. Files of other talks in the same session are not shown to the analyst."""

    session: Session
    folder: Path
    turns: list[Turn] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    sent: list[SandboxFile] = field(default_factory=list)
    pieces: int = 0

    async def attach(self, name: str, content: bytes | str) -> str:
        source = self.folder / "upload"
        source.write_bytes(content if isinstance(content, bytes) else content.encode())
        given = await self.session.put_file(name, source)
        self.names.add(given)
        self.sent.append(SandboxFile(given, source.stat().st_size, ""))
        return given

    async def ask(self, text: str) -> Reply:
        self.turns.append(UserTurn(text, tuple(self.sent)))
        self.sent.clear()
        said: list[str] = []
        steps: list[CodeTurn] = []
        for _ in range(MOST_STEPS):
            words, code = await self._reply()
            if words:
                said.append(words)
                self.turns.append(AnswerTurn(words))
            if not code:
                return Reply(words, tuple(steps), tuple(said))
            steps.append(await self._run(code))
            self.turns.append(steps[-1])
        raise AssertionError("the analyst does not stop writing code")

    async def read(self, name: str) -> bytes:
        with await self.session.open_file(name) as file:
            return file.read()

    async def _reply(self) -> tuple[str, str]:
        words = code = ""
        files = tuple(file for file in await self.session.files() if file.name in self.names)
        async for event in Analyst().reply(request(tuple(self.turns), self.session.probe, files)):
            self.pieces += 1
            match event:
                case TextPiece(text=text):
                    words += text
                case CodePiece(text=text):
                    code += text
                case _:
                    raise AssertionError(event)
        return words, code

    async def _run(self, code: str) -> CodeTurn:
        logs, images, files, error = "", 0, [], None
        async for event in self.session.execute(code):
            match event:
                case Logs(text=text):
                    logs += text
                case Image():
                    images += 1
                case FileChanged(name=name):
                    files.append(name)
                case Finished(error_name=name):
                    error = name
        self.names.update(files)
        return CodeTurn("call", code, logs, error, images, tuple(files))


def request(
    turns: tuple[Turn, ...],
    probe: Callable[[str], Awaitable[str]],
    files: tuple[SandboxFile, ...] = (),
    *,
    code_interpreter: bool = True,
    can_run_code: bool = True,
) -> ModelRequest:
    """A request to the analyst."""
    return ModelRequest("built-in-analyst", "", turns, files, code_interpreter, can_run_code, probe)
