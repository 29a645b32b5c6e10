"""A code that has to be typed elsewhere to sign in."""

from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.domain.connection import DeviceCode
from desktop_app.gui.widgets.announce import announce
from desktop_app.gui.widgets.button import Button
from desktop_app.gui.widgets.label import label

tr = partial(QCoreApplication.translate, "code-card")


class CodeCard(QWidget):
    """Shows a code and where to type it; hidden until there is one.

    Signals:
        link_activated: The address was chosen.
    """

    link_activated = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("device-code")
        self._link = Button("", "device-code-link", kind="link")
        self._code = label("", "code")
        self._code.setObjectName("device-code-code")
        self._code.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._code.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        copy = Button(tr("Copy the code"), "device-code-copy", kind="chip")
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(8)
        first.addWidget(self._link)
        first.addStretch()
        second.addWidget(self._code)
        second.addWidget(copy)
        second.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(label(tr("Open this page, on any device, and type the code:"), wrap=True))
        column.addLayout(first)
        column.addLayout(second)
        self._link.clicked.connect(lambda: self.link_activated.emit(self._link.text()))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._code.text()))
        self.hide()

    def show_code(self, code: DeviceCode) -> None:
        """Show a code, and where it is to be typed."""
        self._link.setText(code.url)
        self._link.setAccessibleName(code.url)
        self._code.setText(code.code)
        self._code.setAccessibleName(tr("Code {code}").format(code=" ".join(code.code)))
        self.show()
        announce(self, tr("Open {url} and type the code {code}").format(url=code.url, code=" ".join(code.code)))
