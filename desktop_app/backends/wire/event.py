"""Server-sent events out of bytes (HTML Living Standard, "Interpreting an event stream")."""

from collections.abc import Iterator

from desktop_app.backends.wire.shape import invalid

_MOST_BYTES = 128 * 1024**2
"""An event may bring a picture; one that is larger than this is no event."""


class EventDecoder:
    """Takes bytes as they come, cut anywhere. What never became a whole event is never told."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []  # of a line that goes on; joined once it has ended
        self._size = 0
        self._name = ""
        self._data: list[str] = []

    def feed(self, chunk: bytes) -> Iterator[tuple[str, str]]:
        """The names and data of the events that end in this chunk; a name may be empty.

        Raises:
            DeskError: RESPONSE_INVALID.
        """
        self._size += len(chunk)
        if self._size > _MOST_BYTES:
            raise invalid("an event is too large")
        self._pieces.append(chunk)
        if b"\n" not in chunk and b"\r" not in chunk:
            return
        lines = b"".join(self._pieces).splitlines(keepends=True)
        # A carriage return at the end may be the first half of a line's end.
        self._pieces = [] if lines[-1].endswith(b"\n") else [lines.pop()]
        for line in lines:
            try:
                yield from self._take(line.rstrip(b"\r\n").decode())
            except UnicodeDecodeError:
                raise invalid("an event is no UTF-8") from None

    def _take(self, line: str) -> Iterator[tuple[str, str]]:
        if not line:
            name, data = self._name, self._data
            self._name, self._data = "", []
            self._size = sum(map(len, self._pieces))
            if data:
                yield name, "\n".join(data)
            return
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            self._name = value
        elif field == "data":
            self._data.append(value)
