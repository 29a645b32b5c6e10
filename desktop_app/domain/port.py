"""What the services need from the outside, as protocols. `app/` decides who provides it."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from desktop_app.domain.connection import (
    Connection,
    ConnectionReport,
    DeviceCode,
    Network,
    RemoteAssistant,
    RemoteFile,
    RemoteThread,
)
from desktop_app.domain.entity import (
    Assistant,
    EndpointReport,
    Question,
    Run,
    SandboxStatus,
    SearchHit,
    StoredFile,
    Thread,
    ThreadCopy,
    TranscriptItem,
)
from desktop_app.domain.event import RunEvent

Progress = Callable[[int, int], None]
"""Called with (bytes done, bytes in all); from any thread."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a backend can do. Nobody asks for its class.

    Attributes:
        can_resume: A dropped stream goes on where it was; else the run is polled.
        has_assistants: The service keeps assistants, which can be listed, adopted and deleted there.
    """

    max_file_bytes: int
    max_files: int
    max_message_characters: int
    can_resume: bool
    has_assistants: bool = False


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model that the service lists."""

    id: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file of the thread whose bytes are here, at `path`, for reading only."""

    file: StoredFile
    path: Path


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a run is asked for with.

    Attributes:
        thread_id: The service's id; `assistant_id` likewise, as `put_assistant` gave it.
        assistant: The definition, for services that keep none.
        model: A model of the service.
        client_id: The app's id of the run, by which `find_run` finds it.
        files: Every file of the thread, uploaded or made, oldest first: a container that has expired is filled
            from these.
    """

    thread_id: str
    assistant_id: str
    assistant: Assistant
    model: str
    client_id: str
    files: tuple[LocalFile, ...] = ()


class Backend(Protocol):
    """A service that runs assistants. All ids here are the service's. Raises only `DeskError`."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do; constant."""

    async def check(self, model: str) -> ConnectionReport:
        """Tries address, key and permission, and (if `model` is given) whether that model answers. Never raises."""

    async def list_models(self) -> tuple[ModelInfo, ...]:
        """Every model, all pages."""

    async def upload(self, path: Path, name: str, progress: Progress) -> str:
        """Uploads a file for the code interpreter and returns its id. Cancelling the task stops it."""

    async def delete_file(self, file_id: str) -> None:
        """Deletes an uploaded file. One that is gone already is no error."""

    async def file_info(self, file_id: str) -> StoredFile:
        """Name, size and type of a file, without its bytes (`id` equals `remote_id`)."""

    async def download(self, file_id: str, target: Path, progress: Progress) -> None:
        """Writes a file's bytes to `target` (which must not exist)."""

    async def put_assistant(self, assistant: Assistant, model: str, remote_id: str = "") -> str:
        """Makes the service's assistant equal to this definition and returns its id.

        `remote_id` is the id it had; one that is empty or gone is created anew.
        """

    async def list_assistants(self) -> tuple[RemoteAssistant, ...]:
        """Every assistant that the service keeps, newest first; none where `has_assistants` is False."""

    async def delete_assistant(self, assistant_id: str) -> None:
        """Deletes an assistant on the service. One that is gone already is no error."""

    async def create_thread(self, client_id: str, history: Sequence[TranscriptItem] = ()) -> str:
        """Creates a thread marked with the app's id and returns the service's.

        `history` is what was said before, elsewhere: it becomes the thread's first messages, code and logs as text.
        """

    async def delete_thread(self, thread_id: str) -> None:
        """Deletes a thread. One that is gone already is no error."""

    async def read_thread(self, thread_id: str) -> ThreadCopy:
        """A whole thread, all pages, as its service has it: questions, and runs with their steps.

        Raises:
            DeskError: NOT_FOUND, among others.
        """

    async def add_message(self, thread_id: str, text: str, files: Iterable[StoredFile], client_id: str) -> str:
        """Adds the person's message once: a message already there with this `client_id` is returned.

        The files have been uploaded: each has a `remote_id` of this service.
        """

    def start_run(self, request: RunRequest) -> AsyncGenerator[RunEvent, None]:
        """Starts a run and streams it. The first event carries the run's id.

        Ends after a final state; raises `DeskError(STREAM_DROPPED)` if the stream ends before. Closing the
        iterator does not stop the run where the service can go on without us. A refusal (RATE_LIMITED, among others)
        means that no run was started; after any other error it may have been.
        """

    async def find_run(self, thread_id: str, client_id: str) -> str:
        """The id of the run started with this `client_id`, or empty: what to ask after an ambiguous failure."""

    def follow_run(self, thread_id: str, run_id: str) -> AsyncGenerator[RunEvent, None]:
        """A run that is already there, until it is final: what a dropped stream goes on with.

        It goes on where the stream of this backend was, or begins with `ItemsReset`, or sends snapshots: whichever,
        the run ends as if the stream had not been dropped.
        """

    async def cancel_run(self, thread_id: str, run_id: str) -> None:
        """Asks the service to stop the run. A run that has ended is no error."""

    async def aclose(self) -> None:
        """Ends all connections."""


