"""Code and logs as lines in chunks: text that grows costs what is new, not what is there."""

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from desktop_app.gui.transcript.rich import LONGEST_LINE, PLAIN, Ink, Kind, Paragraph, Span, Style, cut

if TYPE_CHECKING:
    from pygments.lexer import Lexer
    from pygments.token import _TokenType

CHUNK = 40
"""Lines of one row of the scroller."""
_LONGEST_RESTART = 20_000
"""Characters that are highlighted again at most when text is appended (inside a huge string literal)."""
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_TRACEBACK = re.compile(
    r"^(?:-{20,}$|Traceback \(most recent call last\))|^\w+(?:Error|Exception|Interrupt)?\s{2,}Traceback "
)
_CONTROLS = {code: None for code in range(32) if chr(code) not in "\t\n"} | {127: None, 0x2028: " ", 0x2029: " "}

Line = tuple[Paragraph, ...]
"""One line: a single paragraph unless it is very long."""


class Lines:
    """Text cut into lines and chunks of lines. Chunks that did not change stay the same objects."""

    def __init__(self) -> None:
        self._text = ""
        self._lines: list[Line] = []
        self._chunks: list[Line] = []
        self._restart = (0, 0)

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def chunks(self) -> list[Line]:
        """The paragraphs of every `CHUNK` lines."""
        return self._chunks

    def slice(self, start: int, end: int) -> Line:
        """The paragraphs of some lines."""
        return tuple(paragraph for line in self._lines[start:end] for paragraph in line)

    def feed(self, text: str) -> None:
        """Takes the whole text as it is now; looks only at the end of it if it has just grown."""
        text = text.removesuffix("\n")
        if text == self._text and self._lines:
            return
        line, offset = self._restart if text.startswith(self._text) else (0, 0)
        self._text = text
        self._restart = (line, offset)
        del self._lines[line:]
        for start, made in self._styled(text[offset:], line):
            if start is not None:
                self._restart = (len(self._lines), offset + start)
            self._lines.append(made)
        first = line // CHUNK
        del self._chunks[first:]
        for begin in range(first * CHUNK, len(self._lines), CHUNK):
            self._chunks.append(self.slice(begin, begin + CHUNK))

    def _styled(self, text: str, first: int) -> Iterator[tuple[int | None, Line]]:
        """Each line with the offset of its beginning, or None where one cannot begin afresh."""
        raise NotImplementedError


class LogLines(Lines):
    """Output: plain text, without escape codes, with what a carriage return overwrote left out.

    Attributes:
        traceback: The line where a traceback begins, or None.
    """

    def __init__(self) -> None:
        super().__init__()
        self.traceback: int | None = None

    def _styled(self, text: str, first: int) -> Iterator[tuple[int | None, Line]]:
        if self.traceback is not None and self.traceback >= first:
            self.traceback = None
        offset = 0
        for index, raw in enumerate(text.split("\n"), first):
            line = _ESCAPES.sub("", raw).rstrip("\r")
            line = line[line.rfind("\r") + 1 :].translate(_CONTROLS)
            if self.traceback is None and _TRACEBACK.match(line):
                self.traceback = index
            style = PLAIN if self.traceback is None else Style(Ink.ERROR)
            yield offset, _line(line, style)
            offset += len(raw) + 1


class CodeLines(Lines):
    """Code in colours. An unknown language is plain text."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def _styled(self, text: str, first: int) -> Iterator[tuple[int | None, Line]]:
        lexer = _lexer(self._language)
        plain = lexer is None or (len(text) > _LONGEST_RESTART and first > 0)
        if plain or any(len(line) > LONGEST_LINE for line in text.split("\n")):
            offset = 0
            for raw in text.split("\n"):
                yield offset, _line(raw.translate(_CONTROLS), PLAIN)
                offset += len(raw) + 1
        elif lexer:
            yield from _highlighted(lexer, text)


def _highlighted(lexer: "Lexer", text: str) -> Iterator[tuple[int | None, Line]]:
    from pygments.token import Comment, Name, String, Text  # noqa: PLC0415 - not before the first paint

    spans: list[Span] = []
    start: int | None = 0
    position = 0
    before: _TokenType = Text
    for _, token, value in lexer.get_tokens_unprocessed(text):
        if before is Name and value.startswith("("):
            spans[-1] = Span(spans[-1].text, Style(Ink.FUNCTION))
        before = token
        style = _style(token)
        pieces = value.split("\n")
        for piece in pieces[:-1]:
            position += len(piece) + 1
            if piece:
                spans.append(Span(piece.translate(_CONTROLS), style))
            yield start, (Paragraph(_merged(spans), Kind.CODE),)
            spans = []
            # In the middle of a string or comment a line means nothing without the lines before it.
            start = None if _is(token, String) or _is(token, Comment.Multiline) else position
        if pieces[-1]:
            position += len(pieces[-1])
            spans.append(Span(pieces[-1].translate(_CONTROLS), style))
    yield start, (Paragraph(_merged(spans), Kind.CODE),)


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    """Neighbours of one style as one span: fewer and larger pieces to draw."""
    merged: list[Span] = []
    for span in spans:
        if merged and (merged[-1].style == span.style or not span.text.strip()):
            merged[-1] = Span(merged[-1].text + span.text, merged[-1].style)
        elif span.text:
            merged.append(span)
    return tuple(merged)


def _line(line: str, style: Style) -> Line:
    pieces = cut(line)
    return tuple(
        Paragraph((Span(piece, style),) if piece else (), Kind.CODE, continued=index + 1 < len(pieces))
        for index, piece in enumerate(pieces)
    )


@cache
def _style(token: "_TokenType") -> Style:
    from pygments.token import Comment, Keyword, Name, Number, Operator, String  # noqa: PLC0415 - as above

    inks = (
        (Comment, Ink.COMMENT),
        (Keyword, Ink.KEYWORD),
        (Operator.Word, Ink.KEYWORD),
        (String, Ink.STRING),
        (Number, Ink.NUMBER),
        (Name.Function, Ink.FUNCTION),
        (Name.Class, Ink.FUNCTION),
        (Name.Builtin, Ink.FUNCTION),
        (Name.Decorator, Ink.FUNCTION),
        (Name.Tag, Ink.KEYWORD),
    )
    return Style(next((ink for kind, ink in inks if _is(token, kind)), Ink.TEXT))


def _is(token: "_TokenType", kind: "_TokenType") -> bool:
    return token[: len(kind)] == kind


@cache
def _lexer(language: str) -> "Lexer | None":
    from pygments.lexers import get_lexer_by_name  # noqa: PLC0415 - as above
    from pygments.util import ClassNotFound  # noqa: PLC0415 - as above

    try:
        # What is shown must be what was written: no line is stripped or added.
        return get_lexer_by_name(language, stripnl=False, ensurenl=False) if language else None
    except ClassNotFound:
        return None
