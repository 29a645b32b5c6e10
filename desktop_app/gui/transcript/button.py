"""The buttons that rows draw themselves: quiet, small, pressed by Space and Return alike."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from desktop_app.gui.override import override
from desktop_app.gui.theme.icon import pixmap
from desktop_app.gui.theme.palette import LIGHT, Palette
from desktop_app.gui.transcript.look import Look, paint_focus

_ICON = 14
_HEIGHT = 26
_RADIUS = 6


class FlatButton(QAbstractButton):
    """A button that draws itself."""

    def __init__(self, look: Look, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.look = look
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)


class SmallButton(FlatButton):
    """Words, with or without an icon, or an icon alone, whose words are the tool tip then.

    Attributes:
        label: The words.

    Args:
        bare: The icon alone is shown.
        on_white: It lies on a picture, which is white in both themes.
        boxed: It has a hairline around it.

    Signals:
        focus_changed: It has the focus now, or has it no longer.
    """

    focus_changed = Signal()

    def __init__(
        self,
        look: Look,
        name: str,
        label: str,
        parent: QWidget,
        *,
        icon: str = "",
        bare: bool = False,
        boxed: bool = True,
        on_white: bool = False,
    ) -> None:
        super().__init__(look, name, parent)
        self._icon = icon
        self._boxed = boxed
        self._on_white = on_white
        self.shown = True
        self.setFont(look.font(12))
        self.label = label
        self.setText("" if bare else label)
        self.setToolTip(label if bare else "")
        self.setAccessibleName(label)

    def set_shown(self, *, shown: bool) -> None:
        """Draws it or not; hidden ones still take the focus, which shows them."""
        if shown != self.shown:
            self.shown = shown
            self.update()

    @property
    def _palette(self) -> Palette:
        return LIGHT if self._on_white else self.look.theme.palette

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit()

    @override
    def sizeHint(self) -> QSize:
        words = self.fontMetrics().horizontalAdvance(self.text()) if self.text() else 0
        icon = _ICON + (6 if words else 0) if self._icon else 0
        return QSize(words + icon + (20 if words else 12), _HEIGHT)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.shown and not self.hasFocus():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self._palette
        rect = QRectF(self.rect())
        ground = palette.selection if self.isDown() else palette.hover if self.underMouse() else palette.surface
        painter.setPen(QPen(QColor(palette.border), 1) if self._boxed else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground) if self._boxed or self.underMouse() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        if self.hasFocus():
            paint_focus(painter, rect, QColor(palette.accent), _RADIUS)
        token = "text" if self.isEnabled() else "faint"
        colour = QColor(getattr(palette, token))
        start = 10 if self.text() else 6
        mirrored = self.isRightToLeft()
        if self._icon:
            icon = pixmap(self._icon, colour.name(), _ICON, self.devicePixelRatioF())
            left = self.width() - start - _ICON if mirrored else start
            painter.drawPixmap(left, (self.height() - _ICON) // 2, icon)
            start += _ICON + 6
        painter.setPen(colour)
        words = rect.adjusted(0 if mirrored else start, 0, -start if mirrored else 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())
