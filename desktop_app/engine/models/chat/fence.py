"""Finds fenced Python blocks in a streamed text: how a model without tool calling asks for code to be run."""

import re
from dataclasses import dataclass

_OPENING = re.compile(r" {0,3}(`{3,})[ \t]*(?:python3?|py|ipython)[ \t]*\r?", re.IGNORECASE)
_MAYBE_FENCE = re.compile(r" {0,3}(`{0,2}|`{3}.*)")


@dataclass(frozen=True, slots=True)
class Prose:
    """Text outside of Python blocks."""

    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """A line, or a piece of one, inside the Python block that is open."""

    text: str


@dataclass(frozen=True, slots=True)
class BlockEnd:
    """The block's closing fence.

    Attributes:
        source: The block as it was written, fences included.
    """

    source: str


Piece = Prose | Block | BlockEnd


class FenceSplitter:
    """Splits a text at its Python fences; only a line that may be a fence is held back.

    Blocks in other languages, and fences without one, are prose. The line break before the closing fence is no code.
    """

    def __init__(self) -> None:
        self._held = ""
        self._at_line_start = True
        self._fence = ""  # what closes the open Python block
        self._foreign = ""  # what closes an open block in another language
        self._source: list[str] = []
        self._newline = ""  # the line break that is code only if more code follows

    def feed(self, text: str) -> list[Piece]:
        """Returns what is certain by now."""
        self._held += text
        pieces: list[Piece] = []
        while self._held:
            line, newline, rest = self._held.partition("\n")
            if not newline and self._at_line_start and self._may_be_fence(line):
                break
            self._held = rest
            pieces += self._take(line, newline)
            self._at_line_start = bool(newline)
        return pieces

    def close(self) -> list[Piece]:
        """Returns what was held back; a block that is still open ends here."""
        line, self._held = self._held, ""
        pieces = self._take(line, "") if line else []
        if self._fence:
            pieces.append(self._end())
        return pieces

    def _may_be_fence(self, line: str) -> bool:
        if self._fence:
            return not line.strip().strip("`")
        return _MAYBE_FENCE.fullmatch(line) is not None

    def _take(self, line: str, newline: str) -> list[Piece]:
        if self._fence:
            return self._code(line, newline)
        if self._at_line_start:
            if self._foreign:
                if _closes(line, self._foreign):
                    self._foreign = ""
            elif (match := _OPENING.fullmatch(line)) is not None and newline:
                self._fence = match[1]
                self._source = [line, newline]
                return []
            elif (fence := re.match(r" {0,3}(`{3,})[^`]*$", line)) is not None:
                self._foreign = fence[1]
        return [Prose(line + newline)]

    def _code(self, line: str, newline: str) -> list[Piece]:
        if self._at_line_start and _closes(line, self._fence):
            self._source += (line, newline)
            return [self._end()]
        self._source += (line, newline)
        before, self._newline = self._newline, newline
        return [Block(before + line)] if before or line else []

    def _end(self) -> BlockEnd:
        source = "".join(self._source)
        self._fence = self._newline = ""
        self._source = []
        return BlockEnd(source)


def _closes(line: str, fence: str) -> bool:
    marks = line.strip()
    return len(marks) >= len(fence) and not marks.strip("`")