Credential = Callable[[], Awaitable[str]]
"""Gives what to send as a bearer token: a key, or a token that is fresh. Raises `DeskError`."""


class BackendMaker(Protocol):
    """Makes the backend for a connection."""

    def __call__(self, connection: Connection, credential: Credential, network: Network) -> Backend:
        """A backend, which connects when it is first used."""


class Identity(Protocol):
    """Entra ID. Loads what it needs when it is first used; keeps tokens in memory only."""

    def credential(self, connection: Connection, show_code: Callable[[DeviceCode], None]) -> Credential:
        """Signs in when first called (once at a time), and from then on gives tokens that are fresh.

        Raises (when called):
            DeskError: SIGN_IN_UNAVAILABLE, SIGN_IN_FAILED, CONNECTION_FAILED or TIMED_OUT.
        """

    def use_network(self, network: Network) -> None:
        """Reaches Entra ID this way from now on."""

    async def forget(self, connection_id: str) -> None:
        """Signs a connection out."""

    async def aclose(self) -> None:
        """Ends what is going on."""


class Archive(Protocol):
    """Where everything is kept. Every method is durable when it returns. Raises `DeskError(STORAGE_FAILED)`."""

    async def assistants(self) -> tuple[Assistant, ...]:
        """All of them, oldest first."""

    async def save_assistant(self, assistant: Assistant) -> None:
        """Creates or replaces it."""

    async def delete_assistant(self, assistant_id: str) -> None:
        """Removes it; its threads stay."""

    async def threads(self) -> tuple[Thread, ...]:
        """All that are not deleted, last used first."""

    async def save_thread(self, thread: Thread) -> None:
        """Creates or replaces it."""

    async def add_thread(self, thread: Thread, items: Sequence[TranscriptItem]) -> None:
        """Creates a thread with its whole transcript, or nothing.

        A `remote_id` is remembered as by `save_remote_thread`, in the same moment.
        """

    async def delete_thread(self, thread_id: str) -> None:
        """Hides it from lists and search until `restore_thread`, or for good after `purge_deleted`."""

    async def restore_thread(self, thread_id: str) -> None:
        """Takes `delete_thread` back."""

    async def deleted_threads(self) -> tuple[Thread, ...]:
        """All that are deleted and not purged, last used first."""

    async def purge_deleted(self, thread_ids: Collection[str]) -> None:
        """Removes those of the threads that are deleted, and the files nobody uses any more."""

    async def transcript(self, thread_id: str) -> tuple[TranscriptItem, ...]:
        """The whole thread in its order."""

    async def save_question(self, question: Question) -> None:
        """Creates or replaces a message of the person."""

    async def save_run(self, run: Run) -> None:
        """Creates or replaces a run with all its items."""

    async def open_runs(self) -> tuple[Run, ...]:
        """Runs whose state is not final: what a start has to reattach to."""

    async def unsent_questions(self) -> tuple[Question, ...]:
        """Messages a crash caught: `WRITTEN` or `SENDING`, or `SENT` and no run answers them."""

    async def search(self, query: str, limit: int = 50) -> tuple[SearchHit, ...]:
        """Threads whose title, messages, code or answers hold every word, best first. Any text is a valid query."""

    async def add_blob(self, path: Path, progress: Progress) -> str:
        """Copies a file's bytes in and returns their SHA-256. Cancelling leaves nothing behind.

        Raises:
            DeskError: FILE_MISSING, FILE_UNREADABLE, FILE_IS_FOLDER, FILE_TOO_LARGE or DISK_FULL.
        """

    def blob_path(self, sha256: str) -> Path:
        """Where the blob's bytes are, for reading only."""

    def scratch_path(self) -> Path:
        """A new file name on the blobs' disk, for `Backend.download` to write to."""

    async def save_file(self, file: StoredFile) -> None:
        """Creates or replaces a file's record."""

    async def file_by_remote_id(self, connection_id: str, remote_id: str) -> StoredFile | None:
        """The record of a service's file, if there is one."""

    async def connections(self) -> tuple[Connection, ...]:
        """All that a person has added, oldest first; the engine is not among them."""

    async def save_connection(self, connection: Connection) -> None:
        """Creates or replaces it."""

    async def delete_connection(self, connection_id: str) -> None:
        """Removes it, and what it called its assistants; its threads stay."""

    async def save_remote_thread(self, thread: RemoteThread) -> None:
        """Remembers a thread that a service keeps, before anything is sent there."""

    async def remote_threads(self) -> tuple[RemoteThread, ...]:
        """Every thread that any service keeps for us, oldest first, those of purged threads included."""

    async def delete_remote_thread(self, connection_id: str, remote_id: str) -> None:
        """Forgets one: it is deleted there."""

    async def save_remote_file(self, file: RemoteFile) -> None:
        """Remembers an upload; a file may have been uploaded to several services, and more than once to one."""

    async def remote_files(self) -> tuple[RemoteFile, ...]:
        """Every upload that any service keeps for us, those of purged threads included."""

    async def delete_remote_file(self, connection_id: str, remote_id: str) -> None:
        """Forgets one: it is deleted there."""

    async def remote_assistant_id(self, connection_id: str, assistant_id: str) -> str:
        """The service's id of an assistant there, or empty."""

    async def save_remote_assistant_id(self, connection_id: str, assistant_id: str, remote_id: str) -> None:
        """Remembers it."""

    async def draft(self, thread_id: str) -> str:
        """What the person had typed and not sent."""

    async def save_draft(self, thread_id: str, text: str) -> None:
        """Keeps it; empty text removes it."""

    async def aclose(self) -> None:
        """Writes what is left and closes."""


