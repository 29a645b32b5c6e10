"""Who answers, and what is being waited for."""

import math
import time

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from desktop_app.gui.measure import duration, short_time
from desktop_app.gui.override import override
from desktop_app.gui.text import activity
from desktop_app.gui.theme.paint import paint_letter
from desktop_app.gui.transcript.row import ActivityRow, RunHeaderRow
from desktop_app.gui.transcript.row_widget import Context, RowWidget
from desktop_app.gui.widgets.spinner import Turning, paint_spinner

_MARK = 20
_SPACING = 8


class RunHeaderWidget(RowWidget):
    """A `RunHeaderRow`."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(context, parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    @override
    def show_row(self) -> None:
        if isinstance(self.row, RunHeaderRow):
            self.setAccessibleName(f"{self.row.name}, {short_time(self.row.at)}")

    @override
    def height_for(self, width: int) -> int:
        return _MARK

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        row = self.row
        if not isinstance(row, RunHeaderRow):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        mirrored = self.isRightToLeft()
        width = self.width()
        mark = QRectF(width - _MARK if mirrored else 0, 0, _MARK, _MARK)
        paint_letter(painter, mark, row.name, self.look.theme.palette)
        start = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        flags = self.style().visualAlignment(self.layoutDirection(), start)
        painter.setFont(self.look.font(13, QFont.Weight.DemiBold))
        painter.setPen(self.look.colour("text"))
        rest = QRectF(self.rect()).adjusted(0 if mirrored else 28, 0, -28 if mirrored else 0, 0)
        name = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, int(rest.width()) - 60)
        used = painter.fontMetrics().horizontalAdvance(name) + _SPACING
        painter.drawText(rest, flags, name)
        painter.setFont(self.look.font(12))
        painter.setPen(self.look.colour("muted"))
        time_rect = rest.adjusted(0 if mirrored else used, 0, -used if mirrored else 0, 0)
        painter.drawText(time_rect, flags, short_time(row.at))


class ActivityWidget(RowWidget):
    """An `ActivityRow`, with the seconds that it has taken so far, or those until it goes on."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(context, parent)
        self.setObjectName("activity")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._turning = Turning(self)

    @override
    def show_row(self) -> None:
        self.setAccessibleName(self._words())

    @override
    def height_for(self, width: int) -> int:
        return 20

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._turning.start()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._turning.stop()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        mirrored = self.isRightToLeft()
        rect = QRectF(self.width() - 18 if mirrored else 0, 1, 18, 18)
        paint_spinner(painter, rect, self.look.colour("running"), self._turning.angle)
        painter.setFont(self.look.font(13))
        painter.setPen(self.look.colour("muted"))
        start = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        flags = self.style().visualAlignment(self.layoutDirection(), start)
        rest = QRectF(self.rect()).adjusted(0 if mirrored else 26, 0, -26 if mirrored else 0, 0)
        painter.drawText(rest, flags, self._words())

    def _words(self) -> str:
        row = self.row
        if not isinstance(row, ActivityRow):
            return ""
        now = row.activity
        if now.until:
            return activity(now.kind, seconds=math.ceil(now.until - time.time()))
        seconds = int(max(time.time() - now.since, 0))
        words = activity(now.kind, now.done, now.total)
        return f"{words} {duration(seconds)}" if seconds else words
