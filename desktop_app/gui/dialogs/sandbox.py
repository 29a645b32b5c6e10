"""Says whether code can run on this computer, and if not, why and what to do."""

from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from desktop_app.domain.entity import SandboxStatus
from desktop_app.gui.dialogs.sheet import Sheet
from desktop_app.gui.text import is_command
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.label import label

tr = partial(QCoreApplication.translate, "sandbox")


class SandboxDialog(Sheet):
    """Shows a status; it can be looked for again.

    Signals:
        retry_requested: The person has installed something, or wants to know for sure.
    """

    retry_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(tr("Sandbox"), "sandbox-dialog", parent, width=500)
        self._theme = theme
        self._mark = QLabel()
        self._title = label("", "strong", wrap=True)
        self._title.setObjectName("sandbox-title")
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self._mark)
        row.addWidget(self._title, 1)
        self.column.addLayout(row)
        self._text = label("", wrap=True)
        self._reason = label("", "small", wrap=True)
        self._command = label("", "code", wrap=True)
        self._command.setObjectName("sandbox-command")
        self._command.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._reason.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._command.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        for widget in (self._text, self._command, self._reason):
            self.column.addWidget(widget)
        self.column.addStretch()
        self._copy = self.add_button(tr("Copy the command"), "sandbox-copy", at_start=True)
        self._retry = self.add_button(tr("Try again"), "sandbox-retry")
        close = self.add_button(tr("Close"), "sandbox-close", primary=True)
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._command.text()))
        self._retry.clicked.connect(self.retry_requested)
        close.clicked.connect(self.accept)

    def show_status(self, status: SandboxStatus | None) -> None:
        """Show what is known; None while it is being found out."""
        if status is None:
            self._say("terminal", "muted", tr("Looking for a sandbox…"), tr("Code is tried in it before it is used."))
        elif status.ok:
            self._say(
                "shield-check",
                "ok",
                tr("Code runs in a sandbox ({kind})").format(kind=status.kind),
                tr(
                    "It has no network, sees none of your files but those you attach, and has limits on time, memory, "
                    "processes and disk."
                ),
            )
        else:
            self._say("shield-alert", "error", tr("Code cannot run on this computer yet"), _what_to_do(status.install))
        install = status.install if status is not None and not status.ok and is_command(status.install) else ""
        reason = status.reason if status is not None and not status.ok else ""
        self._command.setText(install)
        self._command.setVisible(bool(install))
        self._copy.setVisible(bool(install))
        self._reason.setText(tr("What was tried: {reason}").format(reason=reason))
        self._reason.setVisible(bool(reason))
        self._retry.setEnabled(status is not None)
        self.fit()

    def _say(self, icon: str, tint: str, title: str, text: str) -> None:
        self._mark.setPixmap(self._theme.icon(icon, tint).pixmap(16, 16))
        self._title.setText(title)
        self._text.setText(text)


def _what_to_do(install: str) -> str:
    if is_command(install):
        return tr("Code that a model wrote never runs outside a sandbox. To get one, run this in a terminal:")
    nowhere = tr("Code that a model wrote never runs outside a sandbox, and none works here.")
    return f"{nowhere} {install}." if install else nowhere
