"""The threads that services keep: found again, and cleaned up."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication, QItemSelectionModel, Signal
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QWidget

from desktop_app.domain.error import ErrorInfo
from desktop_app.gui.dialogs.confirm import ConfirmDialog
from desktop_app.gui.dialogs.result import ResultCard
from desktop_app.gui.dialogs.sheet import Sheet
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.button import Button
from desktop_app.gui.widgets.label import label
from desktop_app.gui.widgets.table import Table

tr = partial(QCoreApplication.translate, "remote")


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A thread of a service in words.

    Attributes:
        title: What the thread is called here; empty if it is gone here.
        is_needed: The thread here goes on in it.
        is_out_of_reach: Its connection was removed, and with it the way to delete it.
    """

    title: str
    connection: str
    created: str
    remote_id: str
    is_needed: bool
    is_out_of_reach: bool = False


class RemoteThreadDialog(Sheet):
    """Shows what services keep; several can be chosen.

    Signals:
        delete_requested: The places of the rows to delete (list of int).
    """

    delete_requested = Signal(list)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(tr("Kept by services"), "remote-thread-dialog", parent, width=560)
        self._rows: Sequence[KeptRow] = ()
        self.column.addWidget(
            label(
                tr("Every conversation that a service keeps for you, also those of threads that are gone here.")
                + " "
                + tr("What is deleted there stays here, and can go on."),
                "muted",
                wrap=True,
            )
        )
        headings = (tr("Thread"), tr("Connection"), tr("Made"), tr("Needed"))
        self._table = Table(tr("Kept by services"), "remote-threads", headings)
        self._table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.column.addWidget(self._table, 1)
        self._select = Button(tr("Choose those not needed"), "remote-thread-select", kind="chip")
        tools = QHBoxLayout()
        tools.addWidget(self._select)
        tools.addStretch()
        self._count = label("", "small")
        self._count.setObjectName("remote-thread-count")
        tools.addWidget(self._count)
        self.column.addLayout(tools)
        self._result = ResultCard(theme, "remote-thread-result")
        self.column.addWidget(self._result)
        self._delete = self.add_button(tr("Delete there…"), "remote-thread-delete", at_start=True)
        close = self.add_button(tr("Close"), "remote-thread-close", primary=True)
        self._table.itemSelectionChanged.connect(self._show_buttons)
        self._table.delete_requested.connect(self._on_delete)
        self._select.clicked.connect(self._on_select)
        self._delete.clicked.connect(self._on_delete)
        close.clicked.connect(self.accept)
        self._result.say_testing(tr("Looking…"))
        self._show_buttons()

    def show_waiting(self) -> None:
        """Say that the services are deleting."""
        self._result.say_testing(tr("Deleting…"))
        self._delete.setEnabled(False)

    def show_rows(self, rows: Sequence[KeptRow], error: ErrorInfo | None) -> None:
        """Show what is kept, and what was not deleted and why."""
        self._rows = rows
        self._table.show_words(
            [
                (row.title or tr("Gone here · {id}").format(id=row.remote_id), row.connection, row.created, _need(row))
                for row in rows
            ]
        )
        if error is not None:
            self._result.say_error(error)
        elif not rows:
            self._result.say("ok", tr("No service keeps anything"), "")
        else:
            self._result.clear()
        self._show_buttons()

    def _show_buttons(self) -> None:
        count = len(self._table.chosen())
        self._delete.setEnabled(count > 0)
        self._select.setEnabled(any(not row.is_needed for row in self._rows))
        self._count.setText(tr("{count} of {total} chosen").format(count=count, total=len(self._rows)))

    def _on_select(self) -> None:
        """Choose all that nothing here goes on in."""
        self._table.clearSelection()
        selection, model = self._table.selectionModel(), self._table.model()
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for place, row in enumerate(self._rows):
            if not row.is_needed:
                selection.select(model.index(place, 0), flags)
        self._table.setFocus()

    def _on_delete(self) -> None:
        places = self._table.chosen()
        if not places:
            return
        rows = [self._rows[place] for place in places]
        can_delete = not all(row.is_out_of_reach for row in rows)
        title, verb = (tr("Delete on the service"), tr("Delete")) if can_delete else (tr("Forget"), tr("Forget"))
        dialog = ConfirmDialog(title, _what_happens(rows), verb, self)
        dialog.confirmed.connect(lambda: self._on_confirmed(places))
        dialog.open()

    def _on_confirmed(self, places: list[int]) -> None:
        self.show_waiting()
        self.delete_requested.emit(places)


def _what_happens(rows: Sequence[KeptRow]) -> str:
    forgotten = sum(row.is_out_of_reach for row in rows)
    deleted = len(rows) - forgotten
    words = []
    if deleted == 1:
        words.append(tr("One conversation is deleted on its service. This cannot be undone there."))
    elif deleted:
        many = tr("{count} conversations are deleted on their services. This cannot be undone there.")
        words.append(many.format(count=deleted))
    if any(row.is_needed and not row.is_out_of_reach for row in rows):
        words.append(tr("Threads that are here stay; their next question begins a new conversation there."))
    if forgotten:
        many = tr("{count} are of removed connections: they leave this list, and their services still keep them.")
        one = tr("One is of a removed connection: it leaves this list, and its service still keeps it.")
        words.append(one if forgotten == 1 else many.format(count=forgotten))
    return " ".join(words)


def _need(row: KeptRow) -> str:
    return tr("Yes") if row.is_needed else tr("No")
