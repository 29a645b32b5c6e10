"""The button that leads back to the newest row."""

from functools import partial

from PySide6.QtCore import QCoreApplication, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.gui.override import override
from desktop_app.gui.theme.icon import pixmap
from desktop_app.gui.transcript.button import FlatButton
from desktop_app.gui.transcript.look import Look

tr = partial(QCoreApplication.translate, "transcript")

_SIZE = 32
_ICON = 16


class JumpButton(FlatButton):
    """A round button with an arrow down."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, "jump-to-newest", parent)
        self.setAccessibleName(tr("Jump to the newest"))
        self.setToolTip(tr("Jump to the newest"))
        self.resize(self.sizeHint())

    @override
    def sizeHint(self) -> QSize:
        return QSize(_SIZE, _SIZE)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        line = QPen(self.look.colour("accent" if self.hasFocus() else "control"), 2 if self.hasFocus() else 1)
        painter.setPen(line)
        painter.setBrush(self.look.colour("hover" if self.underMouse() else "surface"))
        painter.drawEllipse(rect)
        icon = pixmap("arrow-down", self.look.colour("text").name(), _ICON, self.devicePixelRatioF())
        side = (_SIZE - _ICON) // 2
        painter.drawPixmap(side, side, icon)
