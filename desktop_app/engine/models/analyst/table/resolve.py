"""Fills in what a question leaves open, from the shape of the table: along what, by what, which function."""

from dataclasses import replace

from desktop_app.engine.models.analyst.language import parts, spoken
from desktop_app.engine.models.analyst.shape import Column, Table
from desktop_app.engine.models.analyst.table.query import Action, Chart, Query
from desktop_app.engine.models.analyst.table.suggestion import is_group

# Amounts that one adds up; other numbers are averaged.
_AMOUNTS = """
    sale revenue profit amount quantity qty cost total spend spending income expense order count population passenger
    unit export import production volume budget turnover loss visit visitor click death case birth
"""
_ADDITIVE = frozenset(_AMOUNTS.split())


def resolved(query: Query, table: Table) -> Query:
    """The query with nothing left open that its recipe or chart needs."""
    if query.over_time:
        query = _over_time(query, table)
    match query.action:
        case Action.NONE if query.keys and not query.chart:
            query = replace(query, action=Action.COUNT)
        case Action.NONE if query.chart:
            query = _drawn(query, table)
        case Action.VALUES | Action.DISTINCT:
            query = _values(query, table)
        case Action.CORRELATION if query.chart is None and len(query.measures) != 2:
            query = replace(query, chart=Chart.HEATMAP)
        case Action.CORRELATION if query.chart is None:
            query = replace(query, chart=Chart.SCATTER)
        case _:
            pass
    if query.action is Action.AGGREGATE and not query.measures and not query.over_time:
        query = replace(query, action=Action.COUNT)
    if query.action is Action.AGGREGATE and query.measures and not query.functions:
        middle = "median" if query.chart is Chart.BOX else usual(table.column(query.measures[0]))
        query = replace(query, functions=(middle,))
    if (
        query.action is Action.AGGREGATE
        and query.measures
        and not set(query.functions) <= {"count", "nunique", "min", "max"}
    ):
        numbers = tuple(m for m in query.measures if table.column(m).is_number)
        query = replace(query, measures=numbers, action=Action.AGGREGATE if numbers else Action.COUNT)
    if query.chart is Chart.PIE and any(table.column(m).is_number and table.column(m).low < 0 for m in query.measures):
        told = "A pie cannot show negative numbers, so I drew bars."
        query = replace(query, chart=Chart.BAR, choices=(*query.choices, told))
    if query.action is Action.AGGREGATE and not query.keys and query.limit:
        query = replace(query, action=Action.ROWS)
    return query


def usual(column: Column) -> str:
    """What one does with such a number: add amounts up, average everything else."""
    return "sum" if set(parts(column.name)) & _ADDITIVE and column.unit != "%" else "mean"


def _over_time(query: Query, table: Table) -> Query:
    dates = [column for column in table.columns if column.type == "date"] or [
        column for column in table.columns if column.is_year
    ]
    if not dates:
        return replace(query, over_time=False)
    keys = (dates[0].name, *(key for key in query.keys if key != dates[0].name))
    numbers = tuple(m for m in query.measures if table.column(m).is_number and m != dates[0].name)
    if not numbers and "count" not in query.functions and query.action is not Action.COUNT:
        numbers = tuple(column.name for column in _numbers(table)[:1])
    action = Action.COUNT if not numbers and dates[0].is_year else Action.AGGREGATE
    chart = query.chart or Chart.LINE
    return replace(query, action=action, over_time=True, keys=keys, measures=numbers[:1], chart=chart)


def _values(query: Query, table: Table) -> Query:
    """A column by itself: its distribution if it is a number, its values if it is not."""
    numbers = [m for m in query.measures if table.column(m).is_number]
    groups = [m for m in query.measures if not table.column(m).is_number]
    if query.action is Action.DISTINCT or not numbers:
        return replace(
            query, action=Action.DISTINCT, keys=tuple(groups[:1] or numbers[:1] or query.keys[:1]), measures=()
        )
    if query.chart is Chart.SCATTER and len(numbers) == 1:
        others = [column.name for column in _numbers(table) if column.name != numbers[0]]
        numbers += others[:1]
    if len(numbers) > 1 and query.chart in (Chart.SCATTER, Chart.AUTO):
        return replace(
            query, action=Action.CORRELATION, measures=tuple(numbers[:2]), keys=tuple(groups), chart=Chart.SCATTER
        )
    if query.chart is Chart.HEATMAP:
        return replace(query, action=Action.CORRELATION, measures=tuple(numbers))
    if groups:
        kind = query.chart or Chart.BAR
        return replace(query, action=Action.AGGREGATE, keys=tuple(groups[:2]), measures=tuple(numbers), chart=kind)
    if query.chart is Chart.LINE:
        return _over_time(query, table)
    key = _label(query, table) if query.chart in (Chart.BAR, Chart.PIE) else None
    if key is not None:
        one_each = ("sum",) if key.distinct == table.rows else ()
        return replace(query, action=Action.AGGREGATE, keys=(key.name,), functions=query.functions or one_each)
    return replace(query, action=Action.DESCRIBE, chart=Chart.HISTOGRAM if query.chart is Chart.AUTO else query.chart)


def _drawn(query: Query, table: Table) -> Query:
    """A chart of nothing in particular: what shows most of such a table."""
    numbers = _numbers(table)
    key = _label(query, table)
    if query.keys or (query.chart in (Chart.BAR, Chart.PIE) and key and not numbers):
        return replace(query, action=Action.COUNT, keys=query.keys or ((key.name,) if key else ()))
    if query.chart is Chart.HEATMAP or (query.chart is Chart.SCATTER and len(numbers) < 2):
        return replace(query, action=Action.CORRELATION, chart=Chart.HEATMAP)
    if not numbers:
        return replace(query, action=Action.DISTINCT, keys=(key.name if key else table.columns[0].name,))
    picked = f"You did not say of what, so I took {spoken(numbers[0].name)}."
    if query.chart is Chart.LINE or (
        query.chart is Chart.AUTO and any(column.type == "date" for column in table.columns)
    ):
        query = _over_time(replace(query, measures=(numbers[0].name,)), table)
        return replace(query, action=Action.AGGREGATE if query.keys else Action.DESCRIBE, choices=(picked,))
    if query.chart is Chart.SCATTER:
        return replace(query, action=Action.CORRELATION, measures=(numbers[0].name, numbers[1].name), choices=(picked,))
    if query.chart in (Chart.HISTOGRAM, Chart.BOX) or key is None:
        chart = query.chart if query.chart is Chart.BOX else Chart.HISTOGRAM
        return replace(query, action=Action.DESCRIBE, measures=(numbers[0].name,), chart=chart, choices=(picked,))
    return replace(query, action=Action.AGGREGATE, measures=(numbers[0].name,), keys=(key.name,), choices=(picked,))


def _label(query: Query, table: Table) -> Column | None:
    """The column whose values name the bars: one that names each row, else one that groups them."""
    fixed = {condition.column for condition in query.filters if condition.operator == "=="}
    texts = [
        column
        for column in table.columns
        if column.type == "text" and column.name not in fixed and column.name not in query.measures
    ]
    names = [column for column in texts if column.distinct > 0.9 * table.rows and table.rows]
    groups = [column for column in table.columns if is_group(column) and column.name not in fixed]
    few = table.rows <= 60 or bool(fixed)
    ordered = [*names, *groups, *texts] if few else [*groups, *names, *texts]
    return next(iter(ordered), None)


def _numbers(table: Table) -> list[Column]:
    numbers = [column for column in table.columns if column.is_number and not column.is_identifier]
    return [column for column in numbers if not column.is_year] or numbers
