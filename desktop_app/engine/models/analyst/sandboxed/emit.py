"""Writes what the code computed as JSON, for the words of the answer. Runs in the sandbox only."""

import json
import math
import sys
from typing import Any

ROWS = 60
COLUMNS = 40


def emit(facts: dict[str, Any]) -> None:
    """Prints the facts as one JSON object: tables cut to 60 rows and 40 columns, values to plain ones."""
    sys.stdout.write(json.dumps({name: plain(value) for name, value in facts.items()}))


def plain(value: Any) -> Any:
    """A value that JSON can carry: a table, a list, a number, a string, or nothing."""
    import pandas as pd

    if isinstance(value, pd.Series):
        value = value.reset_index()
    if isinstance(value, pd.DataFrame):
        if not isinstance(value.index, pd.RangeIndex):
            value = value.reset_index(names=[str(n) if n is not None else "" for n in value.index.names])
        cut = value.iloc[:ROWS, :COLUMNS]
        rows = [[cell(item) for item in row] for row in cut.itertuples(index=False, name=None)]
        return {"columns": [str(name)[:200] for name in cut.columns], "rows": rows, "total": len(value)}
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in list(value)[:ROWS]]
    return cell(value)


def cell(value: Any) -> Any:
    """One plain value; what is missing becomes null."""
    import pandas as pd

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
