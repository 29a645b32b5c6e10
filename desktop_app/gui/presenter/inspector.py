"""The inspector's Files and Run pages, for the thread that is open."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer

from desktop_app.domain.entity import CodeStep, Question, Run, StoredFile, TranscriptItem
from desktop_app.domain.item_file import files_of
from desktop_app.gui.presenter.presenter import Presenter
from desktop_app.gui.presenter.run_fact import facts_of
from desktop_app.gui.presenter.session import Session
from desktop_app.gui.views.header import Header
from desktop_app.gui.views.inspector_page import FileRow, FilesPage
from desktop_app.gui.views.inspector_run import RunPage
from desktop_app.services.connection import Connections
from desktop_app.services.conversation import Conversation
from desktop_app.services.local_engine import LocalEngine
from desktop_app.services.price import Prices
from desktop_app.services.transcript import TranscriptChange

tr = partial(QCoreApplication.translate, "inspector")

_DELAY_MS = 200
"""A stream changes the transcript far more often than the inspector needs to know."""


class InspectorPresenter(Presenter):
    """Lists the thread's files and the facts of its last run."""

    def __init__(
        self,
        header: Header,
        files_page: FilesPage,
        run_page: RunPage,
        conversation: Conversation,
        engine: LocalEngine,
        connections: Connections,
        prices: Prices,
        file_path: Callable[[StoredFile], Path | None],
        session: Session,
    ) -> None:
        super().__init__(files_page)
        self._header, self._files_page, self._run_page = header, files_page, run_page
        self._conversation = conversation
        self._engine, self._connections, self._prices = engine, connections, prices
        self._file_path = file_path
        self._session = session
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_DELAY_MS)
        self._soon.timeout.connect(self._show)
        session.thread_changed.connect(lambda _id: self._show())
        self.follow(conversation.changed, self._on_changed)
        for emitter in (engine.changed, connections.changed, prices.changed):
            self.follow(emitter, lambda _: self._show())
        self._show()

    def _on_changed(self, change: TranscriptChange) -> None:
        if change.thread_id == self._session.thread_id and not self._soon.isActive():
            self._soon.start()

    def _show(self) -> None:
        items = self._conversation.transcript(self._session.thread_id)
        uploaded = [self._row(file, "") for file in _uploaded(items)]
        made = [self._row(file, origin) for file, origin in _made(items)]
        self._files_page.show_files(uploaded, made)
        self._header.show_files(len(uploaded) + len(made))
        runs = [item for item in items if isinstance(item, Run)]
        self._show_run(runs[-1] if runs else None, items)

    def _row(self, file: StoredFile, origin: str) -> FileRow:
        return FileRow(file, origin, self._file_path(file) is not None)

    def _show_run(self, run: Run | None, items: Sequence[TranscriptItem]) -> None:
        if run is None:
            self._run_page.show_run(None)
            return
        sandbox = self._engine.sandbox
        kind = "" if sandbox is None else sandbox.kind or tr("none")
        connection = self._connections.get(run.connection_id)
        self._run_page.show_run(facts_of(run, items, connection, kind, self._prices))
        if not run.state.is_final:
            self._soon.start()


def _uploaded(items: Iterable[TranscriptItem]) -> list[StoredFile]:
    return [file for item in items if isinstance(item, Question) for file in item.files]


def _made(items: Iterable[TranscriptItem]) -> list[tuple[StoredFile, str]]:
    """Return the files of all runs, each once, with the step that showed it, newest run first."""
    found: dict[str, tuple[StoredFile, str]] = {}
    for run in reversed([item for item in items if isinstance(item, Run)]):
        steps = 0
        for item in run.items:
            steps += isinstance(item, CodeStep)
            origin = tr("step {number}").format(number=steps) if isinstance(item, CodeStep) else ""
            for file in files_of(item):
                found.setdefault(file.id, (file, origin))
    return list(found.values())
