"""Asks before something is done that cannot be undone."""

from functools import partial

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.gui.dialogs.sheet import Sheet
from desktop_app.gui.widgets.label import label

tr = partial(QCoreApplication.translate, "confirm")


class ConfirmDialog(Sheet):
    """Says what would be done; Cancel has the keyboard first.

    Signals:
        confirmed: It shall be done.
    """

    confirmed = Signal()

    def __init__(self, title: str, text: str, verb: str, parent: QWidget | None = None) -> None:
        super().__init__(title, "confirm-dialog", parent, width=420)
        self.column.addWidget(label(text, wrap=True))
        self.column.addStretch()
        cancel = self.add_button(tr("Cancel"), "confirm-cancel")
        confirm = self.add_button(verb, "confirm-do", primary=True)
        cancel.clicked.connect(self.reject)
        confirm.clicked.connect(self._on_confirmed)
        cancel.setFocus()

    def _on_confirmed(self) -> None:
        self.confirmed.emit()
        self.accept()
