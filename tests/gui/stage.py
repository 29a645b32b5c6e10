"""The real window over real services and a real archive; only the engine and services are played, at their port."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from desktop_app.domain.connection import (
    Connection,
    ConnectionKind,
    ConnectionReport,
    DeviceCode,
    Network,
    RemoteAssistant,
)
from desktop_app.domain.entity import (
    Assistant,
    EndpointReport,
    RunState,
    SandboxStatus,
    StoredFile,
    Thread,
    ThreadCopy,
    TranscriptItem,
)
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.event import AnswerStarted, RunEvent, RunStateChanged, TextDelta
from desktop_app.domain.port import (
    Backend,
    BackendMaker,
    Capabilities,
    Credential,
    EngineProcess,
    Identity,
    ModelEndpoint,
    ModelInfo,
    Progress,
    RunRequest,
)
from desktop_app.gui.override import override
from desktop_app.gui.presenter.workspace import Workspace
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.transcript.view import TranscriptView
from desktop_app.gui.window import MainWindow
from desktop_app.services.desk import Desk, Services
from tests.harness.wait import until

RUN = "run_1"


class PlayedBackend(Backend):
    """Answers every question with "Hello" and then goes on until it is cancelled or `finish` is called.

    Attributes:
        report: What a test of it finds.
        assistants, kept: What the service keeps: assistants, and threads by their ids.
        deleted: The ids of threads and assistants that were deleted there.
        error: What listing, reading and deleting fail with.
    """

    def __init__(self, models: Sequence[str] = ("built-in-analyst",)) -> None:
        self.asked: list[str] = []
        self.started: list[str] = []
        self.cancelled: list[str] = []
        self.upload_error: DeskError | None = None
        self.uploading: list[str] = []
        self.upload_may_end = asyncio.Event()
        self.upload_may_end.set()
        self.models = models
        self.report = ConnectionReport(("one", "two"))
        self.assistants: list[RemoteAssistant] = []
        self.kept: dict[str, ThreadCopy] = {}
        self.deleted: list[str] = []
        self.error: DeskError | None = None
        self._events: asyncio.Queue[RunEvent] = asyncio.Queue()

    def put(self, *events: RunEvent) -> None:
        """Let the run say this."""
        for event in events:
            self._events.put_nowait(event)

    def say(self, text: str) -> None:
        """Let the answer go on."""
        self._events.put_nowait(TextDelta(RUN, "answer", 0, text))

    def finish(self, state: RunState = RunState.COMPLETED) -> None:
        """Let the run end."""
        self._events.put_nowait(RunStateChanged(RUN, state, at=1.0))

    @property
    @override
    def capabilities(self) -> Capabilities:
        return Capabilities(512 * 1024**2, 20, 256_000, can_resume=True, has_assistants=True)

    @override
    async def check(self, model: str) -> ConnectionReport:
        return self.report

    @override
    async def list_models(self) -> tuple[ModelInfo, ...]:
        return tuple(ModelInfo(model) for model in self.models)

    @override
    async def upload(self, path: Path, name: str, progress: Progress) -> str:
        if self.upload_error is not None:
            raise self.upload_error
        self.uploading.append(name)
        progress(1, 2)
        await self.upload_may_end.wait()
        self.uploading.remove(name)
        return f"file_{name}"

    @override
    async def delete_file(self, file_id: str) -> None:
        pass

    @override
    async def file_info(self, file_id: str) -> StoredFile:
        raise DeskError(ErrorCode.NOT_FOUND, file_id)

    @override
    async def download(self, file_id: str, target: Path, progress: Progress) -> None:
        raise DeskError(ErrorCode.NOT_FOUND, file_id)

    @override
    async def put_assistant(self, assistant: Assistant, model: str, remote_id: str = "") -> str:
        return remote_id or f"remote_{assistant.id}"

    @override
    async def list_assistants(self) -> tuple[RemoteAssistant, ...]:
        self._may_fail()
        return tuple(self.assistants)

    @override
    async def delete_assistant(self, assistant_id: str) -> None:
        self._may_fail()
        self.deleted.append(assistant_id)
        self.assistants = [item for item in self.assistants if item.id != assistant_id]

    @override
    async def create_thread(self, client_id: str, history: Sequence[TranscriptItem] = ()) -> str:
        return f"remote_{client_id}"

    @override
    async def delete_thread(self, thread_id: str) -> None:
        self._may_fail()
        self.deleted.append(thread_id)

    @override
    async def read_thread(self, thread_id: str) -> ThreadCopy:
        self._may_fail()
        if thread_id not in self.kept:
            raise DeskError(ErrorCode.NOT_FOUND, thread_id)
        return self.kept[thread_id]

    def _may_fail(self) -> None:
        if self.error is not None:
            raise self.error

    @override
    async def add_message(self, thread_id: str, text: str, files: Iterable[StoredFile], client_id: str) -> str:
        self.asked.append(text)
        return f"message_{client_id}"

    @override
    async def start_run(self, request: RunRequest) -> AsyncGenerator[RunEvent, None]:
        yield RunStateChanged(RUN, RunState.IN_PROGRESS)
        yield AnswerStarted(RUN, "answer")
        yield TextDelta(RUN, "answer", 0, "Hello")
        self.started.append(request.thread_id)
        async for event in self.follow_run(request.thread_id, RUN):
            yield event

    @override
    async def find_run(self, thread_id: str, client_id: str) -> str:
        return ""

    @override
    async def follow_run(self, thread_id: str, run_id: str) -> AsyncGenerator[RunEvent, None]:
        while True:
            event = await self._events.get()
            yield event
            if isinstance(event, RunStateChanged) and event.state.is_final:
                return

    @override
    async def cancel_run(self, thread_id: str, run_id: str) -> None:
        self.cancelled.append(run_id)
        self.finish(RunState.CANCELLED)

    @override
    async def aclose(self) -> None:
        pass


class PlayedServices(BackendMaker):
    """Makes what is at the address of each connection, and keeps it whatever becomes of the connection.

    Attributes:
        played: By the connection's address.
    """

    def __init__(self) -> None:
        self.played: dict[str, PlayedBackend] = {}

    def at(self, base_url: str) -> PlayedBackend:
        """What is at an address."""
        return self.played.setdefault(base_url, PlayedBackend(("one", "two")))

    @override
    def __call__(self, connection: Connection, credential: Credential, network: Network) -> Backend:
        return self.at(connection.base_url)


class PlayedIdentity(Identity):
    """Signs everybody in."""

    @override
    def credential(self, connection: Connection, show_code: Callable[[DeviceCode], None]) -> Credential:
        async def token() -> str:
            return "token"

        return token

    @override
    def use_network(self, network: Network) -> None:
        pass

    @override
    async def forget(self, connection_id: str) -> None:
        pass

    @override
    async def aclose(self) -> None:
        pass


class PlayedEngine(EngineProcess):
    """An engine that is always there. `sandbox` and `report` are what it says."""

    def __init__(self) -> None:
        self.played = PlayedBackend()
        self.sandbox = SandboxStatus(ok=True, kind="bubblewrap")
        self.report = EndpointReport("http://localhost:1234/v1", ("one", "two"))
        self.endpoint: ModelEndpoint | None = None

    @override
    async def backend(self) -> Backend:
        return self.played

    @override
    async def use_endpoint(self, endpoint: ModelEndpoint | None, key: str) -> None:
        self.endpoint = endpoint

    @override
    async def check_endpoint(self, base_url: str, key: str, model: str) -> EndpointReport:
        return self.report

    @override
    async def sandbox_status(self) -> SandboxStatus:
        return self.sandbox

    @override
    async def aclose(self) -> None:
        pass


class Stage:
    """What a test sees and touches.

    Attributes:
        outside: What is played: at the addresses of connections.
    """

    def __init__(
        self,
        window: MainWindow,
        desk: Desk,
        engine: PlayedEngine,
        outside: PlayedServices,
        theme: Theme,
        workspace: Workspace,
    ) -> None:
        self.window = window
        self.services: Services = desk.services
        self.engine = engine
        self.outside = outside
        self.theme = theme
        self.workspace = workspace

    def find(self, name: str, kind: type[QObject] = QWidget) -> QWidget:
        """Return the widget with this object name."""
        found = self.window.findChild(kind, name)
        assert isinstance(found, QWidget), f"there is no {name}"
        return found

    def menu(self, words: str) -> None:
        """Choose this from the menu bar."""
        action = self.window.findChild(QAction, words)
        assert isinstance(action, QAction), f"there is no {words}"
        action.trigger()

    def type(self, text: str) -> None:
        """Type into the message field."""
        QTest.keyClicks(self.find("message"), text)

    async def connect(self, kind: ConnectionKind, name: str, model: str = "") -> Connection:
        """Add a connection, and let the open thread go on there."""
        connections = self.services.connections
        connections.save(Connection("", kind, name, f"https://{name.lower()}.example/v1", model), "a key")
        await until(lambda: any(each.name == name for each in connections.items))
        added = next(each for each in connections.items if each.name == name)
        self.services.threads.choose_connection(self.thread_id, added.id)
        return added

    @property
    def text(self) -> str:
        """What is in the message field."""
        return self.window.conversation.composer.text()

    @property
    def transcript(self) -> str:
        """What the rows of the transcript say."""
        view = self.find("transcript", TranscriptView)
        assert isinstance(view, TranscriptView)
        return "\n".join(row.text for row in view.model.rows)

    @property
    def thread(self) -> Thread:
        """The open thread as it is now."""
        found = self.services.threads.get(self.thread_id)
        assert found is not None
        return found

    @property
    def thread_id(self) -> str:
        """The open thread."""
        return self.workspace.session.thread_id
