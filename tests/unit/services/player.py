"""A model and an interpreter that play what a question is told to get, however often the engine starts anew."""

import asyncio
from collections.abc import AsyncIterator, Iterable

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.port import (
    CodePiece,
    CodeTurn,
    ExecutionEvent,
    FileChanged,
    Finished,
    Image,
    Logs,
    ModelEvent,
    ModelRequest,
    Session,
    TextPiece,
    UserTurn,
)
from tests.contract.engine_service import PNG
from tests.contract.scenario import Break, Code, Say
from tests.engine.script import ScriptedInterpreter, ScriptedSession

Step = Code | Say | Break


class _Session(ScriptedSession):
    """Made files hold the code that made them."""

    async def execute(self, code: str) -> AsyncIterator[ExecutionEvent]:
        async for event in super().execute(code):
            if isinstance(event, FileChanged):
                self.contents[event.name] = code.encode()
            yield event


class Sandbox(ScriptedInterpreter):
    """Plays what the player plays."""

    async def session(self, thread_id: str) -> Session:
        return self.sessions.setdefault(thread_id, _Session(self.play))


class Player:
    """Knows by the last question what to do, and by the code that was run how far it is.

    Attributes:
        release: Lets go on what holds.
        asked: The texts of the questions it was asked to answer; once for each reply.
        requests: All that the model was told, once for each reply.
    """

    def __init__(self) -> None:
        self._script: dict[str, tuple[Step, ...]] = {}
        self._code: dict[str, Code] = {}
        self.release = asyncio.Event()
        self.asked: list[str] = []
        self.requests: list[ModelRequest] = []

    def on(self, question: str, *steps: Step) -> None:
        """Tells what a question gets; one that is not told gets an echo."""
        self._script[question] = steps
        self._code |= {step.source: step for step in steps if isinstance(step, Code)}

    async def reply(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        """Plays the model's part."""
        place, question = [(place, turn) for place, turn in enumerate(request.turns) if isinstance(turn, UserTurn)][-1]
        self.asked.append(question.text)
        self.requests.append(request)
        done = sum(isinstance(turn, CodeTurn) for turn in request.turns[place:])
        steps = self._script.get(question.text, (Say(f"You said {question.text}."),))
        match steps[done]:
            case Code(source=source):
                yield CodePiece(f"call{done}", source)
            case Say(text=text, hold=hold):
                for word in text.split(" "):
                    yield TextPiece(f"{word} ")
                if hold:
                    await self.release.wait()
                    yield TextPiece("And the rest.")
            case Break(code="rate_limit_exceeded"):
                raise DeskError(ErrorCode.RATE_LIMITED)
            case Break():
                raise DeskError(ErrorCode.CONNECTION_FAILED, "nobody answers")

    def play(self, source: str) -> Iterable[ExecutionEvent | asyncio.Event]:
        """Plays the interpreter's part."""
        code = self._code[source]
        yield Logs(code.logs or "ran\n")
        if code.picture:
            yield Image(PNG, 1, 1)
        if code.saves:
            yield FileChanged(code.saves, len(source))
        if code.hold:
            yield self.release
        yield Finished(0.25)
