"""The question to be answered, and what the thread says about it."""

from dataclasses import dataclass

from desktop_app.engine.models.analyst.shape import FileShape
from desktop_app.engine.models.analyst.table.correction import Failure
from desktop_app.engine.port import CodeTurn, ModelRequest, UserTurn

_LOOKED_AT = 8


@dataclass(frozen=True, slots=True)
class Question:
    """What the person wants now.

    Attributes:
        text: The last message.
        earlier: The messages before it, oldest first.
        tries: The code of the current run, oldest first.
        files: Names of files that may be meant, the likeliest first; none that the current run made.
        taken: All names in `/mnt/data` that the current run did not make.
        shapes: What is known of `files`; filled in once the sandbox has looked.
    """

    text: str
    earlier: tuple[str, ...]
    tries: tuple[CodeTurn, ...]
    files: tuple[str, ...]
    taken: frozenset[str]
    shapes: tuple[FileShape, ...] = ()

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The tries that went wrong."""
        return tuple(Failure(t.error_name, t.logs) for t in self.tries if t.error_name is not None)

    @property
    def succeeded(self) -> CodeTurn | None:
        """The last try, if it went through."""
        return self.tries[-1] if self.tries and self.tries[-1].error_name is None else None


def read_question(request: ModelRequest) -> Question:
    """Takes the thread apart. A request without a message of the person is an empty question."""
    last = max((i for i, turn in enumerate(request.turns) if isinstance(turn, UserTurn)), default=-1)
    before, now, after = request.turns[: max(last, 0)], request.turns[last:][:1], request.turns[last + 1 :]
    message = now[0] if now and isinstance(now[0], UserTurn) else UserTurn("")
    tries = tuple(turn for turn in after if isinstance(turn, CodeTurn))
    made_now = {name for turn in tries for name in turn.files}
    made_before = {name for turn in before if isinstance(turn, CodeTurn) for name in turn.files}
    present = [file.name for file in request.files if file.name not in made_now]
    sent = [message.files, *(turn.files for turn in reversed(before) if isinstance(turn, UserTurn))]
    likely = [file.name for files in sent for file in files if file.name in present]
    likely += [name for name in reversed(present) if name not in made_before]
    likely += list(reversed(present))
    named = [name for name in dict.fromkeys(likely) if name.lower() in message.text.lower()]
    return Question(
        text=message.text,
        earlier=tuple(turn.text for turn in before if isinstance(turn, UserTurn)),
        tries=tries,
        files=tuple(dict.fromkeys((*named, *likely)))[:_LOOKED_AT],
        taken=frozenset(present),
    )
