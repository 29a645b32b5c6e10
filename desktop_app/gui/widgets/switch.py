"""A check box that looks like what it does: on or off."""

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QWidget

from desktop_app.gui.override import override
from desktop_app.gui.theme.theme import Theme

_WIDTH, _HEIGHT, _GAP = 34, 20, 8


class Switch(QCheckBox):
    """A check box drawn as a switch, with its label behind it."""

    def __init__(self, theme: Theme, label: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(label, parent)
        self._theme = theme
        self.setObjectName(name)
        self.setAccessibleName(label)
        theme.changed.connect(self.update)

    @override
    def sizeHint(self) -> QSize:
        return QSize(_WIDTH + _GAP + self.fontMetrics().horizontalAdvance(self.text()) + 4, 24)

    @override
    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        mirrored = self.isRightToLeft()
        top = (self.height() - _HEIGHT) / 2
        left = self.width() - _WIDTH - 1.0 if mirrored else 1.0
        track = QRectF(left, top, _WIDTH - 2, _HEIGHT)
        on = self.isChecked()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("accent" if on else "control"))
        painter.drawRoundedRect(track, _HEIGHT / 2, _HEIGHT / 2)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.colour("text"), 2))
            painter.drawRoundedRect(track.adjusted(1, 1, -1, -1), _HEIGHT / 2 - 1, _HEIGHT / 2 - 1)
            painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("on_accent" if on else "surface"))
        at_right = on != mirrored
        painter.drawEllipse(QRectF(track.right() - 17 if at_right else track.left() + 3, top + 3, 14, 14))
        painter.setPen(self._theme.colour("text"))
        words = QRectF(self.rect())
        words = words.adjusted(0, 0, -_WIDTH - _GAP, 0) if mirrored else words.adjusted(_WIDTH + _GAP, 0, 0, 0)
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        painter.drawText(words, side | Qt.AlignmentFlag.AlignVCenter, self.text())
