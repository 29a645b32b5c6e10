"""What a thread is waiting for, in one value: waiting is always visible and says for what."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from desktop_app.domain.event import (
    AnswerSnapshot,
    AnswerStarted,
    CodeDelta,
    CodeRunning,
    CodeSnapshot,
    CodeStarted,
    ImageMade,
    LogDelta,
    ReasoningDelta,
    ReasoningSnapshot,
    RunEvent,
    TextDelta,
)
from desktop_app.services.identity import now


class ActivityKind(StrEnum):
    """What is going on."""

    STARTING_ENGINE = "starting_engine"
    UPLOADING = "uploading"
    WAITING_FOR_MODEL = "waiting_for_model"
    THINKING = "thinking"
    WRITING_CODE = "writing_code"
    RUNNING_CODE = "running_code"
    WRITING_ANSWER = "writing_answer"
    STOPPING = "stopping"
    RECONNECTING = "reconnecting"
    RATE_LIMITED = "rate_limited"


@dataclass(frozen=True, slots=True)
class Activity:
    """Since when (seconds since the epoch), and where it can be counted how much of how many.

    Attributes:
        until: When it goes on, for `RATE_LIMITED`; seconds since the epoch.
    """

    kind: ActivityKind
    since: float
    done: int = 0
    total: int = 0
    until: float = 0.0


class ActivityLight:
    """Shows what a turn does, each change once. Once it is stopping, nothing else is shown."""

    def __init__(self, show: Callable[[Activity], None]) -> None:
        self._show = show
        self._shown: Activity | None = None

    @property
    def shown(self) -> Activity | None:
        """What is shown now."""
        return self._shown

    def set(self, kind: ActivityKind, done: int = 0, total: int = 0, until: float = 0.0) -> None:
        """Says what is going on from now on."""
        old = self._shown
        if old is not None and (
            old.kind is ActivityKind.STOPPING
            or (old.kind, old.done, old.total, old.until) == (kind, done, total, until)
        ):
            return
        self._shown = Activity(kind, now(), done, total, until)
        self._show(self._shown)


def kind_after(event: RunEvent) -> ActivityKind:
    """What a run does once it has said this."""
    match event:
        case ReasoningDelta():
            return ActivityKind.THINKING
        case ReasoningSnapshot(reasoning=reasoning) if not reasoning.complete:
            return ActivityKind.THINKING
        case CodeStarted() | CodeDelta():
            return ActivityKind.WRITING_CODE
        case CodeRunning() | LogDelta() | ImageMade():
            return ActivityKind.RUNNING_CODE
        case CodeSnapshot(step=step) if not step.state.is_final:
            return ActivityKind.RUNNING_CODE
        case AnswerStarted() | TextDelta():
            return ActivityKind.WRITING_ANSWER
        case AnswerSnapshot(answer=answer) if not answer.complete:
            return ActivityKind.WRITING_ANSWER
        case _:
            return ActivityKind.WAITING_FOR_MODEL
