"""What the analyst knows of a file before it writes code: kind, columns, delimiter, sheets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Column:
    """A column, as the head of the file shows it.

    Attributes:
        type: `number`, `text`, `date`, `bool` or `empty`.
        values: The commonest values as strings, at most 60.
        as_text: A date or number that pandas reads as text.
        unit: For a number with a mark, such as `$` or `%`.
        mixed: Mostly numbers, but not all of them.
        low: Smallest number, or earliest day since 1970; `high` likewise.
        whole: All numbers are whole.
    """

    name: str
    type: str
    distinct: int = 0
    missing: int = 0
    values: tuple[str, ...] = ()
    as_text: bool = False
    dayfirst: bool = False
    unit: str = ""
    mixed: bool = False
    low: float = 0.0
    high: float = 0.0
    whole: bool = False

    @property
    def is_number(self) -> bool:
        """Whether one can calculate with it."""
        return self.type == "number"

    @property
    def is_year(self) -> bool:
        """Whether its numbers are years by value and name."""
        return self.is_number and self.whole and 1000 <= self.low <= self.high <= 2200 and "year" in self.name.lower()

    @property
    def is_identifier(self) -> bool:
        """Whether its numbers only number the rows."""
        name = self.name.lower()
        return name.startswith("unnamed:") or name in ("id", "index", "rowid", "row") or name.endswith(("_id", " id"))


@dataclass(frozen=True, slots=True)
class Table:
    """How to read a file as a table, and what is in its head.

    Attributes:
        format: `csv`, `xlsx`, `json` or `jsonl`.
        member: The file inside a ZIP file that is meant.
        skip: Lines before the header.
        encoding: Only where a byte order mark names it; empty is UTF-8 until proven otherwise.
        key: Under which the records of a JSON object stand.
        rows: Rows in the head; `whole` says that there are no more.
    """

    columns: tuple[Column, ...]
    format: str = "csv"
    member: str = ""
    delimiter: str = ","
    decimal: str = "."
    thousands: str = ""
    skip: int = 0
    encoding: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    key: str = ""
    nested: bool = False
    rows: int = 0
    whole: bool = True

    def column(self, name: str) -> Column:
        """The column of that name. Raises `KeyError`."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class FileShape:
    """A file in `/mnt/data`.

    Attributes:
        kind: `table`, `image`, `pdf`, `text`, `zip`, `docx`, `pptx`, `document` (JSON that is no table), `empty`,
            `binary`, `missing` or `unreadable`.
    """

    name: str
    kind: str
    table: Table | None = None
    reason: str = ""
    members: tuple[str, ...] = ()
    size: tuple[int, int] = (0, 0)
    mode: str = ""
    details: tuple[str, ...] = field(default=())


_KINDS = frozenset(
    {"table", "image", "pdf", "text", "zip", "docx", "pptx", "document", "empty", "binary", "missing", "unreadable"}
)
_TYPES = frozenset({"number", "text", "date", "bool", "empty"})


def decode_shape(name: str, text: str) -> FileShape:
    """Reads what `sandboxed/look.py` printed about a file. What is malformed is `unreadable`."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    return _file(name, data if isinstance(data, dict) else {})


def _file(name: str, data: Mapping[str, Any]) -> FileShape:
    kind = _text(data, "kind")
    if kind not in _KINDS:
        return FileShape(name, "unreadable", reason="It could not be looked at.")
    table = _table(data) if kind == "table" else None
    if table is not None and not table.columns:
        return FileShape(name, "empty")
    return FileShape(
        name,
        kind,
        table,
        reason=_text(data, "reason"),
        members=_texts(data, "members"),
        size=(_whole(data, "width"), _whole(data, "height")),
        mode=_text(data, "mode"),
        details=_texts(data, "keys"),
    )


def _table(data: Mapping[str, Any]) -> Table:
    columns = data.get("columns")
    return Table(
        tuple(_column(item) for item in columns if isinstance(item, dict)) if isinstance(columns, list) else (),
        format=_text(data, "format") if _text(data, "format") in ("csv", "xlsx", "json", "jsonl") else "csv",
        member=_text(data, "member"),
        delimiter=_text(data, "delimiter")[:1] or ",",
        decimal="," if data.get("decimal") == "," else ".",
        thousands=_text(data, "thousands") if data.get("thousands") in (",", ".") else "",
        skip=_whole(data, "skip"),
        encoding="utf-16" if data.get("encoding") == "utf-16" else "",
        sheet=_text(data, "sheet"),
        sheets=_texts(data, "sheets"),
        key=_text(data, "key"),
        nested=data.get("nested") is True,
        rows=_whole(data, "rows"),
        whole=data.get("whole") is True,
    )


def _column(data: Mapping[str, Any]) -> Column:
    kind = _text(data, "type")
    return Column(
        _text(data, "name"),
        kind if kind in _TYPES else "text",
        distinct=_whole(data, "distinct"),
        missing=_whole(data, "missing"),
        values=_texts(data, "values"),
        as_text=data.get("text") is True,
        dayfirst=data.get("dayfirst") is True,
        mixed=data.get("mixed") is True,
        unit=_text(data, "unit")[:3] if "unit" in data else "",
        low=_number(data, "low"),
        high=_number(data, "high"),
        whole=data.get("whole") is True,
    )


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    return value[:500] if isinstance(value, str) else ""


def _texts(data: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = data.get(key)
    return tuple(item[:500] for item in value[:300] if isinstance(item, str)) if isinstance(value, list) else ()


def _whole(data: Mapping[str, Any], key: str) -> int:
    value = data.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0


def _number(data: Mapping[str, Any], key: str) -> float:
    value = data.get(key)
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else 0.0
