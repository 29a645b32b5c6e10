"""Numbers, names and tables in markdown. What comes from a file is escaped: it can say anything, but format nothing."""

import math
import re

from desktop_app.engine.models.analyst.fact import Cell, TableFact
from desktop_app.engine.models.analyst.language import spoken

LIMIT = 20


def number(value: float | None) -> str:
    """A number with thousands separators and about four figures: 1,234.5 or 0.01234."""
    if value is None:
        return "\u2013"
    if isinstance(value, int) or (value == int(value) and abs(value) < 1e15):
        return f"{int(value):,}"
    size = abs(value)
    if size >= 1e15 or size < 1e-6:
        return f"{value:.4g}"
    small = 3 - math.floor(math.log10(size)) if size < 0.1 else 4
    text = f"{value:,.{1 if size >= 1000 else 2 if size >= 1 else small}f}"
    return text.rstrip("0").rstrip(".")


def count(amount: int, noun: str) -> str:
    """`1 row`, `1,234 rows`, `no rows`."""
    plural = noun[:-1] + "ies" if noun.endswith("y") and noun[-2] not in "aeiou" else noun + "s"
    return f"{amount:,} {noun}" if amount == 1 else f"{amount:,} {plural}" if amount else f"no {plural}"


def escaped(text: str) -> str:
    """Text that shows as it is in markdown, on one line."""
    flat = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"([\\`*{}\[\]<>#|~!]|(?<![^\W_])_|_(?![^\W_]))", r"\\\1", flat)


def named(column: str) -> str:
    """A column's name inside a sentence."""
    return escaped(spoken(column))


def code(text: str) -> str:
    """A name as inline code, whatever is in it."""
    flat = re.sub(r"\s+", " ", text).strip() or " "
    fence = "`" * (max((len(run) for run in re.findall("`+", flat)), default=0) + 1)
    space = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{space}{flat}{space}{fence}"


def cell(value: Cell) -> str:
    """One cell of a table."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return number(value)
    return escaped(value if len(value) <= 80 else value[:79] + "…")


def table(fact: TableFact, headers: tuple[str, ...] = (), years: frozenset[str] = frozenset()) -> str:
    """A markdown table of at most 20 rows and 12 columns, numbers to the right; says what it leaves out.

    Args:
        fact: The rows.
        headers: Instead of the names of the columns.
        years: Columns whose numbers are not to be grouped by thousands.
    """
    columns = range(min(len(fact.columns), 12))
    names = headers if len(headers) == len(fact.columns) else fact.columns
    right = [all(_is_number(row[i]) for row in fact.rows) and bool(fact.rows) for i in columns]
    lines = [
        "| " + " | ".join(escaped(names[i]) for i in columns) + " |",
        "| " + " | ".join("---:" if right[i] else "---" for i in columns) + " |",
    ]
    for row in fact.rows[:LIMIT]:
        shown = (str(row[i]) if fact.columns[i] in years and row[i] is not None else cell(row[i]) for i in columns)
        lines.append("| " + " | ".join(shown) + " |")
    text = "\n".join(lines)
    left_out = []
    if fact.total > LIMIT:
        left_out.append(count(fact.total - min(len(fact.rows), LIMIT), "more row"))
    if len(fact.columns) > 12:
        left_out.append(count(len(fact.columns) - 12, "more column"))
    return text + (f"\n\n…and {' and '.join(left_out)}." if left_out else "")


def _is_number(value: Cell) -> bool:
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))


def link(name: str) -> str:
    """A link to a file that the code made."""
    return f"[{name}](sandbox:/mnt/data/{name})"
