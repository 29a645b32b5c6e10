"""The sign that something is going on."""

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from desktop_app.gui.override import override
from desktop_app.gui.theme.theme import Theme

_FRAME_MS = 40
_STEP_DEGREES = 15


class Turning(QTimer):
    """Draws a widget again and again while it runs, with a sign that turns if the system wants motion.

    Attributes:
        angle: Where the sign begins now, in degrees.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget, interval=_FRAME_MS)
        self.angle = 0
        self._widget = widget
        self.timeout.connect(self._turn)

    def _turn(self) -> None:
        if is_animated(self._widget):
            self.angle = (self.angle + _STEP_DEGREES) % 360
        self._widget.update()


class Spinner(QWidget):
    """Turns while it is shown; stands still where the system asks for no motion."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, size: int = 16, tint: str = "running") -> None:
        super().__init__(parent)
        self._theme = theme
        self._size = size
        self._tint = tint
        self._turning = Turning(self)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._size, self._size)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_spinner(painter, QRectF(self.rect()), self._theme.colour(self._tint), self._turning.angle)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._turning.start()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._turning.stop()


def paint_spinner(painter: QPainter, rect: QRectF, colour: QColor, angle: int) -> None:
    """Draw three quarters of a ring that begins at `angle` degrees."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(colour, 2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(rect.adjusted(2, 2, -2, -2), -angle * 16, -270 * 16)


def is_animated(widget: QWidget) -> bool:
    """Whether the system wants motion at all."""
    return widget.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, widget) > 0
