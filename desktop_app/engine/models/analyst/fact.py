"""What the code found out, as the sandbox reported it: checked, and with plain types."""

import json
from dataclasses import dataclass, field

Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class TableFact:
    """The head of a table. `total` counts all its rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Named values. Asking for one that is missing or of another type gives an empty one: an answer never fails.

    Attributes:
        made: Names of the files that the step made.
        images: How many pictures the step showed.
    """

    values: dict[str, object] = field(default_factory=dict)
    made: tuple[str, ...] = ()
    images: int = 0

    def table(self, name: str) -> TableFact:
        """A table."""
        value = self.values.get(name)
        return value if isinstance(value, TableFact) else TableFact((), (), 0)

    def number(self, name: str) -> float | None:
        """A number."""
        value = self.values.get(name)
        return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None

    def count(self, name: str) -> int:
        """A number of things; 0 if it is not known."""
        return int(self.number(name) or 0)

    def text(self, name: str) -> str:
        """A string; other scalars as Python writes them."""
        value = self.values.get(name)
        return "" if value is None or isinstance(value, (list, TableFact)) else str(value)

    def flag(self, name: str) -> bool:
        """A truth value."""
        return self.values.get(name) is True

    def texts(self, name: str) -> tuple[str, ...]:
        """A list, as strings."""
        value = self.values.get(name)
        return tuple(str(item) for item in value) if isinstance(value, list) else ()


def decode_facts(text: str, made: tuple[str, ...] = (), images: int = 0) -> Facts:
    """Reads the JSON that the sandbox printed. What does not have the shape of a fact is left out."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    values = {str(name): _value(value) for name, value in data.items()} if isinstance(data, dict) else {}
    return Facts(values, made, images)


def _value(value: object) -> object:
    match value:
        case {"columns": list(columns), "rows": list(rows), "total": int(total)}:
            cells = tuple(tuple(_cell(item) for item in row) for row in rows if isinstance(row, list))
            return TableFact(tuple(str(c) for c in columns), tuple(r for r in cells if len(r) == len(columns)), total)
        case list():
            return [_cell(item) for item in value]
        case _:
            return _cell(value)


def _cell(value: object) -> Cell:
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)
