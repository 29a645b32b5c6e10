"""Turns the bytes of a chat-completions response into JSON objects, however the server frames them.

Read are server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) with their usual
deviations, bare JSON lines, and one JSON body where a stream was asked for. The Content-Type is not looked at: it is
wrong too often, and the first bytes tell.
"""

import codecs
import json
from collections.abc import Iterator

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.models.chat import loose

_MAX_EVENT = 64 * 1024 * 1024  # characters; a server that sends more in one event is broken or hostile
_EXCERPT = 300


class ChunkDecoder:
    """Decodes incrementally: the same objects come out wherever the bytes are cut.

    An event ends as soon as its data is complete JSON, not only at the blank line, because some servers send none.

    Attributes:
        finished: `[DONE]` was read.
    """

    def __init__(self) -> None:
        self.finished = False
        self._utf8 = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self._line: list[str] = []  # pieces of the line that has not ended yet
        self._after_cr = False
        self._size = 0
        self._data: list[str] = []  # data lines of the event that is not complete yet
        self._event = ""

    def feed(self, data: bytes) -> Iterator[loose.Json]:
        """Yields every object that these bytes complete.

        Raises:
            DeskError: RESPONSE_INVALID, or ADDRESS_INVALID if the answer is a web page.
        """
        for line in self._lines(self._utf8.decode(data)):
            yield from self._take(line)

    def close(self) -> Iterator[loose.Json]:
        """Yields what the end of the stream completes: a last line, or an event without its blank line."""
        rest = "".join(self._line) + self._utf8.decode(b"", final=True)
        self._line.clear()
        if rest:
            yield from self._take(rest)
        yield from self._dispatch()

    def _lines(self, text: str) -> Iterator[str]:
        """Splits at LF, CRLF and CR (and at nothing else, unlike `str.splitlines`)."""
        if self._after_cr and text:
            text = text.removeprefix("\n")
            self._after_cr = False
        if text.endswith("\r"):
            self._after_cr = True
        *ended, rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for line in ended:
            whole = "".join((*self._line, line))
            self._line.clear()
            self._size = 0
            yield whole
        if rest:
            self._grow(rest)
            self._line.append(rest)

    def _grow(self, text: str) -> None:
        self._size += len(text)
        if self._size > _MAX_EVENT:
            raise DeskError(ErrorCode.RESPONSE_INVALID, "an event of more than 64 MiB", cause="too_large")

    def _take(self, line: str) -> Iterator[loose.Json]:
        if not line.strip():
            yield from self._dispatch()
        elif line.startswith("data:"):
            yield from self._add(line[5:].removeprefix(" "))
        elif line.startswith("event:"):
            self._event = line[6:].strip()
        elif self._data or line.lstrip()[0] in "{[":
            yield from self._add(line)
        elif line.lstrip()[0] == "<":
            raise DeskError(ErrorCode.ADDRESS_INVALID, "a web page answered", cause="html")
        # Else a comment (": keep-alive"), an id, a retry time, or a field that does not concern us.

    def _add(self, data: str) -> Iterator[loose.Json]:
        if data.strip() == "[DONE]":
            self._data.clear()
            self.finished = True
            return
        self._grow(data)
        self._data.append(data)
        # Parsing at each line of a body that is printed over many lines would be quadratic: only where it may end.
        if data.rstrip()[-1:] in ("}", "]") and (chunk := self._parsed()) is not None:
            self._data.clear()
            yield self._named(chunk)

    def _dispatch(self) -> Iterator[loose.Json]:
        if self._data:
            chunk = self._parsed()
            raw = "\n".join(self._data).strip()
            self._data.clear()
            if chunk is not None:
                yield self._named(chunk)
            elif self._event == "error" and raw:
                yield {"error": {"message": raw}}
            elif raw:
                raise DeskError(ErrorCode.RESPONSE_INVALID, f"not JSON: {raw[:_EXCERPT]}", cause="not_json")
        self._event = ""
        self._size = 0

    def _parsed(self) -> loose.Json | None:
        try:
            value = json.loads("\n".join(self._data), strict=False)
        except (ValueError, RecursionError):
            return None
        if isinstance(value, list):  # Gemini wraps errors in an array
            value = value[0] if value else {}
        return loose.mapping(value) if isinstance(value, dict) else None

    def _named(self, chunk: loose.Json) -> loose.Json:
        """An `event: error` whose data is not wrapped in `error` gets wrapped."""
        if self._event == "error" and "error" not in chunk:
            return {"error": chunk}
        return chunk
