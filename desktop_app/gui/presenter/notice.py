"""What services have to say: problems as a banner, the rest as a toast."""

from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication

from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.gui.desktop import show_folder
from desktop_app.gui.presenter.connection import ConnectionPresenter
from desktop_app.gui.presenter.presenter import Presenter
from desktop_app.gui.presenter.session import Session
from desktop_app.gui.text import ErrorAction, action_label, describe, details, notice
from desktop_app.gui.widgets.banner import Banner
from desktop_app.gui.widgets.toast import Toast
from desktop_app.services.local_engine import EngineState, LocalEngine
from desktop_app.services.notice import Notice, NoticeBoard, NoticeKind

tr = partial(QCoreApplication.translate, "notice")


class NoticePresenter(Presenter):
    """Shows notices, and offers the one thing that helps."""

    def __init__(
        self,
        banner: Banner,
        toast: Toast,
        notices: NoticeBoard,
        engine: LocalEngine,
        connecting: ConnectionPresenter,
        session: Session,
    ) -> None:
        super().__init__(banner)
        self._banner, self._toast = banner, toast
        self._engine = engine
        self._connecting = connecting
        self._session = session
        self._error: ErrorInfo | None = None
        self._thread_id = ""
        self._of_engine: ErrorInfo | None = None
        banner.action_requested.connect(self._act)
        banner.copy_requested.connect(self._copy)
        session.thread_changed.connect(self._on_thread_changed)
        self.follow(notices.posted, self._on_posted)
        self.follow(engine.changed, lambda _: self._on_engine_changed())
        self._on_engine_changed()

    def show_error(self, error: ErrorInfo, thread_id: str = "") -> None:
        """Show a problem until it is dismissed or its thread is left."""
        self._error, self._thread_id = error, thread_id
        text = describe(error)
        # Of all that has gone wrong only the engine is tried again from here: files and runs have buttons of their own.
        can_help = text.action is not ErrorAction.RETRY or error is self._engine.error
        self._banner.say(text.title, text.help, action_label(text.action) if can_help else "")

    def _on_posted(self, posted: Notice) -> None:
        if posted.kind is NoticeKind.ERROR and posted.error is not None:
            if posted.thread_id in ("", self._session.thread_id):
                self.show_error(posted.error, posted.thread_id)
        elif posted.kind is NoticeKind.FILE_SAVED and posted.path is not None:
            self._toast.say(notice(posted), tr("Show folder"), partial(show_folder, posted.path))
        else:
            self._toast.say(notice(posted), tr("Undo") if posted.undo else "", posted.undo)

    def _on_engine_changed(self) -> None:
        """Say once that the engine or the sandbox is not there; take it back when it is."""
        error = _problem(self._engine)
        if error == self._of_engine:
            return
        if error is not None:
            self.show_error(error)
        elif self._error is self._of_engine:
            self._banner.hide()
        self._of_engine = error

    def _on_thread_changed(self, thread_id: str) -> None:
        if self._thread_id and self._thread_id != thread_id:
            self._banner.hide()

    def _act(self) -> None:
        if self._error is None:
            return
        match action := describe(self._error).action:
            case ErrorAction.RETRY:
                self._engine.retry()
                self._banner.hide()
            case _:
                self._connecting.help(action)

    def _copy(self) -> None:
        if self._error is not None:
            QGuiApplication.clipboard().setText(details(self._error))
            self._toast.say(tr("Details copied"))


def _problem(engine: LocalEngine) -> ErrorInfo | None:
    if engine.state is EngineState.FAILED:
        return engine.error
    sandbox = engine.sandbox
    if engine.state is EngineState.READY and sandbox is not None and not sandbox.ok:
        data = {"reason": sandbox.reason, "install": sandbox.install}
        return ErrorInfo(ErrorCode.SANDBOX_UNAVAILABLE, data, sandbox.reason)
    return None
