"""Styled text as values: what a row shows, without Qt. Nothing in it is ever interpreted as HTML."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

BREAK = "\u2028"
"""A line break inside a paragraph."""
LONGEST_LINE = 2_000
"""Characters of one paragraph of code or log; laying out megabytes in one line would take seconds."""


class Ink(StrEnum):
    """A colour by what it says. The values are names of palette tokens."""

    TEXT = "text"
    MUTED = "muted"
    LINK = "accent"
    ERROR = "error"
    KEYWORD = "keyword"
    STRING = "string"
    NUMBER = "number"
    FUNCTION = "function"
    COMMENT = "comment"


class Style(NamedTuple):
    """How a piece of text looks."""

    ink: Ink = Ink.TEXT
    bold: bool = False
    italic: bool = False
    strike: bool = False
    mono: bool = False
    href: str = ""


PLAIN = Style()


class Span(NamedTuple):
    """Text in one style."""

    text: str
    style: Style = PLAIN


class Kind(StrEnum):
    """What a paragraph is."""

    BODY = "body"
    NOTE = "note"  # beside what matters: smaller
    HEADING_1 = "h1"
    HEADING_2 = "h2"
    HEADING_3 = "h3"
    CELL = "cell"  # in a table: figures of one width
    CODE = "code"  # monospace, one paragraph a line
    RULE = "rule"


class Paragraph(NamedTuple):
    """A paragraph.

    Attributes:
        gap: Pixels above it, unless it is the first of its row.
        indent: Levels of lists.
        hanging: Begins with a list marker and a tab, which hang to the left of the text.
        quote: Levels of block quotes.
        continued: The line goes on in the next paragraph.
    """

    spans: tuple[Span, ...]
    kind: Kind = Kind.BODY
    gap: int = 0
    indent: int = 0
    hanging: bool = False
    quote: int = 0
    continued: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table; every row has as many cells as the head.

    Attributes:
        alignments: `left`, `right` or `center` for each column.
    """

    head: tuple[tuple[Span, ...], ...]
    rows: tuple[tuple[tuple[Span, ...], ...], ...]
    alignments: tuple[str, ...]


def text_of(spans: tuple[Span, ...]) -> str:
    """The characters alone."""
    return "".join(span.text for span in spans)


def plain_text(paragraphs: tuple[Paragraph, ...]) -> str:
    """The text with one character for each paragraph's end: positions are those of a `QTextDocument`."""
    return "\n".join(text_of(paragraph.spans) for paragraph in paragraphs)


def copied_text(paragraphs: tuple[Paragraph, ...], start: int, end: int) -> str:
    """The characters from `start` to `end` of `plain_text` as they go to the clipboard."""
    pieces: list[str] = []
    position = 0
    for paragraph in paragraphs:
        text = text_of(paragraph.spans)
        pieces.append(text[max(start - position, 0) : max(end - position, 0)])
        position += len(text)
        if start <= position < end and not paragraph.continued:
            pieces.append("\n")
        position += 1
        if position >= end:
            break
    return "".join(pieces).replace(BREAK, "\n")


def table_text(table: Table) -> str:
    """A table with tabs, one character for each boundary that a `QTextDocument` has (the first one included)."""
    rows = (table.head, *table.rows)
    return "".join("\n" + "\t".join(text_of(cell) for cell in row) for row in rows) + "\n"


def cut(line: str) -> list[str]:
    """A line in pieces short enough to be laid out quickly; one empty piece for an empty line."""
    return [line[start : start + LONGEST_LINE] for start in range(0, len(line), LONGEST_LINE)] or [""]
