"""How a run or a message ended that did not just complete."""

from functools import partial

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QWidget

from desktop_app.domain.entity import RunState
from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.gui.override import override
from desktop_app.gui.text import ErrorAction, action_label, describe, details
from desktop_app.gui.theme.icon import pixmap
from desktop_app.gui.transcript.button import SmallButton
from desktop_app.gui.transcript.look import paint_frame
from desktop_app.gui.transcript.row import NoteRow
from desktop_app.gui.transcript.row_widget import Context, RowWidget

tr = partial(QCoreApplication.translate, "transcript")

_PADDING = 12
_SPACING = 8
_ICON = 16
_TITLE = 20


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
        self._help_lines = QTextLayout()
        self._helps: ErrorAction = ErrorAction.NONE

    @override
    def show_row(self) -> None:
        row = self.row
        if not isinstance(row, NoteRow):
            return
        text = describe(row.error or _ended(row))
        self._title, self._help = text.title, text.help
        self._helps = ErrorAction.NONE if text.action is ErrorAction.RETRY else text.action
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
        self._help_lines = self._laid_out(width - 2 * _PADDING - _ICON - _SPACING)
        top = _PADDING + _TITLE + round(self._help_lines.boundingRect().height()) + _SPACING
        return self._place_buttons(width, top) + _PADDING

    def _laid_out(self, room: int) -> QTextLayout:
        """The help in lines; words that are wider than a line are broken."""
        layout = QTextLayout(self._help, self.look.font(13))
        start = self.style().visualAlignment(self.layoutDirection(), Qt.AlignmentFlag.AlignLeading)
        option = QTextOption(start)
        option.setTextDirection(self.layoutDirection())
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.beginLayout()
        y = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(room)
            line.setPosition(QPointF(0, y))
            y += line.height()
        layout.endLayout()
        return layout

    def _place_buttons(self, width: int, y: int) -> int:
        """Put the buttons side by side, in more lines where one is too short; return where they end."""
        begin = x = _PADDING + _ICON + _SPACING
        for button in (self._action, self._retry, self._details):
            if button.isHidden():
                continue
            hint = button.sizeHint()
            if x > begin and x + hint.width() > width - _PADDING:
                x, y = begin, y + hint.height() + _SPACING
            button.setGeometry(width - x - hint.width() if self.isRightToLeft() else x, y, hint.width(), hint.height())
            x += hint.width() + _SPACING
        return y + self._details.sizeHint().height()

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
        painter.setPen(self.look.colour("muted"))
        self._help_lines.draw(painter, words.topLeft() + QPointF(0, _TITLE))

    @property
    def _is_quiet(self) -> bool:
        """Stopped by the person: no error."""
        return isinstance(self.row, NoteRow) and self.row.state is RunState.CANCELLED

    def _on_details_clicked(self) -> None:
        if isinstance(self.row, NoteRow) and self.row.error:
            self.context.requests.details_copied.emit(details(self.row.error))


def _ended(row: NoteRow) -> ErrorInfo:
    """The error of a run that ended without saying why."""
    codes = {
        RunState.CANCELLED: ErrorCode.CANCELLED,
        RunState.EXPIRED: ErrorCode.RUN_EXPIRED,
        RunState.INCOMPLETE: ErrorCode.RUN_INCOMPLETE,
    }
    return ErrorInfo(codes.get(row.state, ErrorCode.RUN_FAILED) if row.state else ErrorCode.UPLOAD_FAILED)
