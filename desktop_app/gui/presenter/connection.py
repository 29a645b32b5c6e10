"""The connection card: where the open thread is answered, whether that works, and the menu that switches it."""

from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMenu

from desktop_app.domain.connection import ENGINE_ID, Connection, SignIn
from desktop_app.domain.entity import MessageState, Question, Run, RunState, TranscriptItem
from desktop_app.domain.error import OF_CONNECTION, ErrorCode, ErrorInfo
from desktop_app.gui.presenter.connection_dialog import ConnectionDialogs
from desktop_app.gui.presenter.engine_dialog import EngineDialogs
from desktop_app.gui.presenter.presenter import Presenter
from desktop_app.gui.presenter.session import Session
from desktop_app.gui.text import ErrorAction, describe, kind_name
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.views.connection_card import ConnectionCard
from desktop_app.gui.widgets.spinner import Spinner
from desktop_app.services.connection import Connections
from desktop_app.services.conversation import Conversation
from desktop_app.services.local_engine import EngineState, LocalEngine
from desktop_app.services.thread import Threads
from desktop_app.services.transcript import TranscriptChange

tr = partial(QCoreApplication.translate, "connection")

_MOST_CHARACTERS = 48
_OF_THE_CONNECTION = OF_CONNECTION | {ErrorCode.FORBIDDEN, ErrorCode.MODEL_NOT_FOUND}
"""Errors that the next question would meet as well."""


