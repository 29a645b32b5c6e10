"""How the rows of the left pane are drawn."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop_app.gui.models.thread import HitRow, ThreadRow
from desktop_app.gui.override import override
from desktop_app.gui.theme.paint import paint_letter
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.transcript.utf16 import units
from desktop_app.gui.widgets.spinner import paint_spinner

ROW_ROLE = int(Qt.ItemDataRole.UserRole)
ROW_HEIGHT = 36
HEADING_HEIGHT = 34
HIT_HEIGHT = 58
_SIDE = 8
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
Index = QModelIndex | QPersistentModelIndex


class RowDelegate(QStyledItemDelegate):
    """Draws the ground of a row, and its words where a subclass says nothing else."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        theme.changed.connect(parent.update)

    def paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> QRect:
        """Draw hover, selection and focus, and return the rectangle for the words."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(option.rect).adjusted(0, 1, 0, -1)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(Qt.PenStyle.NoPen)
        if selected or hovered:
            painter.setBrush(self._theme.colour("selection" if selected else "hover"))
            painter.drawRoundedRect(ground, 6, 6)
        if focused:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(self._theme.colour("accent"))
            painter.drawRoundedRect(ground.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        return option.rect.adjusted(_SIDE, 0, -_SIDE, 0)

    def paint_line(
        self,
        painter: QPainter,
        rect: QRect,
        text: str,
        tint: str,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeading,
    ) -> None:
        """Draw one line, cut with an ellipsis, from the side where the language begins."""
        painter.setPen(self._theme.colour(tint))
        fitting = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        visual = QStyle.visualAlignment(painter.layoutDirection(), align)
        painter.drawText(rect, visual | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, fitting)

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, ROW_HEIGHT)


class AssistantDelegate(RowDelegate):
    """The assistant's letter and its name."""

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setLayoutDirection(option.direction)
        rect = self.paint_ground(painter, option)
        name = str(index.data() or "")
        mark = QRect(rect.left(), rect.center().y() - 9, 20, 20)
        font = painter.font()
        paint_letter(painter, QRectF(_mirror(option, mark)), name, self._theme.palette)
        painter.setFont(font)
        self.paint_line(painter, _mirror(option, rect.adjusted(28, 0, 0, 0)), name, "text")
        painter.restore()


class ThreadDelegate(RowDelegate):
    """Title, time and mark of a thread; a heading over each group. Edits a title in its place.

    Signals:
        renamed: The thread with this id got this title.
    """

    renamed = Signal(str, str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self.angle = 0

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW_ROLE)
        if not isinstance(row, ThreadRow):
            return
        painter.save()
        painter.setLayoutDirection(option.direction)
        if not row.id:
            painter.setFont(_section_font(painter.font()))
            heading = option.rect.adjusted(_SIDE, 10, -_SIDE, 0)
            self.paint_line(painter, heading, row.title, "muted")
        else:
            rect = self.paint_ground(painter, option)
            end = self._paint_end(painter, option, rect, row)
            font = painter.font()
            if row.unread:
                font.setWeight(QFont.Weight.DemiBold)
            painter.setFont(font)
            self.paint_line(painter, _mirror(option, rect.adjusted(0, 0, -end - 8, 0)), row.title, "text")
        painter.restore()

    def _paint_end(self, painter: QPainter, option: QStyleOptionViewItem, rect: QRect, row: ThreadRow) -> int:
        """Draw what stands at the end of the row, and return its width."""
        if row.busy:
            ring = QRect(rect.right() - 15, rect.center().y() - 7, 16, 16)
            paint_spinner(painter, QRectF(_mirror(option, ring)), self._theme.colour("running"), self.angle)
            return 16
        if row.unread:
            dot = QRect(rect.right() - 8, rect.center().y() - 3, 8, 8)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("accent"))
            painter.drawEllipse(_mirror(option, dot))
            return 8
        font = painter.font()
        small = QFont(font)
        small.setPixelSize(11)
        painter.setFont(small)
        width = painter.fontMetrics().horizontalAdvance(row.time)
        end = QRect(rect.right() - width, rect.top(), width + 1, rect.height())
        self.paint_line(painter, _mirror(option, end), row.time, "muted", Qt.AlignmentFlag.AlignTrailing)
        painter.setFont(font)
        return width

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row = index.data(ROW_ROLE)
        is_heading = isinstance(row, ThreadRow) and not row.id
        return QSize(80, HEADING_HEIGHT if is_heading else ROW_HEIGHT)

    @override
    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setObjectName("thread-title")
        editor.setAccessibleName(self.tr("Title of the thread"))
        editor.setMaxLength(200)
        return editor

    @override
    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        editor.setGeometry(option.rect.adjusted(0, 1, 0, -1))

    @override
    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        row = index.data(ROW_ROLE)
        if isinstance(editor, QLineEdit) and isinstance(row, ThreadRow) and editor.text().strip() != row.title:
            self.renamed.emit(row.id, editor.text())


