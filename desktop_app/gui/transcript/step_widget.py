"""The header of a code step, and the button that shows what is left out of a log."""

import time
from functools import partial

from PySide6.QtCore import QCoreApplication, QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.domain.entity import StepState
from desktop_app.gui.measure import duration
from desktop_app.gui.override import override
from desktop_app.gui.theme.icon import pixmap
from desktop_app.gui.transcript.button import FlatButton
from desktop_app.gui.transcript.fold_button import FoldButton
from desktop_app.gui.transcript.look import paint_focus, paint_frame
from desktop_app.gui.transcript.mirror import Mirror
from desktop_app.gui.transcript.row import MoreRow, StepRow
from desktop_app.gui.transcript.row_widget import Context, RowWidget
from desktop_app.gui.widgets.spinner import paint_spinner

tr = partial(QCoreApplication.translate, "transcript")

_HEIGHT = 38
_MORE_HEIGHT = 32
_PADDING = 11
_ICON = 16
_STATES: dict[StepState, tuple[str, list[tuple[float, float, float, float]]]] = {
    # state: colour, and the strokes of its sign in a square of 16
    StepState.COMPLETED: ("ok", [(4.8, 8.3, 7.2, 10.7), (7.2, 10.7, 11.4, 5.8)]),
    StepState.FAILED: ("error", [(8, 4.2, 8, 8.6), (8, 11.8, 8, 11.81)]),
    StepState.CANCELLED: ("muted", [(5, 8, 11, 8)]),
}


class StepButton(FoldButton):
    """State, summary, duration, fold."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(context, "step-header", parent)
        self._row: StepRow | None = None

    def set_row(self, row: StepRow) -> None:
        """Shows another header."""
        self._row = row
        words = [row.summary, state_words(row.state), row.problem, self._duration()]
        self.setToolTip(f"{row.summary}\n{row.problem}" if row.problem else "")
        name = ", ".join(word for word in words if word)
        self.set_state(name, is_open=row.is_open, is_live=not row.state.is_final)

    def _duration(self) -> str:
        row = self._row
        if row is None or row.started_at is None:
            return ""
        if row.ended_at is not None:
            return duration(row.ended_at - row.started_at)
        return "" if row.state.is_final else duration(time.time() - row.started_at)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        row = self._row
        if row is None:
            return
        painter = QPainter(self)
        rect = QRectF(self.rect())
        fill = self.look.colour("hover" if self.underMouse() else "raised")
        paint_frame(painter, rect, fill, self.look.colour("border"), first=True, last=row.last)
        if self.hasFocus():
            paint_focus(painter, rect, self.look.colour("accent"))
        layout = Mirror(rect, mirrored=self.isRightToLeft())
        self._paint_state(painter, layout.take_start(_PADDING, _ICON))
        ratio = self.devicePixelRatioF()
        icon = pixmap(self.chevron, self.look.colour("muted").name(), _ICON, ratio)
        painter.drawPixmap(layout.take_end(_PADDING, _ICON).topLeft().toPoint(), icon)
        painter.setFont(self.look.font(12))
        painter.setPen(self.look.colour("muted"))
        time_text = self._duration()
        width = painter.fontMetrics().horizontalAdvance(time_text)
        painter.drawText(layout.take_end(6, width, full=True), Qt.AlignmentFlag.AlignVCenter, time_text)
        self._paint_words(painter, layout.rest(10, 12), row)

    def _paint_words(self, painter: QPainter, rest: QRectF, row: StepRow) -> None:
        painter.setFont(self.look.font(13, QFont.Weight.Medium))
        painter.setPen(self.look.colour("text"))
        metrics = painter.fontMetrics()
        room = int(rest.width())
        share = room if not row.problem else max(room * 3 // 5, room - metrics.horizontalAdvance(row.problem) - 32)
        summary = metrics.elidedText(row.summary, Qt.TextElideMode.ElideRight, share)
        start = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        flags = self.style().visualAlignment(self.layoutDirection(), start)
        painter.drawText(rest, flags, summary)
        used = metrics.horizontalAdvance(summary)
        if not row.problem:
            return
        painter.setFont(self.look.font(13))
        painter.setPen(self.look.colour("muted"))
        problem = painter.fontMetrics().elidedText(
            f" — {row.problem}", Qt.TextElideMode.ElideRight, max(int(rest.width()) - used, 0)
        )
        mirrored = self.isRightToLeft()
        painter.drawText(rest.adjusted(0 if mirrored else used, 0, -used if mirrored else 0, 0), flags, problem)

    def _paint_state(self, painter: QPainter, rect: QRectF) -> None:
        if self._row is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._row.state not in _STATES:
            paint_spinner(painter, rect.adjusted(-1, -1, 1, 1), self.look.colour("running"), self.turning.angle)
            return
        token, strokes = _STATES[self._row.state]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.look.colour(token))
        painter.drawEllipse(rect)
        pen = QPen(self.look.colour("surface"), 1.8)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        for stroke in strokes:
            painter.drawLine(QLineF(*stroke).translated(rect.topLeft()))

    @override
    def sizeHint(self) -> QSize:
        return QSize(240, _HEIGHT)


class StepWidget(RowWidget):
    """A `StepRow`."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(context, parent)
        self._button = StepButton(context, self)
        self._button.clicked.connect(lambda: context.requests.toggle_requested.emit(self.row))

    @override
    def show_row(self) -> None:
        if isinstance(self.row, StepRow):
            self._button.set_row(self.row)

    @override
    def height_for(self, width: int) -> int:
        self._button.setGeometry(0, 0, width, _HEIGHT)
        return _HEIGHT


class _MoreButton(FlatButton):
    """Words over the whole width of a card."""

    @override
    def sizeHint(self) -> QSize:
        return QSize(240, _MORE_HEIGHT)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        rect = QRectF(self.rect())
        if self.hasFocus():
            paint_focus(painter, rect.adjusted(2, 1, -2, -1), self.look.colour("accent"), 6)
        painter.setFont(self.look.font(12))
        painter.setPen(self.look.colour("accent_hover" if self.underMouse() else "accent"))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        aligned = self.style().visualAlignment(self.layoutDirection(), flags)
        painter.drawText(rect.adjusted(15, 0, -15, 0), aligned, self.text())


class MoreWidget(RowWidget):
    """A `MoreRow`."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(context, parent)
        self._button = _MoreButton(context.look, "show-all", self)
        self._button.clicked.connect(lambda: context.requests.more_requested.emit(self.row))

    @override
    def show_row(self) -> None:
        if isinstance(self.row, MoreRow):
            self._button.setText(self.row.label)
            self._button.setAccessibleName(self.row.label)

    @override
    def height_for(self, width: int) -> int:
        self._button.setGeometry(0, 0, width, _MORE_HEIGHT)
        return _MORE_HEIGHT

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        row = self.row
        if isinstance(row, MoreRow):
            line, fill = self.look.colour("border"), self.look.colour("surface")
            paint_frame(QPainter(self), QRectF(self.rect()), fill, line, first=False, last=row.last)


def state_words(state: StepState) -> str:
    """A step's state, to be spoken."""
    return {
        StepState.WRITING: tr("writing code"),
        StepState.RUNNING: tr("running"),
        StepState.COMPLETED: tr("done"),
        StepState.FAILED: tr("failed"),
        StepState.CANCELLED: tr("stopped"),
    }[state]
