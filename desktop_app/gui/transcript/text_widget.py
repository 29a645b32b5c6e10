"""Rows of text: paragraphs of an answer, the person's message, code and logs; and small tables."""

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QAbstractTextDocumentLayout, QPainter, QPaintEvent, QTextCursor
from PySide6.QtWidgets import QWidget

from desktop_app.gui.override import override
from desktop_app.gui.theme.icon import pixmap
from desktop_app.gui.theme.measure import ICON_SIZE
from desktop_app.gui.transcript.document import Document, link_at
from desktop_app.gui.transcript.look import QUOTE_INDENT, paint_frame, whole
from desktop_app.gui.transcript.rich import Kind, Paragraph
from desktop_app.gui.transcript.row import Frame, RemarkRow, Row, TableRow, TextRow
from desktop_app.gui.transcript.row_widget import Context, RowWidget
from desktop_app.gui.transcript.utf16 import to_characters, to_units

_SIDES = {Frame.NONE: 0, Frame.ASIDE: 28, Frame.BUBBLE: 14, Frame.CODE: 15, Frame.LOG: 15, Frame.FENCE: 15}
_ENDS = {Frame.NONE: 0, Frame.ASIDE: 0, Frame.BUBBLE: 8, Frame.CODE: 12, Frame.LOG: 10, Frame.FENCE: 12}
_RISE = 2
"""A line's letters stand at its foot; so much higher they are in the middle of their frame."""
_SIGN = 2
"""Pixels beside a sign, which puts it below the middle of the assistant's mark."""
_BUBBLE_SHARE = 0.85
_BUBBLE_RADIUS = 12


