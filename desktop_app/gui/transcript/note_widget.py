"""Who answers, how it ended, and what is being waited for."""

import time
from functools import partial

from PySide6.QtCore import QCoreApplication, QRectF, Qt, QTimer
from PySide6.QtGui import QFont, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from desktop_app.domain.entity import RunState
from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.gui.measure import duration, short_time
from desktop_app.gui.override import override
from desktop_app.gui.text import ErrorAction, action_label, activity, describe, details
from desktop_app.gui.theme.icon import pixmap
from desktop_app.gui.theme.paint import paint_letter
from desktop_app.gui.transcript.button import SmallButton
from desktop_app.gui.transcript.look import paint_frame
from desktop_app.gui.transcript.row import ActivityRow, NoteRow, RunHeaderRow
from desktop_app.gui.transcript.row_widget import Context, RowWidget
from desktop_app.gui.widgets.spinner import is_animated, paint_spinner

tr = partial(QCoreApplication.translate, "transcript")

_MARK = 20
_PADDING = 12
_SPACING = 8
_ICON = 16


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


class NoteWidget(RowWidget):
    """A `NoteRow`: what happened, what it means, and the buttons that help."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(context, parent)
        self.setObjectName("note")
        self._retry = SmallButton(context.look, "retry", tr("Retry"), self, icon="rotate-cw")
        self._details = SmallButton(context.look, "copy-details", tr("Copy details"), self, icon="copy")
        self._action = SmallButton(context.look, "error-action", "", self)
        self._retry.clicked.connect(context.requests.retry_requested)
        self._action.clicked.connect(lambda: context.requests.action_requested.emit(self._helps))
        self._details.clicked.connect(self._on_details_clicked)
        self._title = ""
        self._help = ""
        self._help_height = 0
        self._helps: ErrorAction = ErrorAction.NONE

    @override
    def show_row(self) -> None:
        row = self.row
        if not isinstance(row, NoteRow):
            return
        text = describe(row.error or _ended(row))
        self._title, self._help = text.title, text.help
        self._helps = text.action if text.action in (ErrorAction.CONNECT, ErrorAction.SANDBOX) else ErrorAction.NONE
        self._action.setText(action_label(self._helps))
        self._action.setAccessibleName(action_label(self._helps))
        self._action.setVisible(self._helps is not ErrorAction.NONE and not self._is_quiet)
        self._retry.setVisible(row.can_retry and not self._is_quiet)
        self._details.setVisible(row.error is not None and not self._is_quiet)
        self.setAccessibleName(f"{self._title}. {self._help}")

    @override
    def height_for(self, width: int) -> int:
        if self._is_quiet:
            return 20
        room = width - 2 * _PADDING - _ICON - _SPACING
        flags = Qt.TextFlag.TextWordWrap.value | Qt.TextFlag.TextWrapAnywhere.value
        self.setFont(self.look.font(13))
        self._help_height = self.fontMetrics().boundingRect(0, 0, room, 10_000, flags, self._help).height()
        y = _PADDING + 20 + self._help_height + _SPACING
        x = _PADDING + _ICON + _SPACING
        for button in (self._action, self._retry, self._details):
            if not button.isHidden():
                hint = button.sizeHint()
                left = width - x - hint.width() if self.isRightToLeft() else x
                button.setGeometry(left, y, hint.width(), hint.height())
                x += hint.width() + _SPACING
        return y + 26 + _PADDING

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        mirrored = self.isRightToLeft()
        ratio = self.devicePixelRatioF()
        flags = self.style().visualAlignment(self.layoutDirection(), Qt.AlignmentFlag.AlignLeading)
        if self._is_quiet:
            colour = self.look.colour("muted")
            icon = pixmap("circle-stop", colour.name(), _ICON, ratio)
            painter.drawPixmap(self.width() - _ICON if mirrored else 0, 2, icon)
            painter.setFont(self.look.font(13))
            painter.setPen(colour)
            rest = QRectF(self.rect()).adjusted(0 if mirrored else 24, 0, -24 if mirrored else 0, 0)
            painter.drawText(rest, flags | Qt.AlignmentFlag.AlignVCenter, self._title)
            return
        rect = QRectF(self.rect())
        paint_frame(painter, rect, self.look.colour("error_wash"), self.look.colour("border"), first=True, last=True)
        side = self.width() - _PADDING - _ICON if mirrored else _PADDING
        error = self.look.colour("error")
        painter.drawPixmap(side, _PADDING + 1, pixmap("circle-alert", error.name(), _ICON, ratio))
        inner = _PADDING + _ICON + _SPACING
        words = rect.adjusted(_PADDING if mirrored else inner, _PADDING, -(inner if mirrored else _PADDING), 0)
        painter.setFont(self.look.font(13, QFont.Weight.DemiBold))
        painter.setPen(self.look.colour("text"))
        title = painter.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, int(words.width()))
        painter.drawText(words, flags | Qt.AlignmentFlag.AlignTop, title)
        painter.setFont(self.look.font(13))
        painter.setPen(self.look.colour("muted"))
        wrap = Qt.TextFlag.TextWordWrap.value | Qt.TextFlag.TextWrapAnywhere.value
        painter.drawText(words.adjusted(0, 20, 0, 0), flags.value | wrap, self._help)

    @property
    def _is_quiet(self) -> bool:
        """Stopped by the person: no error."""
        return isinstance(self.row, NoteRow) and self.row.state is RunState.CANCELLED

    def _on_details_clicked(self) -> None:
        if isinstance(self.row, NoteRow) and self.row.error:
            self.context.requests.details_copied.emit(details(self.row.error))


class ActivityWidget(RowWidget):
    """An `ActivityRow`, with the seconds that it has taken so far."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(context, parent)
        self.setObjectName("activity")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._angle = 0
        self._timer = QTimer(self, interval=50)
        self._timer.timeout.connect(self._on_timer)

    @override
    def show_row(self) -> None:
        self.setAccessibleName(self._words())

    @override
    def height_for(self, width: int) -> int:
        return 20

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        mirrored = self.isRightToLeft()
        rect = QRectF(self.width() - 18 if mirrored else 0, 1, 18, 18)
        paint_spinner(painter, rect, self.look.colour("running"), self._angle)
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
        seconds = int(max(time.time() - now.since, 0))
        words = activity(now.kind, now.done, now.total)
        return f"{words} {duration(seconds)}" if seconds else words

    def _on_timer(self) -> None:
        if is_animated(self):
            self._angle = (self._angle + 18) % 360
        self.update()


def _ended(row: NoteRow) -> ErrorInfo:
    """The error of a run that ended without saying why."""
    codes = {
        RunState.CANCELLED: ErrorCode.CANCELLED,
        RunState.EXPIRED: ErrorCode.RUN_EXPIRED,
        RunState.INCOMPLETE: ErrorCode.RUN_INCOMPLETE,
    }
    return ErrorInfo(codes.get(row.state, ErrorCode.RUN_FAILED) if row.state else ErrorCode.UPLOAD_FAILED)