class Keychain(Protocol):
    """Secrets in the OS keychain. Never blocks the loop, never logs a value.

    Raises:
        DeskError: KEYCHAIN_MISSING, KEYCHAIN_LOCKED, KEYCHAIN_FAILED or KEY_REJECTED.
    """

    async def get(self, name: str) -> str | None:
        """The secret, or None if there is none."""

    async def set(self, name: str, secret: str) -> None:
        """Stores it."""

    async def delete(self, name: str) -> None:
        """Removes it. One that is gone already is no error."""


class Settings(Protocol):
    """Small values that are no secrets: window geometry, theme, the endpoint's address and model."""

    def get(self, name: str) -> str | None:
        """A value, or None."""

    def set(self, name: str, value: str) -> None:
        """Keeps it, at the latest when the program ends."""

    def all(self) -> Mapping[str, str]:
        """Everything."""


@dataclass(frozen=True, slots=True)
class ModelEndpoint:
    """Where the engine finds its language model. The key itself is only in the keychain."""

    base_url: str
    model: str
    has_key: bool = False


class EngineProcess(Protocol):
    """The embedded engine as the services see it: a child process, replaced when it dies."""

    async def backend(self) -> Backend:
        """A backend to the running engine; starts it first if need be.

        Raises:
            DeskError: ENGINE_UNAVAILABLE.
        """

    async def use_endpoint(self, endpoint: ModelEndpoint | None, key: str) -> None:
        """Tells the engine (over its pipe) which model endpoint to use from now on; None for none."""

    async def check_endpoint(self, base_url: str, key: str, model: str) -> EndpointReport:
        """Lets the engine try an endpoint: address, key, model list, and (if `model` is given) one tool call."""

    async def sandbox_status(self) -> SandboxStatus:
        """Whether code can run on this computer, as the engine found by trying."""

    async def aclose(self) -> None:
        """Ends the engine."""
