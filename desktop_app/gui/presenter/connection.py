"""The connection card and its dialogs."""

from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desktop_app.gui.dialogs.connect import ConnectDialog
from desktop_app.gui.dialogs.sandbox import SandboxDialog
from desktop_app.gui.presenter.presenter import Presenter
from desktop_app.gui.text import ErrorAction, describe
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.views.connection_card import ConnectionCard
from desktop_app.gui.widgets.spinner import Spinner
from desktop_app.services.local_engine import EngineState, LocalEngine

tr = partial(QCoreApplication.translate, "connection")


class ConnectionPresenter(Presenter):
    """Says where the assistant works and whether it can."""

    def __init__(self, card: ConnectionCard, window: QWidget, connection: LocalEngine, theme: Theme) -> None:
        super().__init__(card)
        self._card = card
        self._window = window
        self._connection = connection
        self._theme = theme
        self._sandbox_dialog: SandboxDialog | None = None
        card.set_spinner(Spinner(theme))
        card.connect_requested.connect(self.connect_model)
        card.disconnect_requested.connect(connection.disconnect)
        card.sandbox_requested.connect(self.show_sandbox)
        card.retry_requested.connect(connection.retry)
        self.follow(connection.changed, lambda _: self._show())
        self._show()

    def help(self, action: ErrorAction) -> None:
        """Open the dialog that helps, if one does."""
        match action:
            case ErrorAction.CONNECT:
                self.connect_model()
            case ErrorAction.SANDBOX:
                self.show_sandbox()

    def connect_model(self) -> None:
        """Ask for a model endpoint."""
        endpoint = self._connection.endpoint
        dialog = ConnectDialog(
            self._theme,
            endpoint.base_url if endpoint else "",
            endpoint.model if endpoint else "",
            has_key=endpoint is not None and endpoint.has_key,
            parent=self._window,
        )
        dialog.check_requested.connect(self._connection.check)
        dialog.cancel_requested.connect(self._connection.cancel_check)
        dialog.connected.connect(self._connection.connect)
        disconnect = self._connection.checked.connect(dialog.show_report)
        dialog.finished.connect(lambda _result: disconnect())
        dialog.open()

    def show_sandbox(self) -> None:
        """Say whether code can run here."""
        dialog = SandboxDialog(self._theme, self._window)
        dialog.show_status(self._connection.sandbox)
        dialog.retry_requested.connect(self._connection.retry)
        self._sandbox_dialog = dialog
        dialog.finished.connect(self._on_sandbox_closed)
        dialog.open()

    def _on_sandbox_closed(self) -> None:
        self._sandbox_dialog = None

    def _show(self) -> None:
        connection = self._connection
        is_starting = connection.state is EngineState.STARTING
        if self._sandbox_dialog is not None:
            self._sandbox_dialog.show_status(None if is_starting else connection.sandbox)
        is_analyst = connection.endpoint is None
        model = connection.model_label or tr("Built-in analyst (no language model)")
        if is_starting:
            self._card.show_state("", model, tr("Starting…"), is_analyst=is_analyst)
        elif connection.state is EngineState.FAILED:
            problem = describe(connection.error).title if connection.error else tr("The engine is not running")
            self._card.show_state("error", model, problem, is_analyst=is_analyst)
        elif connection.sandbox is not None and connection.sandbox.ok:
            sandbox = tr("Sandbox: {kind}").format(kind=connection.sandbox.kind)
            self._card.show_state("ok", model, sandbox, is_analyst=is_analyst)
        else:
            self._card.show_state("running", model, tr("No sandbox: code cannot run"), is_analyst=is_analyst)