class HitDelegate(RowDelegate):
    """A search result: the title, and below it where the words were found, marked."""

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW_ROLE)
        if not isinstance(row, HitRow):
            return
        painter.save()
        painter.setLayoutDirection(option.direction)
        rect = self.paint_ground(painter, option)
        font = painter.font()
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        self.paint_line(painter, QRect(rect.left(), rect.top() + 8, rect.width(), 20), row.title, "text")
        font.setWeight(QFont.Weight.Normal)
        font.setPixelSize(12)
        painter.setFont(font)
        self._paint_snippet(painter, QRect(rect.left(), rect.top() + 30, rect.width(), 18), row)
        painter.restore()

    def _paint_snippet(self, painter: QPainter, rect: QRect, row: HitRow) -> None:
        snippet, matches = _around(row.snippet, row.matches)
        fitting = painter.fontMetrics().elidedText(snippet, Qt.TextElideMode.ElideRight, rect.width())
        layout = QTextLayout(fitting, painter.font())
        option = QTextOption(QStyle.visualAlignment(painter.layoutDirection(), _LEFT))
        option.setTextDirection(painter.layoutDirection())
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        layout.setTextOption(option)
        layout.setFormats([self._marked(fitting, start, end) for start, end in matches if end < len(fitting)])
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(rect.width())
        layout.endLayout()
        painter.setPen(self._theme.colour("muted"))
        layout.draw(painter, QPointF(rect.left(), rect.center().y() - line.height() / 2))

    def _marked(self, text: str, start: int, end: int) -> QTextLayout.FormatRange:
        """A match in the colours of what was looked for; Qt counts in UTF-16."""
        marked = QTextLayout.FormatRange()
        marked.start = units(text[:start])
        marked.length = units(text[start:end])
        marked.format.setBackground(self._theme.colour("accent_wash"))
        marked.format.setForeground(self._theme.colour("accent"))
        return marked

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, HIT_HEIGHT)


def _around(snippet: str, matches: tuple[tuple[int, int], ...]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return the snippet from a little before its first match on, in one line."""
    first = matches[0][0] if matches else 0
    cut = 0 if first <= 16 else snippet.rfind(" ", 0, first - 8) + 1
    prefix = "…" if cut else ""
    shift = len(prefix) - cut
    text = prefix + snippet[cut:].replace("\n", " ").replace("\t", " ")
    return text, tuple((start + shift, end + shift) for start, end in matches if start >= cut)


def _section_font(font: QFont) -> QFont:
    result = QFont(font)
    result.setPixelSize(11)
    result.setWeight(QFont.Weight.Medium)
    result.setCapitalization(QFont.Capitalization.AllUppercase)
    result.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, 0.6)
    return result


def _mirror(option: QStyleOptionViewItem, rect: QRect) -> QRect:
    return QStyle.visualRect(option.direction, option.rect, rect)
