"""Asks before a connection is removed, because its key goes with it."""

from functools import partial

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.gui.dialogs.sheet import Sheet
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.label import label
from desktop_app.gui.widgets.switch import Switch

tr = partial(QCoreApplication.translate, "connections")


class RemoveConnectionDialog(Sheet):
    """Says what is lost and what stays.

    Signals:
        confirmed: Whether what the service keeps shall be deleted there, too.
    """

    confirmed = Signal(bool)

    def __init__(self, theme: Theme, name: str, threads: int, parent: QWidget | None = None) -> None:
        """`threads` is how many threads go on with this connection."""
        super().__init__(tr("Remove the connection"), "connection-remove-dialog", parent, width=460)
        self.column.addWidget(label(name, "strong", wrap=True))
        self.column.addWidget(label(f"{_what_stays(threads)} {tr('Its key is removed.')}", wrap=True))
        self._clean_up = Switch(theme, tr("Also delete its conversations and files"), "connection-clean-up")
        self.column.addWidget(self._clean_up)
        self.column.addWidget(
            label(
                tr("Deletes on the service what this program has put there. Needs the service to be reachable."),
                "small",
                wrap=True,
            )
        )
        self.column.addStretch()
        cancel = self.add_button(tr("Cancel"), "connection-remove-cancel")
        remove = self.add_button(tr("Remove"), "connection-remove-confirm", primary=True)
        cancel.clicked.connect(self.reject)
        remove.clicked.connect(self._on_confirmed)
        cancel.setDefault(True)  # Enter destroys nothing
        cancel.setFocus()

    def _on_confirmed(self) -> None:
        self.confirmed.emit(self._clean_up.isChecked())
        self.accept()


def _what_stays(threads: int) -> str:
    if threads == 0:
        return tr("No thread uses it.")
    if threads == 1:
        return tr("One thread uses it. It stays here and can go on with another connection.")
    return tr("{count} threads use it. They stay here and can go on with another connection.").format(count=threads)
