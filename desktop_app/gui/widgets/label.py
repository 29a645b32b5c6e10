"""Labels: toned by the style sheet, cut with an ellipsis where there is no room."""

from PySide6 import QtCore
from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from desktop_app.gui.override import override


def label(text: str, tone: str = "", parent: QWidget | None = None, *, wrap: bool = False) -> QLabel:
    """Return a plain-text label in one of the style sheet's tones."""
    result = QLabel(text, parent)
    if text == "" or wrap:  # words that come from elsewhere are never taken for HTML
        result.setTextFormat(QtCore.Qt.TextFormat.PlainText)
    result.setWordWrap(wrap)
    if tone:
        result.setProperty("tone", tone)
    return result


class ElidedLabel(QLabel):
    """A line that ends in an ellipsis where there is no room, and then shows all of it as a tool tip."""

    def __init__(self, text: str = "", tone: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        if tone:
            self.setProperty("tone", tone)

    def _fits(self) -> bool:
        return self.fontMetrics().horizontalAdvance(self.text()) <= self.width()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    @override
    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self.text()) + 2
        return QSize(width, super().sizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        text = self.text()
        if not self._fits():
            text = self.fontMetrics().elidedText(text, QtCore.Qt.TextElideMode.ElideRight, self.width())
        metrics = self.fontMetrics()
        left = self.width() - metrics.horizontalAdvance(text) if self.isRightToLeft() else 0
        painter.drawText(left, (self.height() + metrics.ascent() - metrics.descent()) // 2, text)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setToolTip("" if self._fits() else self.text())
