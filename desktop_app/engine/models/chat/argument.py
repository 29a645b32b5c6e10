"""Decodes the code out of a tool call's arguments while they are still being written."""

import json
import re
from enum import Enum, auto

_CODE_KEYS = frozenset({"code", "input", "python", "script", "source", "source_code", "python_code"})
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "'": "'"}
_SPACE = " \t\r\n"
_OBJECT_START = re.compile(r"\s*\{\s*(\"|\}|$)")
_PLACEHOLDER = "\N{REPLACEMENT CHARACTER}"


class _State(Enum):
    UNDECIDED = auto()  # too little was read to tell JSON from bare code
    RAW = auto()
    BETWEEN = auto()  # in the object, outside of strings
    STRING = auto()  # in a key, or a value that is not the code
    CODE = auto()


class CodeArgument:
    r"""Turns arguments such as `{"code": "print(1)"}` into the code, piece by piece.

    The code is the first string under a key that means code, at any depth; else the first string there is. Arguments
    that are no JSON object are the code themselves. Models break the rules of JSON inside the string, so line breaks,
    unknown escapes (`\d` of a pattern) and quotes that plainly do not end it are taken as they stand.

    Attributes:
        complete: The object's last brace was read.
    """

    def __init__(self) -> None:
        self.complete = False
        self._state = _State.UNDECIDED
        self._held = ""  # undecided text, or an escape that has not ended
        self._string: list[str] = []  # of a string that is not the code (yet)
        self._last = ""  # the string before a colon: the key
        self._first: str | None = None
        self._is_value = False
        self._depth = 0
        self._escape = _Escape()
        self._quote = ""  # a quote, and spaces, that may or may not end the code
        self._found = False

    @property
    def is_raw(self) -> bool:
        """Whether the arguments are the code itself, which has no mark of its end."""
        return self._state is _State.RAW

    def feed(self, text: str) -> str:
        """Returns the code that these characters complete, possibly none."""
        if self._state is _State.UNDECIDED:
            text = self._decide(text)
        if self._state is _State.RAW:
            return text
        if self._state is _State.UNDECIDED:
            return ""
        return "".join(map(self._step, text))

    def close(self) -> str:
        """Returns what was held back when the arguments ended."""
        match self._state:
            case _State.UNDECIDED:
                return self._whole()
            case _State.CODE:
                return self._escape.close()
            case _ if not self._found and self._first is not None:
                return self._first
            case _:
                return ""

    def _decide(self, text: str) -> str:
        self._held += text
        start = self._held.lstrip()
        if not start:
            return ""
        match = _OBJECT_START.match(self._held)
        if (match is not None and not match[1]) or start.startswith('"{') or start == '"':
            return ""  # `{` alone may begin a set of Python; `"{` begins JSON that was encoded twice
        self._state = _State.RAW if match is None else _State.BETWEEN
        held, self._held = self._held, ""
        return held

    def _whole(self) -> str:
        try:
            inner = json.loads(self._held, strict=False)
        except ValueError:
            inner = None
        if not isinstance(inner, str):
            return self._held if self._held.strip() else ""
        decoder = CodeArgument()
        return decoder.feed(inner) + decoder.close()

    def _step(self, char: str) -> str:
        match self._state:
            case _State.CODE:
                return self._code(char)
            case _State.STRING:
                self._other(char)
            case _:
                self._between(char)
        return ""

    def _between(self, char: str) -> None:
        if char == '"':
            is_code = self._is_value and self._last in _CODE_KEYS and not self._found
            self._state = _State.CODE if is_code else _State.STRING
            self._found = self._found or is_code
            self._string.clear()
        elif char == ":":
            self._is_value = True
        elif char in "{[,":
            self._is_value = False
            self._depth += char != ","
        elif char in "}]":
            self._depth -= 1
            self.complete = self.complete or self._depth <= 0

    def _other(self, char: str) -> None:
        if char != '"' or self._escape.is_open:
            self._string.append(self._escape.feed(char))
            return
        value = "".join((*self._string, self._escape.close()))
        if not self._is_value:
            self._last = value
        elif self._first is None and self._last not in ("language", "lang"):
            self._first = value
        self._state = _State.BETWEEN

    def _code(self, char: str) -> str:
        if self._quote:
            if char in _SPACE:
                self._quote += char
                return ""
            quote, self._quote = self._quote, ""
            if char in ",}]":
                self._state = _State.BETWEEN
                self._is_value = False
                self._between(char)
                return self._escape.close()
            return self._escape.close() + quote + self._code(char)
        if char == '"' and not self._escape.is_open:
            self._quote = char
            return ""
        return self._escape.feed(char)


class _Escape:
    """Decodes the characters inside a JSON string one by one, joining surrogate pairs."""

    def __init__(self) -> None:
        self._held = ""  # an escape sequence that has not ended
        self._high = 0  # the first half of a surrogate pair

    @property
    def is_open(self) -> bool:
        """Whether the next character belongs to an escape sequence that began."""
        return bool(self._held)

    def feed(self, char: str) -> str:
        if not self._held:
            if char == "\\":
                self._held = char
                return ""
            return self._lone() + char
        if self._held == "\\":
            if char == "u":
                self._held += char
                return ""
            self._held = ""
            return self._lone() + _ESCAPES.get(char, "\\" + char)
        if char not in "0123456789abcdefABCDEF":
            broken, self._held = self._held, ""
            return self._lone() + broken + (self.feed(char) if char != '"' else char)
        self._held += char
        if len(self._held) < 6:
            return ""
        unit, self._held = int(self._held.removeprefix("\\u"), 16), ""
        return self._unit(unit)

    def close(self) -> str:
        """Returns half a surrogate pair as a placeholder, and drops half an escape."""
        self._held = ""
        return self._lone()

    def _unit(self, unit: int) -> str:
        if 0xDC00 <= unit < 0xE000 and self._high:
            high, self._high = self._high, 0
            return chr(0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00))
        before = self._lone()
        if 0xD800 <= unit < 0xDC00:
            self._high = unit
            return before
        return before + (_PLACEHOLDER if 0xDC00 <= unit < 0xE000 else chr(unit))

    def _lone(self) -> str:
        lone, self._high = self._high, 0
        return _PLACEHOLDER if lone else ""
