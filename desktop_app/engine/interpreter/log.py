"""Turns the bytes that code prints into log text: whole characters, no terminal escapes, a limited length."""

import codecs
import re

from desktop_app.engine.interpreter import wording

# CSI, OSC (ended by BEL or ST), other two-character escapes. Source: ECMA-48.
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-Z\\^-~])")
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)?$|\r$")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]")
_LONGEST_ESCAPE = 4096


class LogText:
    """The text of one step. Whatever is over the limit is counted and dropped."""

    def __init__(self, limit: int) -> None:
        self._left = limit
        self._cut = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._pending = ""
        self._ends_line = True

    def feed(self, data: bytes) -> str:
        """Takes more bytes and returns what can be shown of them now."""
        if self._left == 0:
            self._cut += len(data)
            return ""
        text = self._pending + self._decoder.decode(data)
        unfinished = _UNFINISHED.search(text)
        if unfinished and len(text) - unfinished.start() <= _LONGEST_ESCAPE:
            text, self._pending = text[: unfinished.start()], text[unfinished.start() :]
        else:
            self._pending = ""
        return self._take(_clean(text))

    def finish(self) -> str:
        """Returns what was held back, and a line that says how much was cut."""
        text = self._take(_clean(self._pending + self._decoder.decode(b"", final=True)))
        self._pending = ""
        self._decoder.reset()
        if self._cut:
            text += self.line(wording.output_cut(self._cut))
            self._cut = 0
        return text

    def line(self, text: str) -> str:
        """A line of our own, beginning where a line begins; outside the limit."""
        begun = "" if self._ends_line else "\n"
        self._ends_line = True
        return f"{begun}{text}\n"

    def _take(self, text: str) -> str:
        taken = text.encode()[: self._left].decode("utf-8", "ignore")
        cut = len(text.encode()) - len(taken.encode())
        self._left = 0 if cut else self._left - len(taken.encode())
        self._cut += cut
        if taken:
            self._ends_line = taken.endswith("\n")
        return taken


def _clean(text: str) -> str:
    text = _ESCAPE.sub("", text.replace("\r\n", "\n"))
    return _CONTROL.sub("", text.replace("\r", "\n"))
