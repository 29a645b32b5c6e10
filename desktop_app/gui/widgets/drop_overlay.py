"""What the window shows while files are dragged over it: where they go, and which of them cannot."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.gui.override import override
from desktop_app.gui.theme.icon import pixmap
from desktop_app.gui.theme.theme import Theme

_MOST_NAMES = 6
_WIDTH, _LINE = 480.0, 24.0


class DropOverlay(QWidget):
    """Covers `host` while it is shown. It never takes part in the drag itself."""

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(host)
        self.setObjectName("drop-overlay")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._theme = theme
        self._target = ""
        self._good: tuple[str, ...] = ()
        self._bad: tuple[tuple[str, str], ...] = ()
        host.installEventFilter(self)
        self.hide()

    def show_files(self, target: str, good: Sequence[str], bad: Sequence[tuple[str, str]]) -> None:
        """Name the target, the files that go there, and those that do not, each with its reason."""
        self._target, self._good, self._bad = target, tuple(good), tuple(bad)
        words = [target, *good, *(f"{name}: {reason}" for name, reason in bad)]
        self.setAccessibleName("\n".join(words))
        host = self.parentWidget()
        if host is not None:
            self.setGeometry(host.rect())
        self.raise_()
        self.show()
        self.update()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        host = self.parentWidget()
        if event.type() == QEvent.Type.Resize and host is not None:
            self.setGeometry(host.rect())
        return super().eventFilter(watched, event)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self._theme.palette
        painter.fillRect(self.rect(), palette.scrim_colour())
        lines = self._lines()
        width = min(_WIDTH, self.width() - 48.0)
        height = 132 + _LINE * len(lines)
        card = QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)
        accepts = bool(self._good)
        colour = self._theme.colour("accent" if accepts else "error")
        pen = QPen(colour, 2, Qt.PenStyle.DashLine)
        pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.setBrush(self._theme.colour("accent_wash" if accepts else "error_wash"))
        painter.drawRoundedRect(card, 12, 12)
        mark = pixmap("upload" if accepts else "file-x", colour.name(), 32, self.devicePixelRatioF())
        painter.drawPixmap(round(card.center().x() - 16), round(card.top() + 24), mark)
        font = self.font()
        font.setPixelSize(16)
        font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(self._theme.colour("text"))
        centre = Qt.AlignmentFlag.AlignCenter
        painter.drawText(QRectF(card.left() + 16, card.top() + 64, width - 32, 32), centre, self._target)
        painter.setFont(self.font())
        top = card.top() + 104
        for words, token in lines:
            painter.setPen(self._theme.colour(token))
            fitting = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, round(width - 48))
            painter.drawText(QRectF(card.left() + 24, top, width - 48, _LINE), centre, fitting)
            top += _LINE

    def _lines(self) -> list[tuple[str, str]]:
        """Return the lines below the target with the colours they have; reasons come first."""
        lines = [(f"✕  {reason}", "error") for _, reason in self._bad]
        lines += [(name, "text") for name in self._good]
        if len(lines) > _MOST_NAMES:
            more = QCoreApplication.translate("drop", "and {count} more").format(count=len(lines) - _MOST_NAMES + 1)
            lines = [*lines[: _MOST_NAMES - 1], (more, "muted")]
        return lines
