"""Styled text in a `QTextDocument`: what is there already stays, only what differs is laid out again."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextDocument, QTextLength, QTextTable, QTextTableFormat

from desktop_app.gui.transcript.look import INDENT, Look, whole
from desktop_app.gui.transcript.rich import Kind, Paragraph, Span, Table, text_of
from desktop_app.gui.transcript.utf16 import units

CELL_PADDING = 8
_NO_TABLE = Table((), (), ())
_ALIGNMENTS = {
    "left": Qt.AlignmentFlag.AlignLeading,
    "right": Qt.AlignmentFlag.AlignTrailing,
    "center": Qt.AlignmentFlag.AlignHCenter,
}


class Document(QTextDocument):
    """A document that shows paragraphs or a table, and never loads anything."""

    def __init__(self, look: Look, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._paragraphs: tuple[Paragraph, ...] = ()
        self._table = _NO_TABLE
        self.setUndoRedoEnabled(False)
        self.setDocumentMargin(0)
        self.setIndentWidth(INDENT)
        option = look.text_option
        option.setTabStopDistance(look.tab_distance())
        self.setDefaultTextOption(option)

    def wipe(self) -> None:
        """Forgets what it shows, because its formats are out of date."""
        self._paragraphs = ()
        self._table = _NO_TABLE
        self.clear()

    def show_paragraphs(self, new: tuple[Paragraph, ...]) -> None:
        """Shows paragraphs. Text that has grown at its end costs what is new."""
        old = self._paragraphs
        if not old and not self.isEmpty():
            self.clear()
        same = 0
        for before, after in zip(old, new, strict=False):
            if before != after:
                break
            same += 1
        self._paragraphs = new
        if same == len(old) == len(new):
            return
        cursor = QTextCursor(self)
        cursor.beginEditBlock()
        if same < len(old):
            self._replace_rest(cursor, same, old[same], new[same] if same < len(new) else None)
            same += 1
        elif not old and new:
            self._write(cursor, new[0], new[0].spans, first=True)
            same = 1
        cursor.movePosition(QTextCursor.MoveOperation.End)
        for paragraph in new[same:]:
            cursor.insertBlock()
            self._write(cursor, paragraph, paragraph.spans, first=False)
        cursor.endEditBlock()

    def show_table(self, new: Table) -> None:
        """Shows a table. Rows that are added at its end cost what is new."""
        old, self._table = self._table, new
        frame = next((each for each in self.rootFrame().childFrames() if isinstance(each, QTextTable)), None)
        cursor = QTextCursor(self)
        cursor.beginEditBlock()
        rows = (new.head, *new.rows)
        first = len(old.rows)  # the last row may have been incomplete
        if frame and old.rows and old.head == new.head and old.rows[:-1] == new.rows[: first - 1] and first < len(rows):
            frame.removeRows(first, 1)
            frame.appendRows(len(rows) - first)
        else:
            self.clear()
            first = 0
            frame = cursor.insertTable(len(rows), len(new.head), _table_format(new))
        for index in range(first, len(rows)):
            for column, spans in enumerate(rows[index][: len(new.head)]):
                inner = frame.cellAt(index, column).firstCursorPosition()
                block = self._look.block_format(Paragraph(spans, Kind.CELL), first=True)
                block.setAlignment(_ALIGNMENTS[new.alignments[column]])
                inner.setBlockFormat(block)
                self._insert(inner, spans, Kind.CELL)
        cursor.endEditBlock()

    def lines(self) -> tuple[float, list[float]]:
        """How wide the table is, and where its rows end."""
        layout = self.documentLayout()
        tables = [frame for frame in self.rootFrame().childFrames() if isinstance(frame, QTextTable)]
        if not tables:
            return 0, []
        blocks = [tables[0].cellAt(row, 0).firstCursorPosition().block() for row in range(1, tables[0].rows())]
        ends = [layout.blockBoundingRect(block).top() - CELL_PADDING for block in blocks]
        frame = layout.frameBoundingRect(tables[0])
        return frame.width(), [*ends, frame.bottom()]

    def height(self, width: int) -> int:
        """The height of all lines at this width."""
        if self.textWidth() != width:
            self.setTextWidth(width)
        return whole(self.documentLayout().documentSize().height())

    def _replace_rest(self, cursor: QTextCursor, index: int, before: Paragraph, after: Paragraph | None) -> None:
        """Replaces everything from the end of what a paragraph keeps."""
        if after is None:
            self._remove_from(cursor, self.findBlockByNumber(index).position() - 1)
            return
        kept, rest = _kept(before.spans, after.spans) if before.kind is after.kind else (0, after.spans)
        self._remove_from(cursor, self.findBlockByNumber(index).position() + kept)
        if before._replace(spans=()) == after._replace(spans=()):
            self._insert(cursor, rest, after.kind)
        else:
            self._write(cursor, after, rest, first=index == 0)

    def _remove_from(self, cursor: QTextCursor, position: int) -> None:
        cursor.setPosition(max(position, 0))
        if not cursor.atEnd():
            cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()

    def _write(self, cursor: QTextCursor, paragraph: Paragraph, spans: tuple[Span, ...], *, first: bool) -> None:
        cursor.setBlockFormat(self._look.block_format(paragraph, first=first))
        if not spans:
            cursor.setBlockCharFormat(self._look.char_format(Span("").style, paragraph.kind))
        self._insert(cursor, spans, paragraph.kind)

    def _insert(self, cursor: QTextCursor, spans: tuple[Span, ...], kind: Kind) -> None:
        for text, style in spans:
            cursor.insertText(text, self._look.char_format(style, kind))


def _table_format(table: Table) -> QTextTableFormat:
    """No borders: the widget draws the lines between the rows."""
    result = QTextTableFormat()
    result.setBorder(0)
    result.setCellSpacing(0)
    result.setCellPadding(CELL_PADDING)
    result.setHeaderRowCount(1)
    result.setColumnWidthConstraints([QTextLength()] * len(table.head))
    return result


def link_at(document: QTextDocument, position: int) -> str:
    """The address of the link at a position, or nothing."""
    cursor = QTextCursor(document)
    cursor.setPosition(min(position + 1, document.characterCount() - 1))
    found: QTextCharFormat = cursor.charFormat()
    return found.anchorHref() if found.isAnchor() else ""


def _kept(old: tuple[Span, ...], new: tuple[Span, ...]) -> tuple[int, tuple[Span, ...]]:
    """How many UTF-16 units of `old` may stay, and what comes after them."""
    same = 0
    for before, after in zip(old, new, strict=False):
        if before != after:
            break
        same += 1
    kept = units(text_of(old[:same]))
    rest = new[same:]
    if same < len(old) and rest and old[same].style == rest[0].style and rest[0].text.startswith(old[same].text):
        more = len(old[same].text)
        kept += units(old[same].text)
        rest = (Span(rest[0].text[more:], rest[0].style), *rest[1:])
    return kept, rest
