"""Numbers over time: added up or averaged by day, week, month, quarter or year."""

from desktop_app.engine.models.analyst import wording
from desktop_app.engine.models.analyst.fact import Cell, Facts, TableFact
from desktop_app.engine.models.analyst.program import literal
from desktop_app.engine.models.analyst.shape import Column
from desktop_app.engine.models.analyst.table import chart
from desktop_app.engine.models.analyst.table.phrase import axis, grouped, measured
from desktop_app.engine.models.analyst.table.recipe.base import Kitchen, Recipe

_PERIODS = {"D": ("D", "day"), "W": ("W", "week"), "M": ("ME", "month"), "Q": ("QE", "quarter"), "Y": ("YE", "year")}


def by_period(kitchen: Kitchen) -> Recipe:
    """One number for each period; with a second key, one for each of its groups, too."""
    query = kitchen.query
    date = kitchen.column(query.keys[0])
    rule, period = _PERIODS[query.period or _usual(date)]
    groups, measure = query.keys[1:2], query.measures[0] if query.measures else ""
    function = (query.functions[0] if query.functions else "mean") if measure else "size"
    grouping = f".groupby({literal(groups[0])})" if groups else ""
    taken = f"{grouping}[{literal(measure)}]" if measure else grouping
    made = f'df.set_index({literal(date.name)}){taken}.resample("{rule}").{function}()'
    compute = [f"result = {made}{'.unstack(0)' if groups and measure else ''}"]
    if groups and not measure:
        compute = [f'periods = [pd.Grouper(key={literal(date.name)}, freq="{rule}"), {literal(groups[0])}]',
                   "result = df.groupby(periods).size().unstack(fill_value=0)"]  # fmt: skip
    words = measured(function, measure) if measure else "number of rows"
    heading = f"{words}{grouped((period, *groups))}{kitchen.where}"
    value = kitchen.column(measure) if measure and function != "sum" else None
    label = axis(function, measure)
    drawn = (
        chart.lines("result", label, date.name, heading, value, kitchen.column(groups[0]).distinct)
        if groups
        else chart.line("result", label, date.name, heading, value)
    )
    facts = {"result": "result", "periods": "len(result)"}
    if not groups:
        calls = {
            "high": "max()",
            "high_at": "idxmax()",
            "low": "min()",
            "low_at": "idxmin()",
            "first": "dropna().iloc[0]",
            "latest": "dropna().iloc[-1]",
        }
        facts |= {name: f"result.{call} if result.notna().any() else None" for name, call in calls.items()}

    def answer(facts: Facts) -> str:
        return _answer(facts, heading, words, period)

    return Recipe(compute, ["print(result.to_string(max_rows=40))"], facts, answer, drawn if query.chart else [], "y",
                  f"{words} by {period}", saved="result.reset_index()", suffix=f"by_{period}")  # fmt: skip


def _answer(facts: Facts, heading: str, words: str, period: str) -> str:
    fact = facts.table("result")
    if not fact.rows:
        return "There are no rows with a date, so there is nothing to show."
    rows = tuple((_moment(row[0], period), *row[1:]) for row in fact.rows)
    headers = (
        (period.capitalize(), words.capitalize())
        if len(fact.columns) == 2
        else (period.capitalize(), *fact.columns[1:])
    )
    body = wording.table(TableFact(headers, rows, fact.total))
    text = f"{wording.escaped(heading[:1].upper() + heading[1:])}, {wording.count(facts.count('periods'), period)}"
    if facts.number("high") is None:
        return f"{text}:\n\n{body}"
    high, low = _moment(facts.text("high_at"), period), _moment(facts.text("low_at"), period)
    return (
        f"{text}: from **{wording.number(facts.number('first'))}** in {rows[0][0]} to "
        f"**{wording.number(facts.number('latest'))}** at the end. "
        f"Highest in {high} ({wording.number(facts.number('high'))}), lowest in {low} "
        f"({wording.number(facts.number('low'))}).\n\n{body}"
    )


def _usual(date: Column) -> str:
    """A period that gives some dozens of points."""
    days = date.high - date.low
    apart = days / max(date.distinct - 1, 1)
    if days <= 62 and apart < 5:
        return "D"
    if days <= 400 and apart < 20:
        return "W"
    return "M" if days <= 366 * 15 and apart < 200 else "Y"


def _moment(value: Cell, period: str) -> str:
    return str(value)[: {"month": 7, "quarter": 7, "year": 4}.get(period, 10)]