class DocumentWidget(RowWidget):
    """Draws a document; the mouse belongs to the scroller, which selects across rows."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(context, parent)
        self.document = Document(context.look, self)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def origin(self) -> QPointF:
        """Where the document begins."""
        return QPointF(0, 0)

    @override
    def restyle(self) -> None:
        self.document.wipe()
        super().restyle()

    @override
    def offset_at(self, point: QPoint) -> int:
        return to_characters(self._plain, self._position_at(point))

    @override
    def word_at(self, point: QPoint) -> tuple[int, int]:
        cursor = QTextCursor(self.document)
        cursor.setPosition(self._position_at(point))
        cursor.select(QTextCursor.SelectionType.WordUnderCursor)
        ends = cursor.selectionStart(), cursor.selectionEnd()
        return to_characters(self._plain, ends[0]), to_characters(self._plain, ends[1])

    @override
    def link_at(self, point: QPoint) -> str:
        inner = QPointF(point) - self.origin()
        found = self.document.documentLayout().hitTest(inner, Qt.HitTestAccuracy.ExactHit)
        return link_at(self.document, found) if found >= 0 else ""

    @override
    def is_text_at(self, point: QPoint) -> bool:
        return self.rect().contains(point)

    @property
    def _plain(self) -> str:
        return self.row.text if self.row else ""

    def _position_at(self, point: QPoint) -> int:
        inner = QPointF(point) - self.origin()
        return max(self.document.documentLayout().hitTest(inner, Qt.HitTestAccuracy.FuzzyHit), 0)

    def paint_document(self, painter: QPainter, exposed: QRectF) -> None:
        """Draws what is exposed, with the selection."""
        context = QAbstractTextDocumentLayout.PaintContext()
        context.clip = exposed.translated(-self.origin())
        context.palette = self.look.palette()
        if self.selection:
            selection = QAbstractTextDocumentLayout.Selection()
            cursor = QTextCursor(self.document)
            last = self.document.characterCount() - 1
            start, end = (min(to_units(self._plain, offset), last) for offset in self.selection)
            cursor.setPosition(start)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            selection.cursor = cursor
            selection.format = self.look.selection_format()
            context.selections = [selection]
        painter.save()
        painter.translate(self.origin())
        self.document.documentLayout().draw(painter, context)
        painter.restore()


class TextWidget(DocumentWidget):
    """A `TextRow` in its frame."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(context, parent)
        self._text = TextRow("", 0, ())
        self._box = QRectF()
        self._marked: list[int] = []

    @override
    def bind(self, row: Row) -> None:
        if isinstance(row, TextRow):
            if row.key != self._text.key:
                self.document.wipe()
            self._text = row
        super().bind(row)

    @override
    def show_row(self) -> None:
        row = self._text
        self.document.show_paragraphs(row.paragraphs)
        self._marked = [index for index, each in enumerate(row.paragraphs) if each.quote or each.kind is Kind.RULE]
        self.setAccessibleName(row.text)

    @override
    def height_for(self, width: int) -> int:
        row = self._text
        sides, ends = _SIDES[row.frame], _ENDS[row.frame]
        top = ends if row.first else 0
        bottom = ends if row.end else 0
        inner = width - 2 * sides
        left = 0
        if row.frame is Frame.BUBBLE:
            left, inner = self._bubble(width, inner, is_whole=row.first and row.end)
        height = self.document.height(inner) + top + bottom
        self._box = QRectF(left, 0, inner + 2 * sides, height)
        return height

    @override
    def origin(self) -> QPointF:
        row = self._text
        top = _ENDS[row.frame] if row.first else 0
        return QPointF(
            self._box.left() + _SIDES[row.frame], top - (_RISE if row.frame not in (Frame.NONE, Frame.ASIDE) else 0)
        )

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        row = self._text
        box = QRectF(self._box.left(), 0, self._box.width(), self.height())
        line = self.look.colour("border")
        match row.frame:
            case Frame.BUBBLE:
                fill = self.look.colour("accent_wash")
                paint_frame(painter, box, fill, None, first=row.first, last=row.end, radius=_BUBBLE_RADIUS)
            case Frame.CODE:
                paint_frame(painter, box, self.look.colour("code_ground"), line, first=False, last=row.last)
            case Frame.LOG:
                paint_frame(painter, box, self.look.colour("surface"), line, first=False, last=row.last)
            case Frame.FENCE:
                paint_frame(painter, box, self.look.colour("code_ground"), line, first=row.first, last=row.end)
        if row.frame in (Frame.CODE, Frame.LOG) and row.first:
            painter.fillRect(QRectF(box.left(), 0, box.width(), 1), line)
        self._paint_marks(painter)
        self.paint_document(painter, QRectF(event.rect()))

    def _bubble(self, width: int, inner: int, *, is_whole: bool) -> tuple[int, int]:
        """Where a message stands and how wide its text is: no wider than it has to be."""
        widest = min(inner, round(width * _BUBBLE_SHARE))
        if is_whole:
            self.document.height(widest)
            widest = min(widest, whole(self.document.idealWidth()) + 1)
        outer = widest + 2 * _SIDES[Frame.BUBBLE]
        return (0 if self.isRightToLeft() else width - outer), widest

    def _paint_marks(self, painter: QPainter) -> None:
        """Draws the bars beside quotes and the rules."""
        layout = self.document.documentLayout()
        for index in self._marked:
            paragraph: Paragraph = self._text.paragraphs[index]
            rect = layout.blockBoundingRect(self.document.findBlockByNumber(index)).translated(self.origin())
            if paragraph.kind is Kind.RULE:
                painter.fillRect(QRectF(0, rect.center().y(), self.width(), 1), self.look.colour("border"))
            top = rect.top() - (paragraph.gap if index else 0)
            following = self.document.findBlockByNumber(index + 1)
            bottom = QRectF(self.rect()).bottom()
            if following.isValid():
                gap = self._text.paragraphs[index + 1].gap
                bottom = layout.blockBoundingRect(following).top() + self.origin().y() - gap
            for level in range(paragraph.quote):
                bar = QRectF(level * QUOTE_INDENT, top, 3, bottom - top)
                painter.fillRect(bar, self.look.colour("control"))


class RemarkWidget(TextWidget):
    """A `RemarkRow`: a sign, and words beside it."""

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        row = self.row
        if isinstance(row, RemarkRow):
            left = self.width() - ICON_SIZE - _SIGN if self.isRightToLeft() else _SIGN
            sign = pixmap(row.icon, self.look.colour("muted").name(), ICON_SIZE, self.devicePixelRatioF())
            QPainter(self).drawPixmap(left, 2, sign)


class TableWidget(DocumentWidget):
    """A `TableRow` small enough for a document."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(context, parent)
        self.setObjectName("table")

    @override
    def show_row(self) -> None:
        if isinstance(self.row, TableRow):
            self.document.show_table(self.row.table)
            self.setAccessibleName(self.row.text)

    @override
    def height_for(self, width: int) -> int:
        return self.document.height(width)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        width, ends = self.document.lines()
        for index, end in enumerate(ends):
            colour = self.look.colour("border" if index else "control")
            painter.fillRect(QRectF(0, round(end) - (index == len(ends) - 1), round(width), 1), colour)
        self.paint_document(painter, QRectF(event.rect()))
