"""Addresses, and reading JSON that somebody else wrote: what is needed must be there, what is unknown does no harm."""

from typing import Any
from urllib.parse import quote

from desktop_app.domain.error import DeskError, ErrorCode

Json = dict[str, Any]

_MOST_PLACES = 10_000
"""No message has more parts and no step more outputs; a larger index is an error, not a place to be made."""


def address(*parts: str) -> str:
    """An address below the service's, of parts that may hold anything."""
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def invalid(what: str) -> DeskError:
    """The error for an answer of another shape than the documented one."""
    return DeskError(ErrorCode.RESPONSE_INVALID, what)


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
    """A field that is a number, or None."""
    value = data.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def place(data: Json) -> int:
    """The `index` of a delta; 0 if there is none."""
    value = data.get("index", 0)
    if not isinstance(value, int) or not 0 <= value < _MOST_PLACES:
        raise invalid(f"index {value!r}")
    return value
