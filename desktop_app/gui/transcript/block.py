"""An answer as a growing list of blocks: finished blocks are made once, only the open one is made again."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from desktop_app.gui.transcript.line import CHUNK, CodeLines, Line
from desktop_app.gui.transcript.markdown import paragraphs, parse, table
from desktop_app.gui.transcript.rich import Paragraph, Span, Table

if TYPE_CHECKING:
    from markdown_it.token import Token


_GAP = 12
_TIGHT_GAP = 4


@dataclass(frozen=True, slots=True, eq=False)
class TextBlock:
    """Paragraphs, a heading, a list or a part of one."""

    paragraphs: tuple[Paragraph, ...]
    gap: int


@dataclass(frozen=True, slots=True, eq=False)
class CodeBlock:
    """Up to `CHUNK` lines of a code fence; `first` and `last` of it."""

    paragraphs: Line
    first: bool
    last: bool
    fence: "Fence"


@dataclass(frozen=True, slots=True, eq=False)
class TableBlock:
    """A table."""

    table: Table


Block = TextBlock | CodeBlock | TableBlock


class Fence:
    """A code fence: its lines and its rows.

    Attributes:
        code: The code as it was written, for "Copy code".
    """

    def __init__(self, info: str) -> None:
        self.code = ""
        self._lines = CodeLines(info.split(maxsplit=1)[0].lower() if info.split() else "")
        self._blocks: list[CodeBlock] = []

    def feed(self, code: str) -> list[CodeBlock]:
        """Takes all the code there is; returns the rows, the same ones where nothing changed."""
        self.code = code
        self._lines.feed(code)
        chunks = self._lines.chunks
        for index, chunk in enumerate(chunks):
            old = self._blocks[index] if index < len(self._blocks) else None
            last = index == len(chunks) - 1
            if old is None or old.paragraphs is not chunk or old.last != last:
                self._blocks[index : index + 1] = [CodeBlock(chunk, index == 0, last, self)]
        del self._blocks[len(chunks) :]
        return list(self._blocks)


@dataclass(slots=True)
class _OpenFence:
    """A fence that is still being written: where its code begins, and how it will be closed."""

    fence: Fence
    content: int
    closing: re.Pattern[str]
    partial: str


@dataclass(frozen=True, slots=True)
class _OpenTable:
    """A long table that is still being written: the source of its head, and the rows that are final."""

    source: str
    rows: tuple[tuple[tuple[Span, ...], ...], ...]


class BlockStream:
    """Markdown that grows, as blocks.

    Attributes:
        blocks: All blocks in their order.
        frozen: How many of them, from the beginning, will never change.
    """

    def __init__(self) -> None:
        self._reset({})

    def _reset(self, references: dict[str, Any]) -> None:
        self.blocks: list[Block] = []
        self.frozen = 0
        self._text = ""
        self._start = 0
        self._number: int | None = None
        self._references = references
        self._open_fence: _OpenFence | None = None
        self._open_table: _OpenTable | None = None

    def feed(self, text: str) -> None:
        """Takes the whole text as it is now. Text that has only grown costs its open block."""
        if text == self._text:
            return
        if not text.startswith(self._text):
            self._reset({})  # a service may correct what it has streamed
        self._text = text
        if not self._open_fence or self._feed_fence(self._open_fence):
            self._feed_markdown()

    def finish(self) -> None:
        """The text is complete: definitions at its end hold for links before them."""
        if not self._references and "]:" not in self._text[self._start :]:
            return
        text, environment = self._text, {"references": dict[str, Any]()}
        parse(text, environment)
        self._reset(environment["references"])
        self.feed(text)

    def _feed_fence(self, opened: _OpenFence) -> bool:
        """Appends to the open fence; says whether it has been closed."""
        closed = opened.closing.search(self._text, opened.content)
        end = closed.start() if closed else len(self._text)
        code = self._text[opened.content : end]
        line = code.rfind("\n") + 1
        if not closed and code[line:].strip() and not code[line:].strip().strip(opened.partial):
            code = code[:line]  # what may become the closing line
        self.blocks[self.frozen :] = opened.fence.feed(code)
        if not closed or closed.end() == len(self._text):
            return False
        self._freeze(closed.end(), len(self.blocks))
        return True

    def _feed_markdown(self) -> None:
        head = self._open_table.source if self._open_table else ""
        tail = head + self._text[self._start :]
        tokens = parse(tail, {"references": dict(self._references)})
        groups = list(_top_level(tokens))
        starts = _line_starts(tail)
        del self.blocks[self.frozen :]
        for index, group in enumerate(groups):
            begin = starts[_lines_of(group)[0]]
            is_last = index == len(groups) - 1
            if index:
                self._freeze(self._start_of(begin, len(tail)), len(self.blocks))
                self._number = None
                self._open_table = None
            self._add(group, tail, starts, is_open=is_last)

    def _start_of(self, begin: int, tail: int) -> int:
        return len(self._text) - tail + begin

    def _freeze(self, start: int, count: int) -> None:
        """The text before `start` and the first `count` blocks are final."""
        before = self._text[self._start : start]
        if "]:" in before:
            parse(before, {"references": self._references})
        self._start = start
        self.frozen = count
        self._open_fence = None

    def _add(self, group: "Sequence[Token]", tail: str, starts: list[int], *, is_open: bool) -> None:
        match group[0].type:
            case "fence":
                self._add_fence(group[0], tail, starts, is_open=is_open)
            case "table_open":
                self._add_table(group, tail, starts, is_open=is_open)
            case "bullet_list_open" | "ordered_list_open":
                self._add_list(group, tail, starts, is_open=is_open)
            case _:
                self.blocks.append(_text_block(paragraphs(group)))

    def _add_fence(self, token: "Token", tail: str, starts: list[int], *, is_open: bool) -> None:
        fence = Fence(token.info)
        self.blocks += fence.feed(token.content)
        if not is_open:
            return
        first, end = _lines_of([token])
        content = starts[first + 1] if first + 1 < len(starts) else len(tail)
        lines = tail[starts[first] :].splitlines()
        mark = re.escape(token.markup[0])
        closing = re.compile(rf"^ {{0,3}}{mark}{{{len(token.markup)},}}[ \t]*(?:\n|\Z)", re.MULTILINE)
        is_closed = len(lines) > 1 and end - first > 1 and closing.match(lines[end - first - 1])
        # A closing line that has not ended yet may still become a line of the code.
        if not is_closed and content <= len(tail) and tail[starts[first] : content].endswith("\n"):
            partial = token.markup[0]
            self._open_fence = _OpenFence(fence, self._start_of(content, len(tail)), closing, partial)

    def _add_table(self, group: "Sequence[Token]", tail: str, starts: list[int], *, is_open: bool) -> None:
        """Adds a table; of a long one that is still being written only the last row is read again."""
        made = table(group)
        if self._open_table:
            made = replace(made, rows=(*self._open_table.rows, *made.rows))
        self.blocks.append(TableBlock(made))
        lines = [token.map[0] for token in group if token.type == "tr_open" and token.map]
        if is_open and len(lines) > CHUNK:
            first, _ = _lines_of(group)
            source = self._open_table.source if self._open_table else tail[starts[first] : starts[lines[1]]]
            self._freeze(self._start_of(starts[lines[-1]], len(tail)), len(self.blocks) - 1)
            self._open_table = _OpenTable(source, made.rows[:-1])

    def _add_list(self, group: "Sequence[Token]", tail: str, starts: list[int], *, is_open: bool) -> None:
        """Adds a list in rows of about `CHUNK` lines; what is before the last of them is final at once."""
        follows = self._number is not None
        start = group[0].attrs.get("start", 1)
        number = int(start) if self._number is None else self._number
        for index, (items, line) in enumerate(_pieces(group)):
            if index and is_open:
                self._freeze(self._start_of(starts[line], len(tail)), len(self.blocks))
                self._number = number
            made = paragraphs([group[0], *items, group[-1]], number)
            self.blocks.append(_text_block(made, follows=follows or index > 0))
            number += sum(token.type == "list_item_open" and token.level == 1 for token in items)


def _pieces(group: "Sequence[Token]") -> "Iterator[tuple[Sequence[Token], int]]":
    """The items of a list in pieces of at least `CHUNK` lines, each with the line where it begins."""
    begin, line = 1, _lines_of(group)[0]
    for index, token in enumerate(group):
        if token.type == "list_item_open" and token.level == 1 and token.map and token.map[0] - line >= CHUNK:
            yield group[begin:index], line
            begin, line = index, token.map[0]
    yield group[begin:-1], line


def _top_level(tokens: "Sequence[Token]") -> "Iterator[Sequence[Token]]":
    begin = 0
    for index, token in enumerate(tokens):
        if token.level == 0 and token.nesting <= 0:
            yield tokens[begin : index + 1]
            begin = index + 1


def _lines_of(group: "Sequence[Token]") -> tuple[int, int]:
    lines = group[0].map or [0, 0]
    return lines[0], lines[1]


def _line_starts(text: str) -> list[int]:
    return [0, *(found.end() for found in re.finditer("\n", text))]


def _text_block(made: tuple[Paragraph, ...], *, follows: bool = False) -> TextBlock:
    return TextBlock(made, _TIGHT_GAP if follows else max(made[0].gap, _GAP) if made else 0)
