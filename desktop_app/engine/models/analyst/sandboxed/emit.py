"""Writes what the code computed as JSON, for the words of the answer. Runs in the sandbox only."""

import json
import math
import sys

import pandas as pd

ROWS = 60
COLUMNS = 40


def emit(facts: dict[str, object]) -> None:
    """Prints the facts as one JSON object: tables cut to 60 rows and 40 columns, values to plain ones."""
    sys.stdout.write(json.dumps({name: plain(value) for name, value in facts.items()}))


def plain(value: object) -> object:
    """A value that JSON can carry: a table, a list, a number, a string, or nothing."""
    if isinstance(value, pd.Series):
        return table(value.reset_index())
    if isinstance(value, pd.DataFrame):
        names = [str(name) if name is not None else "" for name in value.index.names]
        return table(value if isinstance(value.index, pd.RangeIndex) else value.reset_index(names=names))
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in list(value)[:ROWS]]
    return cell(value)


def table(frame: pd.DataFrame) -> dict[str, object]:
    """The head of a table, and how many rows it has."""
    head = frame.iloc[:ROWS, :COLUMNS]
    rows = [[cell(item) for item in row] for row in head.itertuples(index=False, name=None)]
    return {"columns": [str(name)[:200] for name in head.columns], "rows": rows, "total": len(frame)}


def cell(value: object) -> object:
    """One plain value; what is missing becomes null."""
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, (bool, str)):
        return value[:500] if isinstance(value, str) else value
    if hasattr(value, "item") and not hasattr(value, "isoformat"):
        return cell(value.item())
    if isinstance(value, (int, float)):
        return value if math.isfinite(value) else None
    if isinstance(value, pd.Timestamp):
        return str(value.date()) if value == value.normalize() else str(value)
    return str(value)[:500]
