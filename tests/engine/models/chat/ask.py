"""Asks a model one thing and gathers what it answers."""

from dataclasses import dataclass, field

from desktop_app.domain.error import DeskError
from desktop_app.engine.models.chat import ChatModel, Patience
from desktop_app.engine.port import (
    CodePiece,
    CutOff,
    Model,
    ModelEvent,
    ModelRequest,
    TextPiece,
    TokenCount,
    Turn,
    UserTurn,
)
from tests.harness.chat_server import ChatServer

QUICK = Patience(connect=5, first_byte=5, idle=5, listing=5, loading=5, back_off=0.01)


@dataclass
class Gathered:
    """A reply with its pieces joined: what must not depend on how the server cuts."""

    text: str = ""
    codes: dict[str, str] = field(default_factory=dict)
    tokens: list[TokenCount] = field(default_factory=list)
    cut_off: bool = False
    error: DeskError | None = None
    order: list[str] = field(default_factory=list)

    def add(self, event: ModelEvent) -> None:
        match event:
            case TextPiece(text=text):
                self.text += text
                self._mark("text")
            case CodePiece(call_id=call_id, text=text):
                self.codes[call_id] = self.codes.get(call_id, "") + text
                self._mark(call_id)
            case TokenCount():
                self.tokens.append(event)
            case CutOff():
                self.cut_off = True

    @property
    def code(self) -> list[str]:
        return list(self.codes.values())

    def _mark(self, what: str) -> None:
        if self.order[-1:] != [what]:
            self.order.append(what)


async def no_probe(_code: str) -> str:
    raise AssertionError("a language model has no business probing")


def request(*turns: Turn, temperature: float | None = None, limit: int | None = None) -> ModelRequest:
    return ModelRequest(
        model="test-model",
        instructions="Be brief.",
        turns=turns or (UserTurn("Hello"),),
        files=(),
        code_interpreter=True,
        can_run_code=True,
        probe=no_probe,
        temperature=temperature,
        max_completion_tokens=limit,
    )


def model_of(server: ChatServer, patience: Patience = QUICK) -> ChatModel:
    return ChatModel(server.base_url, server.key, patience)


async def gather(model: Model, asked: ModelRequest | None = None) -> Gathered:
    """Returns the whole reply, and the error that ended it, if any."""
    gathered = Gathered()
    try:
        async for event in model.reply(asked or request()):
            gathered.add(event)
    except DeskError as error:
        gathered.error = error
    return gathered
