"""Removes the reasoning that some models write into their answer."""

from typing import Final

_TAGS: Final = {
    "<think>": "</think>",
    "<thinking>": "</thinking>",
    "<thought>": "</thought>",
    "<seed:think>": "</seed:think>",
    "[THINK]": "[/THINK]",
}


class ThoughtFilter:
    """Drops `<think>...</think>` where it begins a line, wherever the text is cut into pieces.

    A tag in the middle of a line is left: an answer may speak of it. Space before the answer's first word goes too.
    """

    def __init__(self) -> None:
        self._held = ""
        self._end = ""  # the tag that ends the thought we are in
        self._at_line_start = True
        self._is_blank = True  # nothing has been let through yet

    def feed(self, text: str) -> str:
        """Returns the part of the answer that is certain by now."""
        self._held += text
        kept: list[str] = []
        while self._held:
            piece = self._thought() if self._end else self._answer()
            if piece is None:
                break
            kept.append(piece)
        return "".join(kept)

    def close(self) -> str:
        """Returns what was held back. A thought that never ended is dropped."""
        rest, self._held = self._held, ""
        return "" if self._end else self._let_through(rest)

    def _thought(self) -> str | None:
        before, tag, after = self._held.partition(self._end)
        if not tag:
            self._held = before[-(len(self._end) - 1) :]  # its last characters may begin the tag
            return None
        self._held = after
        self._end = ""
        return ""

    def _answer(self) -> str | None:
        """Lets through one line, or what there is of it; None when the next characters decide."""
        if self._at_line_start:
            start = self._held.lstrip(" \t") if not self._is_blank else self._held.lstrip()
            for tag, end in _TAGS.items():
                if start.startswith(tag):
                    self._held, self._end = start[len(tag) :], end
                    return ""
            if any(tag.startswith(start) for tag in _TAGS):
                return None
        line, newline, self._held = self._held.partition("\n")
        self._at_line_start = bool(newline)
        return self._let_through(line + newline)

    def _let_through(self, text: str) -> str:
        if self._is_blank:
            text = text.lstrip()
            self._is_blank = not text
        return text
