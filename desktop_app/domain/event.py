"""What a backend says about a run. Every event carries the service's run id, so what arrives late can be dropped.

There are *deltas*, which add to what is there, and *snapshots*, which replace it: a stream sends both,
a poll after a dropped stream sends snapshots only, and both ways end in the same transcript.
"""

from dataclasses import dataclass

from desktop_app.domain.connection import RateLimits
from desktop_app.domain.entity import Answer, CodeStep, Reasoning, Remark, RunItem, RunState, StoredFile, Usage
from desktop_app.domain.error import ErrorInfo


@dataclass(frozen=True, slots=True)
class RunStateChanged:
    """The run has this state now. A final state ends the run."""

    run_id: str
    state: RunState
    error: ErrorInfo | None = None
    usage: Usage | None = None
    at: float | None = None


@dataclass(frozen=True, slots=True)
class CodeStarted:
    """A code step begins."""

    run_id: str
    key: str
    at: float | None = None


@dataclass(frozen=True, slots=True)
class CodeDelta:
    """More of the code."""

    run_id: str
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class CodeRunning:
    """The code is written, the sandbox runs it."""

    run_id: str
    key: str


@dataclass(frozen=True, slots=True)
class LogDelta:
    """More output. `index` is its place among the step's outputs."""

    run_id: str
    key: str
    index: int
    text: str


@dataclass(frozen=True, slots=True)
class ImageMade:
    """The code made a picture. `index` is its place among the step's outputs."""

    run_id: str
    key: str
    index: int
    file: StoredFile


@dataclass(frozen=True, slots=True)
class CodeSnapshot:
    """The whole step as the service has it."""

    run_id: str
    step: CodeStep


@dataclass(frozen=True, slots=True)
class AnswerStarted:
    """A message of the assistant begins."""

    run_id: str
    key: str


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More of an answer. `index` is its part's place in the message."""

    run_id: str
    key: str
    index: int
    text: str


@dataclass(frozen=True, slots=True)
class AnswerSnapshot:
    """The whole message as the service has it, with links and files."""

    run_id: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """More of a summary of what the model thinks."""

    run_id: str
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class ReasoningSnapshot:
    """The whole summary as the service has it."""

    run_id: str
    reasoning: Reasoning


@dataclass(frozen=True, slots=True)
class RemarkMade:
    """Something the transcript shall say in one line."""

    run_id: str
    remark: Remark


@dataclass(frozen=True, slots=True)
class ItemsReset:
    """The service begins its account of the run anew: these items, and none of those before but remarks."""

    run_id: str
    items: tuple[RunItem, ...] = ()


@dataclass(frozen=True, slots=True)
class LimitsSeen:
    """What the service's headers said of the person's limits."""

    run_id: str
    limits: RateLimits


RunEvent = (
    RunStateChanged
    | CodeStarted
    | CodeDelta
    | CodeRunning
    | LogDelta
    | ImageMade
    | CodeSnapshot
    | AnswerStarted
    | TextDelta
    | AnswerSnapshot
    | ReasoningDelta
    | ReasoningSnapshot
    | RemarkMade
    | ItemsReset
    | LimitsSeen
)
