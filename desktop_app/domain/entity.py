"""The things a person sees and the archive keeps. All times are seconds since the epoch, UTC."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from desktop_app.domain.connection import ENGINE_ID, RateLimits
from desktop_app.domain.error import ErrorInfo


@dataclass(frozen=True, slots=True)
class Assistant:
    """A definition that lives in the app and is created on a service when it is first used there.

    Attributes:
        model: A model's id, or empty for "the model of the connection".
    """

    id: str
    name: str
    description: str = ""
    instructions: str = ""
    model: str = ""
    code_interpreter: bool = True
    created_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation.

    Attributes:
        title: Empty until the first message or the person names it.
        remote_id: The service's id, written down before the first message is sent; empty before.
        busy: A run is going on.
        unread: A run has ended since the thread was last opened.
        connection_id: Where its next question is answered, and what `remote_id` is an id of.
    """

    id: str
    title: str
    assistant_id: str
    created_at: float
    updated_at: float
    remote_id: str = ""
    busy: bool = False
    unread: bool = False
    connection_id: str = ENGINE_ID


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file whose bytes are (or will be) a blob of the archive.

    Attributes:
        id: The app's id. Two files of one name have two ids.
        name: The base name to show and to save under.
        size: Bytes.
        media_type: Such as `text/csv`.
        sha256: The blob's key; empty while the bytes are not here (not yet downloaded).
        remote_id: The service's file id; empty until uploaded.
        connection_id: The service that `remote_id` is an id of.
    """

    id: str
    name: str
    size: int
    media_type: str
    sha256: str = ""
    remote_id: str = ""
    created_at: float = 0.0
    connection_id: str = ENGINE_ID


class MessageState(StrEnum):
    """How far a person's message got."""

    WRITTEN = "written"  # in the archive, not sent yet
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Question:
    """A message of the person."""

    id: str
    thread_id: str
    text: str
    files: tuple[StoredFile, ...]
    created_at: float
    state: MessageState = MessageState.WRITTEN
    error: ErrorInfo | None = None
    remote_id: str = ""


class RunState(StrEnum):
    """The Assistants API's run states, and `starting` for a run that the service has not named yet."""

    STARTING = "starting"
    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    REQUIRES_ACTION = "requires_action"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    FAILED = "failed"
    COMPLETED = "completed"
    INCOMPLETE = "incomplete"
    EXPIRED = "expired"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will come."""
        return self in _FINAL


_FINAL = frozenset({RunState.CANCELLED, RunState.FAILED, RunState.COMPLETED, RunState.INCOMPLETE, RunState.EXPIRED})


class StepState(StrEnum):
    """The state of a code step."""

    WRITING = "writing"  # the model is writing the code
    RUNNING = "running"  # the sandbox is running it
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will come."""
        return self in (StepState.COMPLETED, StepState.FAILED, StepState.CANCELLED)


@dataclass(frozen=True, slots=True)
class LogOutput:
    """What the code printed, tracebacks included."""

    text: str


@dataclass(frozen=True, slots=True)
class ImageOutput:
    """A picture that the code made."""

    file: StoredFile


CodeOutput = LogOutput | ImageOutput


@dataclass(frozen=True, slots=True)
class CodeStep:
    """One piece of code, as it was written and run.

    Attributes:
        key: Unique in its run and the same whether it came by stream or by listing.
    """

    key: str
    code: str = ""
    outputs: tuple[CodeOutput, ...] = ()
    state: StepState = StepState.WRITING
    error: ErrorInfo | None = None
    started_at: float | None = None
    ended_at: float | None = None


@dataclass(frozen=True, slots=True)
class FileLink:
    """An annotation: the text `sandbox:/mnt/data/...` at `[start, end)` stands for this file."""

    text: str
    file: StoredFile
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class TextPart:
    """A piece of an answer, in markdown."""

    text: str
    links: tuple[FileLink, ...] = ()


@dataclass(frozen=True, slots=True)
class ImagePart:
    """A picture inside an answer."""

    file: StoredFile


AnswerPart = TextPart | ImagePart


@dataclass(frozen=True, slots=True)
class Answer:
    """A message of the assistant: parts in their order, and the files it offers."""

    key: str
    parts: tuple[AnswerPart, ...] = ()
    files: tuple[StoredFile, ...] = ()
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Reasoning:
    """A summary of what the model thought before it went on, in markdown."""

    key: str
    text: str = ""
    complete: bool = False


class RemarkKind(StrEnum):
    """What is worth a line in the transcript. Values are stored in the archive: never rename one."""

    CONTAINER_REPLACED = "container_replaced"  # it had expired; data: files (how many were uploaded again)
    FILES_LOST = "files_lost"  # the new container lacks them: their bytes are not here; data: names
    HISTORY_SENT = "history_sent"  # the thread went on elsewhere; the service was told what was said before


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that the app or the service did, said in one line."""

    key: str
    kind: RemarkKind
    data: Mapping[str, str] = field(default_factory=dict)


RunItem = CodeStep | Answer | Reasoning | Remark


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of a run; a service that does not count sends none.

    Attributes:
        cached_tokens: Those of `prompt_tokens` that the service had in its cache.
        reasoning_tokens: Those of `completion_tokens` that nobody sees.
        container_sessions: Containers that were begun for the run; services charge each.
    """

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    container_sessions: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """An assistant's turn: code steps and answers in the order in which they began.

    Attributes:
        id: The app's id.
        question_id: The message it answers.
        remote_id: The service's id; written down before the first event is shown.
        assistant_name: As it was when the run began; `model` and `connection_id` likewise.
        limits: What the service said is left of the person's limits.
    """

    id: str
    thread_id: str
    question_id: str
    assistant_name: str
    model: str
    created_at: float
    state: RunState = RunState.STARTING
    remote_id: str = ""
    items: tuple[RunItem, ...] = ()
    error: ErrorInfo | None = None
    usage: Usage | None = None
    ended_at: float | None = None
    connection_id: str = ENGINE_ID
    limits: RateLimits | None = None


TranscriptItem = Question | Run


@dataclass(frozen=True, slots=True)
class ThreadCopy:
    """A thread as a service has it: what an import puts into the archive. All ids are the service's."""

    remote_id: str
    title: str
    created_at: float
    items: tuple[TranscriptItem, ...]


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A thread that a search found. `snippet` is plain text; `matches` are `[start, end)` in it."""

    thread: Thread
    snippet: str
    matches: tuple[tuple[int, int], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class SandboxStatus:
    """Whether code can run, and if not, why.

    Attributes:
        kind: Such as `bubblewrap`; empty if there is none.
        reason: What was tried and what it said.
        install: The command or step that would help, such as `sudo apt install bubblewrap`.
    """

    ok: bool
    kind: str = ""
    reason: str = ""
    install: str = ""


@dataclass(frozen=True, slots=True)
class EndpointReport:
    """What a test of a chat-completions endpoint found.

    Attributes:
        base_url: The address that answered, corrected where the person's was nearly right (`/v1` added).
        models: What it lists; empty if it lists none.
        error: Why it cannot be used, or None if it can.
        can_call_tools: Whether the tested model called a tool; None if no model was tested.
    """

    base_url: str
    models: tuple[str, ...] = ()
    error: ErrorInfo | None = None
    can_call_tools: bool | None = None
