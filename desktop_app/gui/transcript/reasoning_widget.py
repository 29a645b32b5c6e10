"""The header of what the model thought."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop_app.gui.override import override
from desktop_app.gui.theme.icon import pixmap
from desktop_app.gui.transcript.fold_button import FoldButton
from desktop_app.gui.transcript.look import paint_focus
from desktop_app.gui.transcript.mirror import Mirror
from desktop_app.gui.transcript.row import ReasoningRow
from desktop_app.gui.transcript.row_widget import Context, RowWidget
from desktop_app.gui.widgets.spinner import paint_spinner

_HEIGHT = 24
_ICON = 16
_SIDE = 2
_GAP = 10


class ReasoningButton(FoldButton):
    """A sign of thought, the title, how the text begins while it is folded, and the fold."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(context, "reasoning-header", parent)
        self._row: ReasoningRow | None = None

    def set_row(self, row: ReasoningRow) -> None:
        """Shows another header."""
        self._row = row
        words = ": ".join(word for word in (row.title, row.summary) if word)
        self.set_state(words, is_open=row.is_open, is_live=row.is_live)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        row = self._row
        if row is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect())
        if self.hasFocus():
            paint_focus(painter, rect, self.look.colour("accent"), 6)
        colour = self.look.colour("text" if self.underMouse() else "muted")
        ratio = self.devicePixelRatioF()
        layout = Mirror(rect, mirrored=self.isRightToLeft())
        sign = layout.take_start(_SIDE, _ICON)
        if row.is_live:
            paint_spinner(painter, sign.adjusted(-1, -1, 1, 1), self.look.colour("running"), self.turning.angle)
        else:
            painter.drawPixmap(sign.topLeft().toPoint(), pixmap("lightbulb", colour.name(), _ICON, ratio))
        start = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        flags = self.style().visualAlignment(self.layoutDirection(), start)
        painter.setPen(colour)
        painter.setFont(self.look.font(13, QFont.Weight.Medium))
        title = painter.fontMetrics().horizontalAdvance(row.title)
        painter.drawText(layout.rest(_GAP, 0), flags, row.title)
        layout.take_start(_GAP, title)
        fold = layout.take_start(4, _ICON)
        painter.drawPixmap(fold.topLeft().toPoint(), pixmap(self.chevron, colour.name(), _ICON, ratio))
        if row.summary:
            painter.setFont(self.look.font(13))
            rest = layout.rest(4, 8)
            words = painter.fontMetrics().elidedText(row.summary, Qt.TextElideMode.ElideRight, int(rest.width()))
            painter.drawText(rest, flags, words)

    @override
    def sizeHint(self) -> QSize:
        return QSize(240, _HEIGHT)


class ReasoningWidget(RowWidget):
    """A `ReasoningRow`."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(context, parent)
        self._button = ReasoningButton(context, self)
        self._button.clicked.connect(lambda: context.requests.toggle_requested.emit(self.row))

    @override
    def show_row(self) -> None:
        if isinstance(self.row, ReasoningRow):
            self._button.set_row(self.row)

    @override
    def height_for(self, width: int) -> int:
        self._button.setGeometry(0, 0, width, _HEIGHT)
        return _HEIGHT
