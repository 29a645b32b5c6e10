"""Markdown as styled text. HTML is text, pictures are links: nothing is interpreted and nothing is loaded."""

import re
import unicodedata
from collections.abc import Iterator, MutableMapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from desktop_app.gui.transcript.rich import BREAK, PLAIN, Ink, Kind, Paragraph, Span, Style, Table

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_BARE_LINK = re.compile(r"https?://[^\s<>()\[\]{}\"'`|]*[^\s<>()\[\]{}\"'`|.,;:!?*_]")
_TASK = re.compile(r"^\[([ xX])\] ")
_BULLETS = "•◦▪"
_HEADINGS = {"h1": Kind.HEADING_1, "h2": Kind.HEADING_2}
_GAP = 12
_TIGHT_GAP = 4
_HEADING_GAP = 20


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # noqa: PLC0415 - not before the first paint

    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def parse(text: str, references: MutableMapping[str, Any]) -> "list[Token]":
    """The tokens of `text`; link definitions are read from and added to `references`."""
    return _parser().parse(text, references)


def paragraphs(tokens: "Sequence[Token]", number: int | None = None) -> tuple[Paragraph, ...]:
    """The paragraphs of one block.

    Args:
        tokens: The block's tokens.
        number: What an ordered list begins with, where it goes on from a row before.
    """
    return tuple(_Writer(number).write(tokens))


def table(tokens: "Sequence[Token]") -> Table:
    """The table that the tokens are."""
    rows: list[tuple[tuple[Span, ...], ...]] = []
    cells: list[tuple[Span, ...]] = []
    alignments: list[str] = []
    for token in tokens:
        if token.type == "tr_open":
            cells = []
        elif token.type == "inline":
            cells.append(tuple(_inline(token, Style(bold=not rows))))
        elif token.type == "th_open":
            found = re.search(r"right|center", str(token.attrGet("style") or ""))
            alignments.append(found.group() if found else "left")
        elif token.type == "tr_close":
            rows.append(tuple(cells))
    return Table(rows[0], tuple(rows[1:]), tuple(alignments))


class _Writer:
    """Walks the tokens of a block and keeps count of lists and quotes around them."""

    def __init__(self, number: int | None) -> None:
        self._number = number
        self._lists: list[int | None] = []  # the next number of each list, None for bullets
        self._quote = 0
        self._marker = ""
        self._kind = Kind.BODY
        self._gap = _GAP
        self._cells: list[Span] = []

    def write(self, tokens: "Sequence[Token]") -> Iterator[Paragraph]:
        before = ""
        for token in tokens:
            is_cell = before in ("th_open", "td_open")
            before = token.type
            match token.type:
                case "bullet_list_open":
                    self._lists.append(None)
                case "ordered_list_open":
                    start = int(token.attrGet("start") or 1) if "start" in token.attrs else 1
                    self._lists.append(self._number if self._number is not None and not self._lists else start)
                case "bullet_list_close" | "ordered_list_close":
                    self._lists.pop()
                case "list_item_open":
                    self._open_item()
                case "list_item_close" if self._marker:
                    yield self._paragraph(())
                case "paragraph_open":
                    self._gap = _TIGHT_GAP if token.hidden or self._marker else _GAP
                case "heading_open":
                    self._kind = _HEADINGS.get(token.tag, Kind.HEADING_3)
                    self._gap = _HEADING_GAP
                case "heading_close":
                    self._kind = Kind.BODY
                case "blockquote_open":
                    self._quote += 1
                case "blockquote_close":
                    self._quote -= 1
                case "inline" if is_cell:  # of a table inside a list or a quote, which is shown as lines
                    self._cells += [*_inline(token, PLAIN), Span("   ")]
                case "inline":
                    yield self._paragraph(tuple(_inline(token, PLAIN)))
                case "tr_close":
                    self._gap = _TIGHT_GAP
                    yield self._paragraph(tuple(self._cells))
                    self._cells = []
                case "fence" | "code_block":
                    yield from self._code(token.content)
                case "hr":
                    yield Paragraph((), Kind.RULE, _GAP)

    def _open_item(self) -> None:
        number = self._lists[-1]
        if number is None:
            self._marker = _BULLETS[min(len(self._lists), len(_BULLETS)) - 1] + "\t"
        else:
            self._marker = f"{number}.\t"
            self._lists[-1] = number + 1

    def _paragraph(self, spans: tuple[Span, ...]) -> Paragraph:
        hanging = bool(self._marker)
        if hanging:
            task = _TASK.match(spans[0].text) if spans else None
            if task:
                self._marker = "☐\t" if task.group(1) == " " else "☑\t"
                spans = (Span(spans[0].text[4:], spans[0].style), *spans[1:])
            if _is_right_to_left(spans):  # tabs have no width in such lines
                self._marker = self._marker.replace("\t", "\u00a0\u00a0")
            spans = (Span(self._marker, Style(Ink.MUTED)), *spans)
            self._marker = ""
        return Paragraph(spans, self._kind, self._gap, len(self._lists), hanging, self._quote)

    def _code(self, content: str) -> Iterator[Paragraph]:
        for index, line in enumerate(content.removesuffix("\n").split("\n")):
            gap = 0 if index else _TIGHT_GAP
            spans = (Span(line, Style(mono=True)),) if line else ()
            yield Paragraph(spans, Kind.CODE, gap, len(self._lists), quote=self._quote)


def _is_right_to_left(spans: tuple[Span, ...]) -> bool:
    """Whether the first letter that has a direction is one of a script that runs to the left."""
    directions = (unicodedata.bidirectional(letter) for span in spans for letter in span.text)
    return next((found in ("R", "AL") for found in directions if found in ("L", "R", "AL")), False)


def _inline(token: "Token", base: Style) -> Iterator[Span]:
    style = base
    outer: list[Style] = []
    for child in token.children or ():
        match child.type:
            case "text":
                yield from _text(child.content, style)
            case "code_inline":
                yield Span(child.content, style._replace(mono=True))
            case "softbreak":
                yield Span(" ", style)
            case "hardbreak":
                yield Span(BREAK, style)
            case "image":
                label = child.content or str(child.attrGet("src") or "")
                yield Span(label, style._replace(ink=Ink.LINK, href=str(child.attrGet("src") or "")))
            case "strong_open" | "em_open" | "s_open" | "link_open":
                outer.append(style)
                style = _opened(child, style)
            case "strong_close" | "em_close" | "s_close" | "link_close":
                style = outer.pop()
            case _:
                yield Span(child.content, style)


def _opened(token: "Token", style: Style) -> Style:
    match token.type:
        case "strong_open":
            return style._replace(bold=True)
        case "em_open":
            return style._replace(italic=True)
        case "s_open":
            return style._replace(strike=True)
        case _:
            return style._replace(ink=Ink.LINK, href=str(token.attrGet("href") or ""))


def _text(text: str, style: Style) -> Iterator[Span]:
    """Text, with bare addresses as links."""
    position = 0
    for found in () if style.href else _BARE_LINK.finditer(text):
        if found.start() > position:
            yield Span(text[position : found.start()], style)
        yield Span(found.group(), style._replace(ink=Ink.LINK, href=found.group()))
        position = found.end()
    if position < len(text):
        yield Span(text[position:], style)
