"""A message that goes by itself, with one button while it is there."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from desktop_app.gui.override import override
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.announce import announce
from desktop_app.gui.widgets.button import Button, IconButton
from desktop_app.gui.widgets.label import ElidedLabel

SHOWN_MS = 8000
_SIDE = 24
_TOP = 64
"""Below the header."""


class Toast(QFrame):
    """Floats at the head of `host`, in the middle. It stays while the pointer is on it."""

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(host)
        self.setObjectName("toast")
        self.setProperty("kind", "toast")
        self._act: Callable[[], None] | None = None
        self._text = ElidedLabel()
        self._button = Button("", "toast-action")
        self._close = IconButton(
            theme, "x", QCoreApplication.translate("toast", "Dismiss"), "toast-dismiss", tint="surface"
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self._text, 1)
        row.addWidget(self._button)
        row.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_MS)
        self._timer.timeout.connect(self.hide)
        self._button.clicked.connect(self._on_clicked)
        self._close.clicked.connect(self.hide)
        host.installEventFilter(self)
        self.hide()

    def say(self, text: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        """Show `text`; with an `action`, a button that calls `act`."""
        self._text.setText(text)
        self._act = act
        self._button.setText(action)
        self._button.setAccessibleName(action)
        self._button.setVisible(bool(action))
        self.setAccessibleName(text)
        self.show()
        self.raise_()
        self._place()
        self._timer.start()
        announce(self, text)

    def _on_clicked(self) -> None:
        self.hide()
        if self._act is not None:
            self._act()

    def _place(self) -> None:
        host = self.parentWidget()
        if host is not None:
            width = min(self.sizeHint().width(), host.width() - 2 * _SIDE)
            height = self.sizeHint().height()
            self.setGeometry((host.width() - width) // 2, _TOP, width, height)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    @override
    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Enter:
            self._timer.stop()
        elif event.type() == QEvent.Type.Leave:
            self._timer.start()
        return super().event(event)
