"""What services keep: assistants and threads, listed and cleaned up."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from desktop_app.domain.connection import ConnectionKind
from desktop_app.gui.dialogs.remote_assistant import RemoteAssistantDialog, RemoteAssistantRow
from desktop_app.gui.dialogs.remote_thread import KeptRow, RemoteThreadDialog
from desktop_app.gui.measure import short_time
from desktop_app.gui.presenter.presenter import Presenter
from desktop_app.gui.text import kind_name
from desktop_app.gui.theme.theme import Theme
from desktop_app.services.connection import Connections
from desktop_app.services.remote_assistant import AssistantListing, RemoteAssistants
from desktop_app.services.remote_thread import RemoteThreadRow, RemoteThreads, ThreadListing

tr = partial(QCoreApplication.translate, "remote")

_WITH_ASSISTANTS = frozenset({ConnectionKind.AGENT_SERVICE, ConnectionKind.ASSISTANTS})


class RemotePresenter(Presenter):
    """Opens the dialogs about what services keep."""

    def __init__(
        self,
        window: QWidget,
        assistants: RemoteAssistants,
        threads: RemoteThreads,
        connections: Connections,
        theme: Theme,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._assistants = assistants
        self._threads = threads
        self._connections = connections
        self._theme = theme

    @property
    def has_assistants(self) -> bool:
        """Whether any connection's service keeps assistants."""
        return bool(self._choices())

    def open_assistants(self) -> None:
        """Show what the first of the connections keeps; another one can be chosen."""
        choices = self._choices()
        if not choices:
            return
        ids = [connection_id for connection_id, _name in choices]
        current = self._connections.current_id
        dialog = RemoteAssistantDialog(self._theme, choices, current if current in ids else ids[0], self._window)
        _Assistants(dialog, self._assistants)
        dialog.open()
        self._assistants.list(dialog.connection_id)

    def open_threads(self) -> None:
        """Show every thread that any service keeps."""
        dialog = RemoteThreadDialog(self._theme, self._window)
        shown = _Threads(dialog, self._threads, self._connections)
        dialog.delete_requested.connect(shown.delete)
        dialog.open()
        self._threads.list()

    def _choices(self) -> list[tuple[str, str]]:
        with_assistants = (item for item in self._connections.items if item.kind in _WITH_ASSISTANTS)
        return [(connection.id, connection.name or kind_name(connection.kind)) for connection in with_assistants]


class _Assistants(Presenter):
    """Lives as long as its dialog."""

    def __init__(self, dialog: RemoteAssistantDialog, assistants: RemoteAssistants) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self._assistants = assistants
        self._listing: AssistantListing | None = None
        dialog.connection_picked.connect(assistants.list)
        dialog.adopt_requested.connect(self._adopt)
        dialog.delete_requested.connect(lambda remote_id: assistants.delete(dialog.connection_id, remote_id))
        dialog.finished.connect(self.release)
        self.follow(assistants.listed, self._show)

    def _adopt(self, remote_id: str) -> None:
        listed = self._listing.assistants if self._listing else ()
        for remote in listed:
            if remote.id == remote_id:
                self._assistants.adopt(self._dialog.connection_id, remote)

    def _show(self, listing: AssistantListing) -> None:
        if listing.connection_id != self._dialog.connection_id:
            return
        self._listing = listing
        rows = [
            RemoteAssistantRow(item.id, item.name, item.model, _date(item.created_at), item.id in listing.local_ids)
            for item in listing.assistants
        ]
        self._dialog.show_rows(rows, listing.error)


class _Threads(Presenter):
    """Lives as long as its dialog."""

    def __init__(self, dialog: RemoteThreadDialog, threads: RemoteThreads, connections: Connections) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self._threads = threads
        self._connections = connections
        self._rows: Sequence[RemoteThreadRow] = ()
        dialog.finished.connect(self.release)
        self.follow(threads.listed, self._show)

    def delete(self, places: Sequence[int]) -> None:
        """Delete the rows at these places on their services."""
        self._threads.delete([self._rows[place] for place in places])

    def _show(self, listing: ThreadListing) -> None:
        self._rows = listing.rows
        self._dialog.show_rows([self._worded(row) for row in listing.rows], listing.error)

    def _worded(self, row: RemoteThreadRow) -> KeptRow:
        remote = row.remote
        connection = self._connections.get(remote.connection_id)
        name = (connection.name or kind_name(connection.kind)) if connection else tr("Removed connection")
        made = _date(remote.created_at)
        return KeptRow(row.title, name, made, remote.remote_id, row.is_current, is_out_of_reach=connection is None)


def _date(at: float) -> str:
    return short_time(at) if at else ""
