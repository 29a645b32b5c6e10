"""Where the assistant works, and whether it can: the connection of the open thread."""

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

_RIGHT_TO_LEFT = "\u200f"
"""Qt aligns words by their first letter; a model's name is Latin in every language."""


class ConnectionCard(QPushButton):
    """A card with the connection's name, its model and its state; a click asks for the menu.

    Signals:
        menu_requested: The card was pressed.
    """

    menu_requested = Signal()

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
        self._name = ElidedLabel(tr("This computer"), "strong")
        self._model = QLabel(tr("Starting…"))
        self._model.setProperty("tone", "small")
        self._model.setWordWrap(True)
        self._detail = ElidedLabel("", "small")
        self._detail.hide()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._name)
        words.addWidget(self._model)
        words.addWidget(self._detail)
        self._chevron = QLabel()
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(12, 9, 10, 9)
        row.setSpacing(10)
        row.addWidget(self._icon)
        row.addLayout(words, 1)
        row.addWidget(self._chevron)
        self.clicked.connect(self.menu_requested)
        theme.changed.connect(self._draw)
        self._draw()
        self.setAccessibleName(tr("Connection: this computer. Starting…"))

    def show_state(self, state: str, name: str, model: str, detail: str) -> None:
        """Show the state (`ok`, `running` for a warning, `error`, or empty while starting) and three lines."""
        self._state = state
        self._name.setText(name)
        self._name.updateGeometry()
        self._model.setTextFormat(QtCore.Qt.TextFormat.PlainText)
        self._model.setText(_RIGHT_TO_LEFT + model if self.isRightToLeft() else model)
        self._model.setVisible(bool(model))
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        self._icon.setVisible(bool(state))
        if self._spinner is not None:
            self._spinner.setVisible(not state)
        words = ". ".join(line for line in (name, model, detail) if line)
        self.setAccessibleName(tr("Connection: {state}").format(state=words))
        self._draw()
        self.updateGeometry()

    def open_menu(self, menu: "QtWidgets.QMenu") -> None:
        """Open a menu below the card; where the card is hidden, in the window's corner."""
        place = self if self.isVisible() else self.window()
        below = place.height() + 4 if place is self else 0
        x = place.width() - menu.sizeHint().width() if self.isRightToLeft() else 0
        menu.popup(place.mapToGlobal(QPoint(x, below)))

    def set_spinner(self, spinner: QWidget) -> None:
        """Put in what turns while the engine starts."""
        self._spinner = spinner
        spinner.setVisible(not self._state)
        self._row.insertWidget(0, spinner)

    def _draw(self) -> None:
        self._chevron.setPixmap(self._theme.icon("chevron-down").pixmap(16, 16))
        if self._state:
            self._icon.setPixmap(self._theme.icon(_MARKS[self._state], self._state).pixmap(16, 16))

    @override
    def sizeHint(self) -> QSize:
        layout = self.layout()
        if layout is None:
            return super().sizeHint()
        width = self.width() if self.isVisible() else layout.sizeHint().width()
        if not layout.hasHeightForWidth():  # there is no model, of all lines the one that wraps
            return QSize(width, layout.totalSizeHint().height())
        return QSize(width, layout.totalHeightForWidth(width))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()  # the model's name may need another line
