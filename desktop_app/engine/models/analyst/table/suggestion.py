"""Questions that fit a table: shown where the analyst says what it can do."""

from desktop_app.engine.models.analyst.language import spoken
from desktop_app.engine.models.analyst.shape import Column, Table
from desktop_app.engine.models.analyst.wording import escaped


def suggestions(table: Table) -> tuple[str, ...]:
    """Three questions that the analyst can answer about this table, as markdown."""
    numbers = [c for c in table.columns if c.is_number and not c.is_year and not c.is_identifier]
    groups = [c for c in table.columns if is_group(c)]
    dates = [c for c in table.columns if c.type == "date" or c.is_year]
    found: list[str] = []
    if numbers and groups:
        found.append(f"Average {_name(numbers[0])} by {_name(groups[0])} as a bar chart")
    if numbers and dates:
        found.append(f"{_name(numbers[0]).capitalize()} over time")
    if len(numbers) > 1:
        found.append(f"Plot {_name(numbers[1])} against {_name(numbers[0])}")
    if groups:
        found.append(f"How many rows are there by {_name(groups[-1])}?")
    if numbers:
        found.append(f"Top 5 by {_name(numbers[-1])}")
    return tuple(
        dict.fromkeys(
            (*found, "Are there missing values?", "What is in this file?", "Shuffle the rows and give me the CSV")
        )
    )[:3]


def is_group(column: Column) -> bool:
    """Whether its values make groups: few, and repeated."""
    return column.type in ("text", "bool") and 2 <= column.distinct <= 50


def _name(column: Column) -> str:
    return escaped(spoken(column.name))
