"""Fonts, sizes and text formats of the transcript, made from the theme once and kept."""

import math

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPalette,
    QPen,
    QTextBlockFormat,
    QTextCharFormat,
    QTextOption,
)
from PySide6.QtWidgets import QApplication

from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.transcript.rich import Ink, Kind, Paragraph, Style

COLUMN = 744
"""The widest that text may be."""
RADIUS = 10
INDENT = 24
QUOTE_INDENT = 16
_SIZES = {
    # kind: pixels of the font, pixels of the line
    Kind.BODY: (14, 22),
    Kind.NOTE: (13, 20),
    Kind.HEADING_1: (19, 28),
    Kind.HEADING_2: (16, 26),
    Kind.HEADING_3: (14, 22),
    Kind.CELL: (13, 20),
    Kind.CODE: (12, 19),
    Kind.RULE: (14, 16),
}
_HEADINGS = (Kind.HEADING_1, Kind.HEADING_2, Kind.HEADING_3)


class Look(QObject):
    """What rows are drawn with.

    Signals:
        changed: Everything has to be drawn again in other colours.
    """

    changed = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.text_option = QTextOption()
        self.text_option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.text_option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        self._formats: dict[tuple[Style, Kind], QTextCharFormat] = {}
        self._mono = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        self._mono.setStyleHint(QFont.StyleHint.Monospace)
        theme.changed.connect(self._on_theme_changed)

    def colour(self, token: str) -> QColor:
        """One of the palette's colours."""
        return self.theme.colour(token)

    def font(self, pixels: int = 13, weight: QFont.Weight = QFont.Weight.Normal, *, mono: bool = False) -> QFont:
        """The interface's font, or the monospace one."""
        font = QFont(self._mono if mono else QApplication.font())
        font.setPixelSize(pixels)
        font.setWeight(weight)
        return font

    def char_format(self, style: Style, kind: Kind) -> QTextCharFormat:
        """The format of a piece of text in a paragraph of `kind`."""
        found = self._formats.get((style, kind))
        if found is None:
            found = self._formats[style, kind] = self._char_format(style, kind)
        return found

    def block_format(self, paragraph: Paragraph, *, first: bool) -> QTextBlockFormat:
        """The format of a paragraph; the first of a row has no gap above."""
        result = QTextBlockFormat()
        result.setTopMargin(0 if first else paragraph.gap)
        line = QTextBlockFormat.LineHeightTypes.FixedHeight
        result.setLineHeight(_SIZES[paragraph.kind][1], line.value)
        if paragraph.indent:
            result.setIndent(paragraph.indent)
        if paragraph.hanging:
            result.setTextIndent(-INDENT)
            result.setTabPositions([QTextOption.Tab(INDENT, QTextOption.TabType.LeftTab)])
        if paragraph.quote:
            result.setLeftMargin(paragraph.quote * QUOTE_INDENT)
        return result

    def tab_distance(self) -> float:
        """Four characters of code."""
        return 4 * QFontMetricsF(self.font(_SIZES[Kind.CODE][0], mono=True)).horizontalAdvance(" ")

    def palette(self) -> QPalette:
        """What a document is drawn with where its formats say nothing."""
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.Text, self.colour("text"))
        return palette

    def selection_format(self) -> QTextCharFormat:
        """How selected text looks: the wash under it, the letters in their own colours."""
        result = QTextCharFormat()
        ground = self.colour("accent")
        ground.setAlpha(90 if self.theme.palette.is_dark else 56)
        result.setBackground(ground)
        return result

    def _char_format(self, style: Style, kind: Kind) -> QTextCharFormat:
        is_code = style.mono or kind is Kind.CODE
        pixels = _SIZES[kind][0] - (1 if style.mono and kind is not Kind.CODE else 0)
        is_bold = style.bold or kind in _HEADINGS
        result = QTextCharFormat()
        weight = QFont.Weight.DemiBold if is_bold else QFont.Weight.Normal
        font = self.font(pixels, weight, mono=is_code)
        font.setItalic(style.italic)
        font.setStrikeOut(style.strike)
        if kind is Kind.CELL:
            font.setFeature(QFont.Tag("tnum"), 1)
        result.setFont(font)
        result.setForeground(self.colour(style.ink.value))
        if style.mono and kind is not Kind.CODE:
            result.setBackground(self.colour("code_ground"))
        if style.href:
            result.setAnchor(True)
            result.setAnchorHref(style.href)
            result.setFontUnderline(style.ink is Ink.LINK)
        return result

    def _on_theme_changed(self) -> None:
        self._formats.clear()
        self.changed.emit()


def paint_frame(
    painter: QPainter, rect: QRectF, fill: QColor, line: QColor | None, *, first: bool, last: bool, radius: int = RADIUS
) -> None:
    """Draws a part of a frame: rounded where it begins and ends, open to the rows above and below."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(rect)
    over = 2 * radius
    path = QPainterPath()
    path.addRoundedRect(rect.adjusted(0.5, 0.5 if first else -over, -0.5, -0.5 if last else over), radius, radius)
    painter.setPen(QPen(line, 1) if line else Qt.PenStyle.NoPen)
    painter.setBrush(fill)
    painter.drawPath(path)
    painter.restore()


def paint_focus(painter: QPainter, rect: QRectF, colour: QColor, radius: int = RADIUS) -> None:
    """Draws the ring around what has the keyboard's focus."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)
    painter.restore()


def whole(pixels: float) -> int:
    """Pixels that hold a fractional size."""
    return math.ceil(pixels - 0.01)
