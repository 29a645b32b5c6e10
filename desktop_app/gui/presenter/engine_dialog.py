"""The dialogs about this computer's engine: its model, and its sandbox."""

from PySide6.QtWidgets import QWidget

from desktop_app.gui.dialogs.connect import ConnectDialog
from desktop_app.gui.dialogs.sandbox import SandboxDialog
from desktop_app.gui.presenter.presenter import Presenter
from desktop_app.gui.theme.theme import Theme
from desktop_app.services.local_engine import EngineState, LocalEngine


class EngineDialogs(Presenter):
    """Opens dialogs, and ties each to the engine until it is closed."""

    def __init__(self, window: QWidget, engine: LocalEngine, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._engine = engine
        self._theme = theme
        self._sandbox: SandboxDialog | None = None
        self.follow(engine.changed, lambda _: self._refresh())

    def connect_model(self, parent: QWidget | None = None) -> None:
        """Ask for the endpoint of the engine's model."""
        engine = self._engine
        endpoint = engine.endpoint
        dialog = ConnectDialog(
            self._theme,
            endpoint.base_url if endpoint else "",
            endpoint.model if endpoint else "",
            has_key=endpoint is not None and endpoint.has_key,
            parent=parent or self._window,
        )
        dialog.check_requested.connect(engine.check)
        dialog.cancel_requested.connect(engine.cancel_check)
        dialog.connected.connect(engine.connect)
        disconnect = engine.checked.connect(dialog.show_report)
        dialog.finished.connect(lambda _result: disconnect())
        dialog.open()

    def show_sandbox(self) -> None:
        """Say whether code can run here."""
        dialog = SandboxDialog(self._theme, self._window)
        dialog.show_status(self._engine.sandbox)
        dialog.retry_requested.connect(self._engine.retry)
        self._sandbox = dialog
        dialog.finished.connect(self._on_sandbox_closed)
        dialog.open()

    def _refresh(self) -> None:
        if self._sandbox is not None:
            is_starting = self._engine.state is EngineState.STARTING
            self._sandbox.show_status(None if is_starting else self._engine.sandbox)

    def _on_sandbox_closed(self) -> None:
        self._sandbox = None
