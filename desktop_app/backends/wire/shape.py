"""Addresses, and reading JSON that somebody else wrote: what is needed must be there, what is unknown does no harm."""

import json
from typing import Any
from urllib.parse import quote

from desktop_app.domain.error import DeskError, ErrorCode

Json = dict[str, Any]

_MOST_NUMBER = 2**53
"""JSON's numbers are whole and exact below it; `NaN` and `Infinity`, which Python reads too, are not."""

_MOST_PLACES = 10_000
"""No message has more parts and no step more outputs; a larger index is an error, not a place to be made."""


def address(*parts: str) -> str:
    """An address below the service's, of parts that may hold anything."""
    return "".join(f"/{quote(part, safe='', errors='replace')}" for part in parts)


def invalid(what: str) -> DeskError:
    """The error for an answer of another shape than the documented one."""
    return DeskError(ErrorCode.RESPONSE_INVALID, what)


def sendable(body: Json) -> Json:
    """The same as UTF-8 can hold it: halves of a character that belong together are joined, others replaced.

    Deltas may cut a character in two, and what was said then is told elsewhere as history.
    """
    words = json.dumps(body, ensure_ascii=False)
    try:
        words.encode()
    except UnicodeEncodeError:
        return as_object(json.loads(words.encode("utf-16", "surrogatepass").decode("utf-16", "replace")), "a body")
    return body


def as_object(value: object, what: str) -> Json:
    """The value, which must be an object."""
    if not isinstance(value, dict):
        raise invalid(f"{what} is no object")
    return value


def text(data: Json, name: str) -> str:
    """A field that must be text."""
    value = data.get(name)
    if not isinstance(value, str):
        raise invalid(f"{name!r} is no text")
    return value


def optional_text(data: Json, name: str) -> str:
    """A field that is text, or as good as empty."""
    value = data.get(name)
    return value if isinstance(value, str) else ""


def optional_object(data: Json, name: str) -> Json:
    """A field that is an object, or as good as empty."""
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def objects(data: Json, name: str) -> list[Json]:
    """The objects of a list, which may be missing."""
    values = data.get(name)
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def optional_number(data: Json, name: str) -> float | None:
    """A field that is a number that can be reckoned with, or None."""
    value = data.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < _MOST_NUMBER:
        return None
    return float(value)


def place(data: Json, name: str = "index") -> int:
    """The place of a part, as a delta names it; 0 if there is none."""
    value = data.get(name, 0)
    if not isinstance(value, int) or not 0 <= value < _MOST_PLACES:
        raise invalid(f"{name} {value!r}")
    return value