class ConnectionPresenter(Presenter):
    """Says where the open thread is answered and whether it can be, and lets the person choose."""

    def __init__(
        self,
        card: ConnectionCard,
        dialogs: ConnectionDialogs,
        engine_dialogs: EngineDialogs,
        engine: LocalEngine,
        connections: Connections,
        threads: Threads,
        conversation: Conversation,
        session: Session,
        theme: Theme,
    ) -> None:
        super().__init__(card)
        self._card = card
        self._dialogs = dialogs
        self._engine_dialogs = engine_dialogs
        self._engine = engine
        self._connections = connections
        self._threads = threads
        self._conversation = conversation
        self._session = session
        self._shown: tuple[str, ...] = ()
        card.set_spinner(Spinner(theme))
        card.menu_requested.connect(self.open_menu)
        dialogs.added.connect(self._on_added)
        session.thread_changed.connect(lambda _id: self._show())
        self.follow(engine.changed, lambda _: self._show())
        self.follow(connections.changed, lambda _: self._show())
        self.follow(threads.changed, lambda _: self._show())
        self.follow(conversation.changed, self._on_transcript_changed)
        self._show()

    @property
    def connection_id(self) -> str:
        """The connection of the open thread, or of new ones."""
        thread = self._threads.get(self._session.thread_id)
        return thread.connection_id if thread else self._connections.current_id

    def help(self, action: ErrorAction) -> None:
        """Open the dialog that helps, if one does."""
        match action:
            case ErrorAction.CHOOSE:
                self.open_menu()
            case ErrorAction.CONNECT if self._connections.get(self.connection_id) is None:
                self.open_menu()
            case ErrorAction.CONNECT:
                self._dialogs.edit(self.connection_id)
            case ErrorAction.SANDBOX:
                self._engine_dialogs.show_sandbox()

    def choose(self, connection_id: str) -> None:
        """Let the open thread go on elsewhere, and new ones begin there."""
        self._threads.choose_connection(self._session.thread_id, connection_id)
        self._connections.use(connection_id)

    def open_menu(self) -> None:
        """Offer all connections, and what can be done with the one that is used."""
        menu = QMenu(self._card)
        menu.setObjectName("connection-menu")
        menu.setToolTipsVisible(True)
        self._add_connections(menu)
        menu.addSeparator()
        if self.connection_id == ENGINE_ID:
            self._add_engine(menu)
        elif self._connections.get(self.connection_id) is not None:
            menu.addAction(tr("Connection settings…"), lambda: self._dialogs.edit(self.connection_id))
        menu.addSeparator()
        menu.addAction(tr("Add a connection…"), self._dialogs.add)
        menu.addAction(tr("Manage connections…"), self._dialogs.manage)
        menu.aboutToHide.connect(menu.deleteLater)
        self._card.open_menu(menu)

    def _add_connections(self, menu: QMenu) -> None:
        thread = self._threads.get(self._session.thread_id)
        is_busy = thread is not None and thread.busy
        for connection in self._connections.items:
            name = self._dialogs.name(connection)
            cut = name if len(name) <= _MOST_CHARACTERS else f"{name[: _MOST_CHARACTERS - 1]}…"
            action = menu.addAction(cut.replace("&", "&&"), partial(self.choose, connection.id))
            action.setCheckable(True)
            action.setChecked(connection.id == self.connection_id)
            action.setEnabled(not is_busy or action.isChecked())
            action.setToolTip(name)
            if not action.isEnabled():
                action.setToolTip(tr("This thread is busy. It can go on elsewhere when its answer is there."))

    def _add_engine(self, menu: QMenu) -> None:
        engine = self._engine
        menu.addAction(tr("Connect a model…"), self._engine_dialogs.connect_model)
        menu.addAction(tr("Use the built-in analyst"), engine.disconnect).setEnabled(engine.endpoint is not None)
        menu.addAction(tr("Sandbox details…"), self._engine_dialogs.show_sandbox)
        if engine.state is EngineState.FAILED:
            menu.addAction(tr("Start the engine again"), engine.retry)

    def _on_added(self, connection_id: str) -> None:
        """A thread that has begun stays where it is; what is new begins where the person has just come from."""
        thread = self._threads.get(self._session.thread_id)
        if thread is not None and not thread.title and not thread.remote_id:
            self.choose(connection_id)
        else:
            self._connections.use(connection_id)

    def _on_transcript_changed(self, change: TranscriptChange) -> None:
        is_whole = change.key == ""  # a code step or a few words of an answer change nothing here
        if is_whole and self._has_gone_on(change):
            self._dialogs.end_sign_in()
        if is_whole and change.thread_id == self._session.thread_id:
            self._show()

    def _has_gone_on(self, change: TranscriptChange) -> bool:
        """Whether what may have waited for a code needs it no more."""
        thread = self._threads.get(change.thread_id)
        connection = self._connections.get(thread.connection_id) if thread else None
        if connection is None or connection.sign_in is not SignIn.DEVICE_CODE:
            return False
        if isinstance(change.item, Question):
            return change.item.state in (MessageState.SENT, MessageState.FAILED)
        return change.item is not None and change.item.state is not RunState.STARTING

    def _show(self) -> None:
        connection_id = self.connection_id
        connection = self._connections.get(connection_id)
        if connection is None:
            gone = tr("Removed: choose another one")
            words = ("error", tr("No connection"), "", gone)
        elif connection_id == ENGINE_ID:
            words = self._engine_words(self._dialogs.name(connection))
        else:
            words = self._words(connection)
        if words != self._shown:
            self._shown = words
            self._card.show_state(*words)

    def _words(self, connection: Connection) -> tuple[str, str, str, str]:
        model = connection.agent or connection.model or kind_name(connection.kind)
        if not self._connections.has_key(connection.id):
            return "error", connection.name, model, tr("Key missing")
        error = _last_error(self._conversation.transcript(self._session.thread_id), connection.id)
        if error is not None:
            needs_sign_in = error.code in (ErrorCode.SIGN_IN_FAILED, ErrorCode.SIGN_IN_UNAVAILABLE)
            return "error", connection.name, model, tr("Sign in") if needs_sign_in else describe(error).title
        where = kind_name(connection.kind)
        return "ok", connection.name, model, "" if where in (connection.name, model) else where

    def _engine_words(self, name: str) -> tuple[str, str, str, str]:
        engine = self._engine
        model = engine.model_label or tr("Built-in analyst (no language model)")
        if engine.state is EngineState.STARTING:
            return "", name, model, tr("Starting…")
        if engine.state is EngineState.FAILED:
            problem = describe(engine.error).title if engine.error else tr("The engine is not running")
            return "error", name, model, problem
        if engine.sandbox is not None and engine.sandbox.ok:
            return "ok", name, model, tr("Sandbox: {kind}").format(kind=engine.sandbox.kind)
        return "running", name, model, tr("No sandbox: code cannot run")


def _last_error(items: tuple[TranscriptItem, ...], connection_id: str) -> ErrorInfo | None:
    """Why the thread's last question was not answered there, if the next one would meet the same."""
    last = items[-1] if items else None
    if last is None or last.error is None or last.error.code not in _OF_THE_CONNECTION:
        return None
    return None if isinstance(last, Run) and last.connection_id != connection_id else last.error
