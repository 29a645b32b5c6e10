"""Asks for a sign-in with a code that a question waits for."""

from functools import partial

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.domain.connection import DeviceCode
from desktop_app.gui.dialogs.code_card import CodeCard
from desktop_app.gui.dialogs.sheet import Sheet
from desktop_app.gui.widgets.label import label

tr = partial(QCoreApplication.translate, "sign-in")


class SignInDialog(Sheet):
    """Shows a code; what waits for it goes on by itself.

    Signals:
        link_activated: The address was chosen.
    """

    link_activated = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Sign in with your Microsoft account"), "sign-in-dialog", parent, width=440)
        self._card = CodeCard()
        self.column.addWidget(self._card)
        self.column.addWidget(label(tr("The work goes on by itself when you have signed in."), "muted", wrap=True))
        self.column.addStretch()
        close = self.add_button(tr("Close"), "sign-in-close", primary=True)
        self._card.link_activated.connect(self.link_activated)
        close.clicked.connect(self.accept)

    def show_code(self, code: DeviceCode) -> None:
        """Show a code, and where it is to be typed."""
        self._card.show_code(code)
