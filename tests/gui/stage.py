"""The real window over real services and a real archive; only the engine is played, at its port."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from desktop_app.domain.entity import Assistant, EndpointReport, RunState, SandboxStatus, StoredFile
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.event import AnswerStarted, RunEvent, RunStateChanged, TextDelta
from desktop_app.domain.port import Backend, Capabilities, EngineProcess, ModelEndpoint, ModelInfo, Progress
from desktop_app.gui.override import override
from desktop_app.gui.presenter.workspace import Workspace
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.transcript.view import TranscriptView
from desktop_app.gui.window import MainWindow
from desktop_app.services.desk import Desk, Services

RUN = "run_1"


class PlayedBackend(Backend):
    """Answers every question with "Hello" and then goes on until it is cancelled or `finish` is called."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.started: list[str] = []
        self.cancelled: list[str] = []
        self.upload_error: DeskError | None = None
        self.uploading: list[str] = []
        self.upload_may_end = asyncio.Event()
        self.upload_may_end.set()
        self._events: asyncio.Queue[RunEvent] = asyncio.Queue()

    def say(self, text: str) -> None:
        """Let the answer go on."""
        self._events.put_nowait(TextDelta(RUN, "answer", 0, text))

    def finish(self, state: RunState = RunState.COMPLETED) -> None:
        """Let the run end."""
        self._events.put_nowait(RunStateChanged(RUN, state, at=1.0))

    @property
    @override
    def capabilities(self) -> Capabilities:
        return Capabilities(512 * 1024**2, 20, 256_000, can_resume=True)

    @override
    async def list_models(self) -> tuple[ModelInfo, ...]:
        return (ModelInfo("built-in-analyst"),)

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
    async def create_thread(self, client_id: str) -> str:
        return f"remote_{client_id}"

    @override
    async def delete_thread(self, thread_id: str) -> None:
        pass

    @override
    async def add_message(self, thread_id: str, text: str, file_ids: Iterable[str], client_id: str) -> str:
        self.asked.append(text)
        return f"message_{client_id}"

    @override
    async def start_run(self, thread_id: str, assistant_id: str, model: str, client_id: str) -> AsyncIterator[RunEvent]:
        yield RunStateChanged(RUN, RunState.IN_PROGRESS)
        yield AnswerStarted(RUN, "answer")
        yield TextDelta(RUN, "answer", 0, "Hello")
        self.started.append(thread_id)
        async for event in self.follow_run(thread_id, RUN):
            yield event

    @override
    async def find_run(self, thread_id: str, client_id: str) -> str:
        return ""

    @override
    async def follow_run(self, thread_id: str, run_id: str) -> AsyncIterator[RunEvent]:
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
    """What a test sees and touches."""

    def __init__(
        self, window: MainWindow, desk: Desk, engine: PlayedEngine, theme: Theme, workspace: Workspace
    ) -> None:
        self.window = window
        self.services: Services = desk.services
        self.engine = engine
        self.theme = theme
        self.workspace = workspace

    def find(self, name: str, kind: type[QObject] = QWidget) -> QWidget:
        """Return the widget with this object name."""
        found = self.window.findChild(kind, name)
        assert isinstance(found, QWidget), f"there is no {name}"
        return found

    def type(self, text: str) -> None:
        """Type into the message field."""
        QTest.keyClicks(self.find("message"), text)

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
    def thread_id(self) -> str:
        """The open thread."""
        return self.workspace.session.thread_id
