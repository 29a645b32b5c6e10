"""Where the assistant works, and whether it can."""

from functools import partial

from PySide6 import QtCore, QtWidgets
from PySide6.QtCore import QCoreApplication, QPoint, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop_app.gui.override import override
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.label import ElidedLabel

tr = partial(QCoreApplication.translate, "connection")

_MARKS = {"ok": "circle-check", "running": "triangle-alert", "error": "circle-alert"}


class ConnectionCard(QPushButton):
    """A card with the state, the model and the sandbox; it opens a menu.

    Signals:
        connect_requested, disconnect_requested, sandbox_requested, retry_requested: An entry of the menu was chosen.
    """

    connect_requested = Signal()
    disconnect_requested = Signal()
    sandbox_requested = Signal()
    retry_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._state = ""
        self.setObjectName("connection")
        self.setProperty("kind", "connection")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._icon = QLabel()
        self._icon.setFixedSize(16, 16)
        self._spinner: QWidget | None = None
        self._model = QLabel(tr("Starting…"))
        self._model.setProperty("tone", "small")
        self._model.setWordWrap(True)
        self._sandbox = ElidedLabel("", "small")
        self._sandbox.hide()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(ElidedLabel(tr("This computer"), "strong"))
        words.addWidget(self._model)
        words.addWidget(self._sandbox)
        self._chevron = QLabel()
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(12, 9, 10, 9)
        row.setSpacing(10)
        row.addWidget(self._icon)
        row.addLayout(words, 1)
        row.addWidget(self._chevron)
        self._is_analyst = True
        self.clicked.connect(self._open)
        theme.changed.connect(self._draw)
        self._draw()
        self.setAccessibleName(tr("Connection: this computer. Starting"))

    def show_state(self, state: str, model: str, sandbox: str, *, is_analyst: bool) -> None:
        """Show the state (`ok`, `running` for a warning, `error`, or empty while starting) and two lines."""
        self._state = state
        self._model.setTextFormat(QtCore.Qt.TextFormat.PlainText)
        self._model.setText(model)
        self._sandbox.setText(sandbox)
        self._sandbox.setVisible(bool(sandbox))
        self._is_analyst = is_analyst
        self._icon.setVisible(bool(state))
        if self._spinner is not None:
            self._spinner.setVisible(not state)
        name = tr("Connection: this computer. {model}. {sandbox}").format(model=model, sandbox=sandbox)
        self.setAccessibleName(name.strip())
        self._draw()
        self.updateGeometry()

    def set_spinner(self, spinner: QWidget) -> None:
        """Put in what turns while the engine starts."""
        self._spinner = spinner
        spinner.setVisible(not self._state)
        self._row.insertWidget(0, spinner)

    def _draw(self) -> None:
        self._chevron.setPixmap(self._theme.icon("chevron-down").pixmap(16, 16))
        if self._state:
            self._icon.setPixmap(self._theme.icon(_MARKS[self._state], self._state).pixmap(16, 16))

    def _open(self) -> None:
        menu = QtWidgets.QMenu(self)
        menu.setObjectName("connection-menu")
        menu.addAction(tr("Connect a model…"), self.connect_requested.emit)
        analyst = menu.addAction(tr("Use the built-in analyst"), self.disconnect_requested.emit)
        analyst.setEnabled(not self._is_analyst)
        menu.addSeparator()
        menu.addAction(tr("Sandbox details…"), self.sandbox_requested.emit)
        if self._state == "error":
            menu.addAction(tr("Start the engine again"), self.retry_requested.emit)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))

    @override
    def sizeHint(self) -> QSize:
        layout = self.layout()
        if layout is None:
            return super().sizeHint()
        width = self.width() if self.isVisible() else layout.sizeHint().width()
        return QSize(width, layout.totalHeightForWidth(width))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()  # the model's name may need another line
