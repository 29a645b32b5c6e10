"""Says parts of a question again in words: conditions, functions, columns."""

from desktop_app.engine.models.analyst.language import listed, readable, spoken
from desktop_app.engine.models.analyst.table.query import Filter

FUNCTIONS = {
    "mean": "average",
    "sum": "total",
    "median": "median",
    "min": "smallest",
    "max": "largest",
    "std": "standard deviation of",
    "count": "number of",
    "nunique": "number of different",
}
_OPERATORS = {
    "==": "is",
    "!=": "is not",
    "<": "<",
    "<=": "≤",
    ">": ">",
    ">=": "≥",
    "contains": "contains",
    "starts": "starts with",
}


def condition(one: Filter) -> str:
    """A condition: `sector is TRANSPORTATION`."""
    name, operator = spoken(one.column), one.operator
    if operator.startswith("year "):
        name, operator = f"year of {name}", operator[5:]
    match operator:
        case "missing":
            return f"{name} is missing"
        case "present":
            return f"{name} is not missing"
        case "between":
            return f"{name} is between {one.values[0]} and {one.values[1]}"
        case _:
            return f"{name} {_OPERATORS[operator]} {listed([str(value) for value in one.values], 'or')}"


def where(filters: tuple[Filter, ...]) -> str:
    """All conditions: ` where sector is TRANSPORTATION and year > 2007`; empty if there are none."""
    return f" where {' and '.join(condition(one) for one in filters)}" if filters else ""


def measured(function: str, column: str) -> str:
    """`average operating profit`."""
    return f"{FUNCTIONS[function]} {spoken(column)}" if function else spoken(column)


def axis(function: str, column: str) -> str:
    """The label of an axis, with the unit: `Average body mass (g)`."""
    if not column:
        return "Number of rows"
    if not function or function in ("count", "nunique"):
        return title(measured(function, column)) if function else readable(column)
    label = readable(column)
    return f"{FUNCTIONS[function].capitalize()} {spoken(column)[:1]}{label[1:]}"


def grouped(keys: tuple[str, ...]) -> str:
    """` by city and year`."""
    return f" by {listed([spoken(key) for key in keys])}" if keys else ""


def title(text: str) -> str:
    """A title for a chart: the first letter large, no longer than a line."""
    text = text[:1].upper() + text[1:]
    return text if len(text) <= 90 else text[:89] + "…"
