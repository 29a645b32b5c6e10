"""Reads JSON whose shape nobody guarantees: what is not of the expected type counts as absent."""

from collections.abc import Mapping, Sequence

Json = Mapping[str, object]


def mapping(value: object) -> Json:
    """Returns `value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> Sequence[object]:
    """Returns `value` if it is an array, else an empty one."""
    return value if isinstance(value, list) else ()


def text(value: object) -> str:
    """Returns a string, or the joined texts of a list of content parts, else an empty string.

    Parts of another kind than text (Mistral sends `thinking` parts) are left out.
    """
    if isinstance(value, str):
        return value
    parts = (mapping(part) for part in sequence(value))
    return "".join(text(part.get("text")) for part in parts if part.get("type", "text") in ("text", "output_text"))


class PairJoiner:
    r"""Makes text that can be encoded of pieces between which a surrogate pair may be cut (`\ud83d`, then `\udcc8`)."""

    def __init__(self) -> None:
        self._high = ""

    def feed(self, piece: str) -> str:
        """Returns the text without a first half at its end; a half without the other becomes a placeholder."""
        piece = self._high + piece
        self._high = piece[-1:] if "\ud800" <= piece[-1:] < "\udc00" else ""
        if self._high:
            piece = piece[:-1]
        return piece if piece.isascii() else piece.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def count(value: object) -> int | None:
    """Returns a whole number of at least 0, else None. Some servers send it as a float."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value < 2**53 else None
