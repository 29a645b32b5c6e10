"""What a backend says about a run. Every event carries the service's run id, so what arrives late can be dropped.

There are *deltas*, which add to what is there, and *snapshots*, which replace it: a stream sends both,
a poll after a dropped stream sends snapshots only, and both ways end in the same transcript.
"""

from dataclasses import dataclass

from desktop_app.domain.entity import Answer, CodeStep, RunState, StoredFile, Usage
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
)
