"""What a run needs: a model that writes, and an interpreter that runs what it wrote."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from desktop_app.domain.entity import SandboxStatus
from desktop_app.domain.error import ErrorInfo

# --- models -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SandboxFile:
    """A file as the code sees it, at `/mnt/data/{name}`."""

    name: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class UserTurn:
    """A message of the person, and the files that came with it."""

    text: str
    files: tuple[SandboxFile, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerTurn:
    """What the model answered, or said before it wrote code."""

    text: str


@dataclass(frozen=True, slots=True)
class CodeTurn:
    """Code the model wrote, and what came of it.

    Attributes:
        logs: Standard output, error and traceback, as the step shows them (already cut to a length).
        error_name: The exception's class name, or None if the code went through.
        images: How many pictures it made.
        files: Names of the files it made or changed in `/mnt/data`.
    """

    call_id: str
    code: str
    logs: str
    error_name: str | None = None
    images: int = 0
    files: tuple[str, ...] = ()


Turn = UserTurn | AnswerTurn | CodeTurn

Probe = Callable[[str], Awaitable[str]]
"""Runs code in the thread's sandbox in a namespace of its own, hidden from the transcript, and returns what it
printed (at most 256 KiB; hostile until proven otherwise). Raises `DeskError`."""


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One turn to be written.

    Attributes:
        turns: The whole thread, oldest first; the code turns of the current run stand after its last `UserTurn`.
        files: Every file in the thread's `/mnt/data`, newest last.
        code_interpreter: Whether the assistant has the tool.
        can_run_code: False if there is no working sandbox.
    """

    model: str
    instructions: str
    turns: tuple[Turn, ...]
    files: tuple[SandboxFile, ...]
    code_interpreter: bool
    can_run_code: bool
    probe: Probe
    temperature: float | None = None
    top_p: float | None = None
    max_completion_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class TextPiece:
    """More of the answer, in markdown."""

    text: str


@dataclass(frozen=True, slots=True)
class CodePiece:
    """More of a code interpreter call. A new `call_id` begins a new call; ids are unique in a reply."""

    call_id: str
    text: str


@dataclass(frozen=True, slots=True)
class TokenCount:
    """What the reply cost, where the model counts; at most once a reply."""

    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True)
class CutOff:
    """The reply ended early because of a length limit."""


ModelEvent = TextPiece | CodePiece | TokenCount | CutOff


class Model(Protocol):
    """Writes one turn: text, code interpreter calls, or both. No call in the reply means the run is done."""

    def reply(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        """Streams the turn. Closing the iterator stops it. Raises `DeskError`."""


# --- interpreter ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Limits:
    """What one session may use. Each has a message of its own in the step's logs when it is hit."""

    step_seconds: float = 120.0
    interrupt_grace_seconds: float = 3.0
    idle_seconds: float = 3600.0
    memory_bytes: int = 2 * 1024**3
    processes: int = 64
    disk_bytes: int = 1024**3
    file_bytes: int = 512 * 1024**2
    output_bytes: int = 1024**2
    images: int = 20


@dataclass(frozen=True, slots=True)
class Logs:
    """More standard output or error; ANSI escapes removed."""

    text: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that the code showed: a checked PNG of known size in pixels."""

    png: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class FileChanged:
    """A regular file in `/mnt/data` is new or has new bytes. Read it with `Session.open_file`."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The step is over; always the last event.

    Attributes:
        error_name: The exception's class name if the code raised, else None.
        limit: The limit that ended it (also said in the logs), or the reason the sandbox died, else None.
    """

    seconds: float
    error_name: str | None = None
    limit: ErrorInfo | None = None


ExecutionEvent = Logs | Image | FileChanged | Finished


class Session(Protocol):
    """The sandbox of one thread: state is kept between steps until it ends, idles out or dies.

    After that the next `execute` starts a new one and says so in one line of logs; the files are still there.
    """

    async def put_file(self, name: str, source: Path) -> str:
        """Copies a file into `/mnt/data` and returns the name it got (made unique: `data (2).csv`)."""

    async def files(self) -> tuple[SandboxFile, ...]:
        """Regular files in `/mnt/data`, found by the safe walker, oldest first."""

    async def open_file(self, name: str) -> BinaryIO:
        """Opens a regular file for reading without following links. Raises `DeskError(FILE_MISSING)`."""

    def execute(self, code: str) -> AsyncIterator[ExecutionEvent]:
        """Runs a step. Closing the iterator interrupts it. Raises `DeskError(SANDBOX_UNAVAILABLE)`."""

    async def interrupt(self) -> None:
        """Stops the running step: an interrupt first, a kill after the grace period. No step is no error."""

    async def probe(self, code: str) -> str:
        """See `Probe`."""

    async def aclose(self) -> None:
        """Ends the sandbox; the files stay."""


class Interpreter(Protocol):
    """Makes sessions; keeps one warm spare."""

    async def status(self) -> SandboxStatus:
        """Starts a sandbox for real (once; the result is kept) and says whether code can run."""

    async def session(self, thread_id: str) -> Session:
        """The thread's session, made if there is none. It need not have a running sandbox yet."""

    async def delete(self, thread_id: str) -> None:
        """Ends the thread's session and removes its files."""

    async def aclose(self) -> None:
        """Ends every session. Files stay."""
