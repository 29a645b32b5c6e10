"""The assistants that a service keeps: taken over, or deleted there."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QAbstractItemView, QWidget

from desktop_app.domain.error import ErrorInfo
from desktop_app.gui.dialogs.confirm import ConfirmDialog
from desktop_app.gui.dialogs.result import ResultCard
from desktop_app.gui.dialogs.sheet import Sheet
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.label import label
from desktop_app.gui.widgets.picker import Picker
from desktop_app.gui.widgets.table import Table

tr = partial(QCoreApplication.translate, "remote")


@dataclass(frozen=True, slots=True)
class RemoteAssistantRow:
    """An assistant of a service in words. `id` is the service's."""

    id: str
    name: str
    model: str
    created: str
    is_here: bool


class RemoteAssistantDialog(Sheet):
    """Shows what one service keeps.

    Signals:
        connection_picked: The id of the connection to list.
        adopt_requested, delete_requested: The service's id of the assistant.
    """

    connection_picked = Signal(str)
    adopt_requested = Signal(str)
    delete_requested = Signal(str)

    def __init__(
        self, theme: Theme, connections: Sequence[tuple[str, str]], current: str, parent: QWidget | None = None
    ) -> None:
        """`connections` are (id, name) pairs of those whose services keep assistants."""
        super().__init__(tr("Assistants of the service"), "remote-assistant-dialog", parent, width=560)
        self._rows: Sequence[RemoteAssistantRow] = ()
        about = tr("Adopt one to use it here: its instructions and model are taken over, and runs use the one there.")
        self.column.addWidget(label(about, "muted", wrap=True))
        self._picker = Picker(theme, tr("Connection"), "remote-assistant-connection", kind="field")
        self._picker.set_choices(connections, current)
        self.add_field(tr("&Connection"), self._picker)
        headings = (tr("Name"), tr("Model"), tr("Made"), tr("Here"))
        self._table = Table(tr("Assistants of the service"), "remote-assistants", headings)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.column.addWidget(self._table, 1)
        self._result = ResultCard(theme, "remote-assistant-result")
        self.column.addWidget(self._result)
        self._adopt = self.add_button(tr("Adopt"), "remote-assistant-adopt", primary=True)
        self._delete = self.add_button(tr("Delete there…"), "remote-assistant-delete", at_start=True)
        close = self.add_button(tr("Close"), "remote-assistant-close")
        self._picker.picked.connect(self._on_connection_picked)
        self._table.itemSelectionChanged.connect(self._show_buttons)
        self._table.cellDoubleClicked.connect(lambda *_: self._on_adopt())
        self._table.delete_requested.connect(self._on_delete)
        self._adopt.clicked.connect(self._on_adopt)
        self._delete.clicked.connect(self._on_delete)
        close.clicked.connect(self.accept)
        self.show_waiting()

    @property
    def connection_id(self) -> str:
        """The connection that is shown."""
        return self._picker.current()

    def show_waiting(self) -> None:
        """Say that the service is being asked."""
        self._result.say_testing(tr("Asking the service…"))
        self._show_buttons()

    def show_rows(self, rows: Sequence[RemoteAssistantRow], error: ErrorInfo | None) -> None:
        """Show what the service keeps, or why that is not known; what was chosen stays chosen."""
        chosen = self._chosen()
        self._rows = rows
        self._table.show_words(
            [(row.name or row.id, row.model, row.created, tr("Yes") if row.is_here else "") for row in rows]
        )
        place = next((place for place, row in enumerate(rows) if chosen and row.id == chosen.id), -1)
        if place >= 0:
            self._table.selectRow(place)
        if error is not None:
            self._result.say_error(error)
        elif not rows:
            self._result.say("ok", tr("This service keeps no assistants"), "")
        else:
            self._result.clear()
        self._show_buttons()

    def _chosen(self) -> RemoteAssistantRow | None:
        places = self._table.chosen()
        return self._rows[places[0]] if places and places[0] < len(self._rows) else None

    def _show_buttons(self) -> None:
        chosen = self._chosen()
        self._delete.setEnabled(chosen is not None)
        self._adopt.setEnabled(chosen is not None)
        self._adopt.setText(tr("Take over again") if chosen and chosen.is_here else tr("Adopt"))

    def _on_connection_picked(self, connection_id: str) -> None:
        self._rows = ()
        self._table.show_words(())
        self.show_waiting()
        self.connection_picked.emit(connection_id)

    def _on_adopt(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self.adopt_requested.emit(chosen.id)

    def _on_delete(self) -> None:
        chosen = self._chosen()
        if chosen is None:
            return
        text = tr("“{name}” is deleted on the service, for everyone who uses it there. This cannot be undone.")
        dialog = ConfirmDialog(
            tr("Delete the assistant there"), text.format(name=chosen.name or chosen.id), tr("Delete"), self
        )
        dialog.confirmed.connect(lambda: self.delete_requested.emit(chosen.id))
        dialog.open()
