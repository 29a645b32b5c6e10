"""Ties the window to the services: the one place that makes presenters."""

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer

from desktop_app.domain.error import DeskError, ErrorInfo
from desktop_app.gui.diagnostic import diagnostics
from desktop_app.gui.presenter.assistant import AssistantPresenter
from desktop_app.gui.presenter.composer import ComposerPresenter
from desktop_app.gui.presenter.connection import ConnectionPresenter
from desktop_app.gui.presenter.connection_dialog import ConnectionDialogs
from desktop_app.gui.presenter.engine_dialog import EngineDialogs
from desktop_app.gui.presenter.inspector import InspectorPresenter
from desktop_app.gui.presenter.menu import MenuPresenter
from desktop_app.gui.presenter.notice import NoticePresenter
from desktop_app.gui.presenter.presenter import Presenter
from desktop_app.gui.presenter.session import Session
from desktop_app.gui.presenter.thread import ThreadPresenter
from desktop_app.gui.presenter.tool import Tools
from desktop_app.gui.presenter.transcript import TranscriptPresenter
from desktop_app.gui.presenter.welcome import WelcomePresenter
from desktop_app.gui.text import describe
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.transcript.view import TranscriptView
from desktop_app.gui.views.drop import DropTarget
from desktop_app.gui.views.inspector_page import AssistantPage, FilesPage
from desktop_app.gui.views.inspector_run import RunPage
from desktop_app.gui.views.left_list import LeftLists
from desktop_app.gui.views.welcome import Welcome
from desktop_app.gui.widgets.banner import Banner
from desktop_app.gui.widgets.drop_overlay import DropOverlay
from desktop_app.gui.widgets.toast import Toast
from desktop_app.gui.window import MainWindow
from desktop_app.services.attachment import refusal
from desktop_app.services.desk import Services

tr = partial(QCoreApplication.translate, "inspector")

_OPEN_THREAD = "window/thread"
_REMEMBER_MS = 200
"""Whoever walks through the list with the arrow keys shall not wait for the disk at each thread."""


class Workspace:
    """Everything that listens, from `open` to `close`.

    Attributes:
        session: Which thread is open.
    """

    def __init__(self, window: MainWindow, services: Services, theme: Theme, log: Path) -> None:
        """`log` is the log file, whose end goes into the diagnostics."""
        self._window = window
        self._services = services
        self.session = session = Session(window)
        left, pane, inspector = window.left, window.conversation, window.inspector
        toast = Toast(theme, pane)
        assistant_page, files_page, run_page = AssistantPage(theme), FilesPage(theme), RunPage()
        inspector.set_pages(((tr("Assistant"), assistant_page), (tr("Files"), files_page), (tr("Run"), run_page)))
        self._transcript = TranscriptView(theme, services.files.path)
        lists, welcome, banner = LeftLists(), Welcome(theme), Banner(theme)
        left.set_lists(lists)
        pane.set_pages(self._transcript, welcome)
        pane.set_banner(banner)
        tools = Tools(window, services, session, theme)
        engine_dialogs = EngineDialogs(window, services.engine, theme)
        dialogs = ConnectionDialogs(
            window,
            services.engine,
            engine_dialogs,
            services.connections,
            services.threads,
            tools.items,
            theme,
        )
        connection = ConnectionPresenter(
            left.connection,
            dialogs,
            engine_dialogs,
            services.engine,
            services.connections,
            services.threads,
            services.conversation,
            session,
            theme,
        )
        threads = ThreadPresenter(left, lists, services.threads, services.assistants, session, theme)
        transcript = TranscriptPresenter(pane, self._transcript, services.conversation, services.files, session)
        self._composer = ComposerPresenter(
            pane.composer, services.conversation, services.attachments, services.threads, session, theme
        )
        self._notices = NoticePresenter(
            banner,
            toast,
            services.notices,
            services.engine,
            connection,
            session,
        )
        self._presenters: list[Presenter] = [
            engine_dialogs,
            dialogs,
            connection,
            threads,
            transcript,
            self._composer,
            self._notices,
            AssistantPresenter(
                left,
                lists,
                pane.header,
                pane.composer,
                assistant_page,
                services.assistants,
                services.threads,
                services.engine,
                services.connections,
                session,
                theme,
            ),
            InspectorPresenter(
                pane.header,
                files_page,
                run_page,
                services.conversation,
                services.engine,
                services.connections,
                services.prices,
                services.files.path,
                session,
            ),
            WelcomePresenter(welcome, services.attachments, services.conversation, services.threads, session),
            MenuPresenter(
                window,
                threads,
                self._composer,
                dialogs,
                engine_dialogs,
                tools.items,
                services.settings,
                theme,
                toast,
                lambda: diagnostics(services.engine, log),
            ),
        ]
        self._transcript.action_requested.connect(connection.help)
        threads.thread_made.connect(pane.composer.focus)
        welcome.question_chosen.connect(lambda _number: pane.composer.focus())
        run_page.prices_requested.connect(tools.prices.open)
        files_page.save_requested.connect(transcript.save)
        files_page.open_requested.connect(transcript.open)
        files_page.fetch_requested.connect(services.files.fetch)
        pane.header.assistant_requested.connect(lambda: window.show_inspector(0))
        pane.header.files_requested.connect(lambda: window.show_inspector(1))
        self._drop = DropTarget(window, DropOverlay(theme, window), _why_not)
        self._drop.dropped.connect(self._composer.attach_mime)
        self._remembering = QTimer(window, interval=_REMEMBER_MS, singleShot=True)
        self._remembering.timeout.connect(lambda: self._keep({_OPEN_THREAD: session.thread_id}))
        session.thread_changed.connect(lambda _id: self._remembering.start())

    def open(self, files: Iterable[Path] = ()) -> None:
        """Open the thread that was open last, or if there is none the one that was used last; a new one for `files`."""
        paths = tuple(files)
        threads = self._services.threads
        last = threads.get(self._services.settings.get(_OPEN_THREAD) or "") or next(iter(threads.items), None)
        if paths or last is None:
            last = threads.create(self._services.assistants.default.id)
        self.session.open(last.id)
        if paths:
            self._composer.attach(paths)
        self._window.conversation.composer.focus()

    def show_error(self, error: ErrorInfo) -> None:
        """Show a problem that no service has told of."""
        self._notices.show_error(error)

    def close(self) -> None:
        """Remember how the window was, and listen to nothing any more."""
        self._remembering.stop()
        self._keep({**self._window.saved(), _OPEN_THREAD: self.session.thread_id})
        for presenter in self._presenters:
            presenter.release()

    def _keep(self, values: Mapping[str, str]) -> None:
        """Remember this for the next start; a disk that does not take it ends nothing."""
        try:
            for name, value in values.items():
                self._services.settings.set(name, value)
        except DeskError as error:
            self.show_error(error.info)


def _why_not(path: Path) -> str:
    error = refusal(path)
    return describe(error).title if error else ""
