"""Widgets that show a file's type or an assistant's letter."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.gui.override import override
from desktop_app.gui.theme.paint import paint_badge, paint_letter
from desktop_app.gui.theme.theme import Theme


class _Mark(QWidget):
    """A fixed size and a name to draw."""

    SIZE = QSize()

    def __init__(self, theme: Theme, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = name
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_name(self, name: str) -> None:
        """Draw another one."""
        self._name = name
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return self.SIZE


class FileBadge(_Mark):
    """The type of a file, by its name."""

    SIZE = QSize(22, 26)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_badge(painter, QRectF(self.rect()), self._name, self._theme.palette)


class LetterMark(_Mark):
    """The first letter of an assistant's name."""

    SIZE = QSize(20, 20)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_letter(painter, QRectF(self.rect()), self._name, self._theme.palette)
