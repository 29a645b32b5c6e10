"""The dialogs about connections."""

from collections.abc import Callable, Iterable
from functools import partial
from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.domain.connection import ENGINE_ID, Connection, ConnectionReport, DeviceCode, SignIn
from desktop_app.domain.error import ErrorInfo
from desktop_app.gui.desktop import open_link
from desktop_app.gui.dialogs.connection import ConnectionDialog
from desktop_app.gui.dialogs.connection_list import ConnectionList, ConnectionRow
from desktop_app.gui.dialogs.connection_remove import RemoveConnectionDialog
from desktop_app.gui.dialogs.network import NetworkDialog
from desktop_app.gui.dialogs.sign_in import SignInDialog
from desktop_app.gui.presenter.engine_dialog import EngineDialogs
from desktop_app.gui.presenter.presenter import Presenter
from desktop_app.gui.presenter.tool import Tool
from desktop_app.gui.text import kind_name, sign_in_name
from desktop_app.gui.theme.theme import Theme
from desktop_app.services.connection import Connections
from desktop_app.services.local_engine import LocalEngine
from desktop_app.services.thread import Threads

tr = partial(QCoreApplication.translate, "connection")


class ConnectionDialogs(Presenter):
    """Opens dialogs, and ties each to its service until it is closed.

    Signals:
        added: There is a connection more than before; its id.
    """

    added = Signal(str)

    def __init__(
        self,
        window: QWidget,
        engine: LocalEngine,
        engine_dialogs: EngineDialogs,
        connections: Connections,
        threads: Threads,
        tools: Iterable[Tool],
        theme: Theme,
    ) -> None:
        """`tools` are what else can be done about services, offered below the list."""
        super().__init__(window)
        self._window = window
        self._engine = engine
        self._engine_dialogs = engine_dialogs
        self._connections = connections
        self._threads = threads
        self._theme = theme
        self._tools = (Tool(tr("Network…"), "tool-network", self.set_network), *tools)
        self._list: ConnectionList | None = None
        self._asking: ConnectionDialog | None = None
        self._sign_in: SignInDialog | None = None
        self._new_id = ""
        self.follow(engine.changed, lambda _: self._refresh())
        self.follow(connections.changed, lambda _: self._on_connections_changed())
        self.follow(connections.checked, self._on_checked)
        self.follow(connections.not_removed, self._on_not_removed)
        self.follow(connections.code_shown, self._on_code_shown)

    def name(self, connection: Connection) -> str:
        """Return what a connection is called."""
        return connection.name or kind_name(connection.kind)

    def add(self) -> None:
        """Ask for another connection."""
        offers = [(offer.variable, offer.connection) for offer in self._connections.offers]
        self._open(
            ConnectionDialog(self._theme, offers=offers, names=self._names(), parent=self._parent()),
            self._save_new,
        )

    def edit(self, connection_id: str) -> None:
        """Open the settings of a connection; those of the engine are its model."""
        connection = self._connections.get(connection_id)
        if connection_id == ENGINE_ID:
            self._engine_dialogs.connect_model(self._parent())
        elif connection is not None:
            dialog = ConnectionDialog(
                self._theme,
                connection,
                has_key=connection.sign_in is SignIn.KEY and self._connections.has_key(connection_id),
                variable=self._connections.variable(connection_id),
                models=[model.id for model in self._connections.models(connection_id)],
                names=self._names(),
                parent=self._parent(),
            )
            self._open(dialog, self._connections.save)

    def manage(self) -> None:
        """List all connections."""
        dialog = self._list = ConnectionList(self._theme, self._window)
        for tool in self._tools:
            dialog.add_tool(tool.label.replace("&", ""), tool.name, tool.open).setEnabled(tool.is_of_use())
        dialog.add_requested.connect(self.add)
        dialog.edit_requested.connect(self.edit)
        dialog.test_requested.connect(self._test)
        dialog.remove_requested.connect(self.remove)
        dialog.cancel_requested.connect(self._connections.cancel_check)
        dialog.finished.connect(self._on_list_closed)
        self._refresh()
        dialog.open()

    def remove(self, connection_id: str) -> None:
        """Ask whether a connection shall go."""
        connection = self._connections.get(connection_id)
        if connection is None:
            return
        users = sum(thread.connection_id == connection_id for thread in self._threads.items)
        dialog = RemoveConnectionDialog(self._theme, self.name(connection), users, self._parent())
        dialog.confirmed.connect(lambda clean_up: self._remove(connection_id, clean_up=clean_up))
        dialog.open()

    def set_network(self) -> None:
        """Ask how services are reached."""
        dialog = NetworkDialog(self._connections.network, self._parent())
        dialog.saved.connect(self._connections.set_network)
        dialog.open()

    def end_sign_in(self) -> None:
        """Take the code away that was asked for: what waited for it has gone on."""
        if self._sign_in is not None:
            self._sign_in.accept()

    def _open(self, dialog: ConnectionDialog, save: Callable[[Connection, str | None, str], object]) -> None:
        dialog.check_requested.connect(self._connections.check)
        dialog.cancel_requested.connect(self._connections.cancel_check)
        dialog.saved.connect(save)
        dialog.link_activated.connect(open_link)
        dialog.finished.connect(self._on_asked)
        self._asking = dialog
        dialog.open()

    def _save_new(self, connection: Connection, key: str | None, variable: str) -> None:
        self._new_id = self._connections.save(connection, key, variable)

    def _on_checked(self, report: ConnectionReport) -> None:
        self.end_sign_in()
        if self._asking is not None:
            self._asking.show_report(report)
        if self._list is not None:
            self._list.show_report(report)

    def _on_code_shown(self, code: DeviceCode) -> None:
        """Show a code where a test was asked for it; a question that waits for one needs a dialog of its own."""
        if self._asking is not None and self._asking.is_testing:
            self._asking.show_code(code)
            return
        if self._sign_in is None:
            self._sign_in = SignInDialog(self._parent())
            self._sign_in.link_activated.connect(open_link)
            self._sign_in.finished.connect(self._on_signed_in)
            self._sign_in.open()
        self._sign_in.show_code(code)

    def _test(self, connection_id: str) -> None:
        connection = self._connections.get(connection_id)
        if connection is not None:
            self._connections.check(connection, None)

    def _remove(self, connection_id: str, *, clean_up: bool) -> None:
        if clean_up and self._list is not None:
            self._list.show_removing(connection_id)
        self._connections.remove(connection_id, clean_up=clean_up)

    def _on_not_removed(self, stays: tuple[str, ErrorInfo]) -> None:
        if self._list is not None:
            self._list.show_not_removed(*stays)

    def _names(self) -> list[str]:
        return [self.name(connection) for connection in self._connections.items]

    def _parent(self) -> QWidget:
        """The list, if it is open: what is asked for from there lies upon it."""
        return self._list or self._window

    def _on_connections_changed(self) -> None:
        self._refresh()
        if self._connections.get(self._new_id) is not None:
            new_id, self._new_id = self._new_id, ""
            self.added.emit(new_id)

    def _refresh(self) -> None:
        if self._list is not None:
            self._list.show_rows([self._row(connection) for connection in self._connections.items])

    def _row(self, connection: Connection) -> ConnectionRow:
        if connection.id == ENGINE_ID:
            model = self._engine.model_label or tr("Built-in analyst (no language model)")
            return ConnectionRow(connection.id, self.name(connection), tr("Embedded engine"), model, can_remove=False)
        has_key = self._connections.has_key(connection.id)
        state = sign_in_name(connection.sign_in)
        variable = self._connections.variable(connection.id)
        if variable:
            state = tr("Key in {variable}").format(variable=variable)
        elif connection.sign_in is SignIn.KEY:
            state = tr("Key stored") if has_key else tr("Key missing")
        about = f"{kind_name(connection.kind)} · {urlsplit(connection.base_url).netloc}"
        return ConnectionRow(connection.id, self.name(connection), about, state, is_complete=has_key)

    def _on_asked(self) -> None:
        self._asking = None

    def _on_signed_in(self) -> None:
        self._sign_in = None

    def _on_list_closed(self) -> None:
        self._list = None
