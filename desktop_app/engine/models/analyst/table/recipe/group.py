"""Numbers by group: averages, totals, counts, alone, by category or over time."""

from dataclasses import replace

from desktop_app.engine.models.analyst import wording
from desktop_app.engine.models.analyst.fact import Cell, Facts
from desktop_app.engine.models.analyst.language import listed, readable, spoken
from desktop_app.engine.models.analyst.program import literal
from desktop_app.engine.models.analyst.shape import Column
from desktop_app.engine.models.analyst.table import chart
from desktop_app.engine.models.analyst.table.phrase import axis, grouped, measured
from desktop_app.engine.models.analyst.table.query import Action, Chart
from desktop_app.engine.models.analyst.table.recipe.base import Kitchen, Recipe
from desktop_app.engine.models.analyst.table.recipe.period import by_period

SHOWN_BARS = 30
SHOWN_COLOURS = 8
_EXTREMES = {"high": "max", "high_at": "idxmax", "low": "min", "low_at": "idxmin"}


def aggregate(kitchen: Kitchen) -> Recipe:
    """One or more functions of one or more columns: of all rows, by group, or by period of time."""
    if kitchen.query.over_time and kitchen.query.keys and kitchen.column(kitchen.query.keys[0]).type == "date":
        return by_period(kitchen)
    if kitchen.query.keys:
        return _by_group(kitchen)
    return _of_all(kitchen)


def count(kitchen: Kitchen) -> Recipe:
    """How many rows there are: in all, or by group."""
    query = kitchen.query
    if not query.keys:
        return Recipe(
            ["count = len(df)"],
            ['print(f"{count:,} rows")'],
            {"count": "count"},
            lambda facts: f"There are **{wording.count(facts.count('count'), 'row')}**{kitchen.told}.",
        )
    if len(query.keys) == 1 and kitchen.column(query.keys[0]).is_year:
        made = f"df[{literal(query.keys[0])}].value_counts().sort_index()"
    elif len(query.keys) == 1:
        made = f"df[{literal(query.keys[0])}].value_counts({'ascending=True' if query.descending is False else ''})"
    else:
        made = f"df.groupby({literal(list(query.keys[:2]))}).size().unstack(fill_value=0)"
    return _finished(kitchen, made, "count", "")


def values(kitchen: Kitchen) -> Recipe:
    """The values of a column, the commonest first."""
    query = kitchen.query
    return count(replace(kitchen, query=replace(query, keys=query.measures[:1] or query.keys, measures=())))


def _of_all(kitchen: Kitchen) -> Recipe:
    query = kitchen.query
    functions = query.functions or ("mean",)
    if len(query.measures) == 1 and len(functions) == 1:
        measure, function = query.measures[0], functions[0]
        words = measured(function, measure)
        compute = [f"result = df[{literal(measure)}].{_call(kitchen, function)}"]
        whole = function in ("count", "nunique") or (
            kitchen.column(measure).whole and function in ("sum", "min", "max")
        )
        show = [
            f'print(f"{{result:,{"" if whole else ".2f"}}}")' if kitchen.column(measure).is_number else "print(result)"
        ]

        def single(facts: Facts) -> str:
            value = facts.values.get("result")
            shown = (
                _with_unit(wording.number(value), function, kitchen.column(measure))
                if isinstance(value, (int, float))
                else wording.escaped(facts.text("result"))
            )
            return f"The {wording.escaped(words)}{kitchen.told} is **{shown}** ({_based_on(facts)})."

        facts = {"result": "result", "rows": "len(df)", "used": f"df[{literal(measure)}].count()"}
        return Recipe(compute, show, facts, single)
    compute = [f"result = df[{literal(list(query.measures))}].agg({literal(list(functions))}).T"]

    def several(facts: Facts) -> str:
        fact = facts.table("result")
        headers = ("Column", *(FUNCTION_HEADERS.get(name, name) for name in fact.columns[1:]))
        return f"Over {wording.count(facts.count('rows'), 'row')}{kitchen.told}:\n\n{wording.table(fact, headers)}"

    return Recipe(compute, ["print(result.to_string())"], {"result": "result", "rows": "len(df)"}, several,
                  saved="result.reset_index()", suffix="summary")  # fmt: skip


FUNCTION_HEADERS = {"mean": "Average", "sum": "Total", "median": "Median", "min": "Smallest", "max": "Largest",
                    "std": "Std. deviation", "count": "Count", "nunique": "Different values"}  # fmt: skip


def _by_group(kitchen: Kitchen) -> Recipe:
    query = kitchen.query
    functions = query.functions or ("mean",)
    measures, keys = query.measures, query.keys[:2]
    by = literal(keys[0]) if len(keys) == 1 else literal(list(keys))
    column = literal(measures[0]) if len(measures) == 1 else literal(list(measures))
    applied = _call(kitchen, functions[0]) if len(functions) == 1 else f"agg({literal(list(functions))})"
    if len(measures) == 1 and len(functions) == 1:
        first = kitchen.column(keys[0])
        one_each = kitchen.table.whole and first.distinct == kitchen.table.rows and not first.missing
        if len(keys) == 2:
            made = f"df.groupby({by})[{column}].{applied}.unstack()"
        elif one_each and first.type == "text":
            made = f"df.set_index({by})[{column}].dropna(){_order(kitchen)}"
            return _finished(kitchen, made, "", measures[0])
        else:
            made = f"df.groupby({by})[{column}].{applied}{_order(kitchen)}"
        return _finished(kitchen, made, functions[0], measures[0])
    compute = [f"result = df.groupby({by})[{column}].{applied}"]
    numbers = all(kitchen.column(measure).is_number for measure in measures) or functions == ("nunique",)
    words = listed(
        [measured(f, m) for m in measures for f in functions] if len(functions) == 1 else [spoken(m) for m in measures]
    )

    def answer(facts: Facts) -> str:
        fact = facts.table("result")
        headers = tuple(FUNCTION_HEADERS.get(name, name) for name in fact.columns)
        heading = wording.escaped(_capital(words + grouped(keys)))
        return f"{heading}{kitchen.told}:\n\n{wording.table(fact, headers, _years(kitchen))}"

    drawn = chart.grouped_bars("result", words, keys[0], words + grouped(keys), None) if query.chart and numbers else []
    flat = "result.reset_index()"
    if len(functions) > 1 and len(measures) > 1:
        compute.append('result.columns = [f"{column} {function}" for column, function in result.columns]')
    return Recipe(compute, ["print(result.to_string())"], {"result": flat, "rows": "len(df)"}, answer, drawn, "y",
                  _slug(words, keys), saved=flat, suffix="by_" + keys[0])  # fmt: skip


def _finished(kitchen: Kitchen, made: str, function: str, measure: str) -> Recipe:
    """A series or a frame by group, with the chart that fits."""
    query, keys = kitchen.query, kitchen.query.keys[:2]
    words = measured(function, measure) if measure else "number of rows"
    heading = f"{words}{grouped(keys)}{kitchen.where}"
    limit = f".head({query.limit})" if query.limit and len(keys) == 1 else ""
    compute = [f"result = {made}{limit}"]
    facts = {"result": "result", "rows": "len(df)", "groups": "len(result)"}
    if len(keys) == 1:
        facts |= {"total": "result.sum()", "mean": "result.mean()"}
        if not limit:
            facts |= {name: f"result.{call}() if result.notna().any() else None" for name, call in _EXTREMES.items()}
    columns = [kitchen.column(key) for key in keys]
    value = kitchen.column(measure) if measure and function != "sum" else None
    drawn, grid, shown = _drawing(kitchen, columns, axis(function, measure), heading, value)

    def answer(facts: Facts) -> str:
        return _group_answer(kitchen, facts, function, measure, shown)

    return Recipe(compute, ["print(result.to_string())"], facts, answer, drawn, grid, _slug(words, keys),
                  size=(9, 7) if grid == "x" and shown > 15 and not query.filters else (9, 5),
                  saved="result.reset_index()", suffix="by_" + keys[0])  # fmt: skip


def _drawing(
    kitchen: Kitchen, keys: list[Column], words: str, heading: str, value: Column | None
) -> tuple[list[str], str, int]:
    """The chart's statements, the axis of its grid, and how many bars it shows at most."""
    kind, key = kitchen.query.chart, keys[0]
    shown = min(key.distinct, kitchen.query.limit or key.distinct)
    if kind is None:
        return [], "", shown
    if kind in (Chart.BOX, Chart.HISTOGRAM) and kitchen.query.measures:
        return chart.boxes(kitchen.column(kitchen.query.measures[0]), key.name, heading), "y", shown
    if len(keys) == 2:
        draw = chart.lines if kind is Chart.LINE or (kind is Chart.AUTO and key.is_year) else chart.grouped_bars
        cut = [f"shown = result.iloc[:{SHOWN_BARS}, :{SHOWN_COLOURS}]"] if _is_cut(keys) else []
        frame, colours = ("shown", SHOWN_COLOURS) if cut else ("result", keys[1].distinct)
        return [*cut, *draw(frame, words, key.name, heading, value, colours)], "y", shown
    if key.is_number and not key.is_year and shown > SHOWN_BARS:
        return chart.line("result.sort_index()", words, key.name, heading, value), "y", shown
    if kind is Chart.PIE:
        return chart.pie("result", heading, shown), "", shown
    if kind is Chart.LINE or (kind is Chart.AUTO and (key.is_year or key.type == "date")):
        return chart.line("result", words, key.name, heading, value), "y", shown
    wide = chart.is_wide(keys, kitchen.query.limit)
    # The head cannot tell how many groups the conditions leave: cut only where there are surely too many.
    many = shown > SHOWN_BARS and not kitchen.query.filters
    lines = [f"shown = result.head({SHOWN_BARS})"] if many else []
    return (
        [*lines, *chart.bars("shown" if many else "result", words, key.name, heading, value, wide)],
        "x" if wide else "y",
        shown,
    )


def _is_cut(keys: list[Column]) -> bool:
    """Whether two keys have more values than a chart can show side by side."""
    return len(keys) == 2 and (keys[0].distinct > SHOWN_BARS or keys[1].distinct > SHOWN_COLOURS)


def _group_answer(kitchen: Kitchen, facts: Facts, function: str, measure: str, shown: int) -> str:
    query, fact = kitchen.query, facts.table("result")
    words, years = measured(function, measure) if measure else "number of rows", _years(kitchen)
    heading = wording.escaped(_capital(f"{words}{grouped(query.keys[:2])}{kitchen.where}"))
    if not fact.rows:
        return f"There are no rows{kitchen.told}, so there is nothing to show."
    if len(query.keys) > 1:
        cut = query.chart is not None and _is_cut([kitchen.column(key) for key in query.keys[:2]])
        note = f"\n\nThe chart shows the first {SHOWN_BARS} rows and {SHOWN_COLOURS} columns." if cut else ""
        return f"{heading}:\n\n{wording.table(fact, years=years)}{note}"
    sentence = (
        _extremes(kitchen, facts, words)
        if facts.count("groups") > 1
        else f"{heading}: there is one {wording.named(query.keys[0])}."
    )
    if facts.count("groups") > 1 and function in ("count", "sum", "") and not query.limit:
        sentence += f" Together: {wording.number(facts.number('total'))}."
    many = shown > SHOWN_BARS and not query.filters and not kitchen.column(query.keys[0]).is_number
    if query.chart in (Chart.BAR, Chart.AUTO) and many:
        sentence += f" The chart shows the first {SHOWN_BARS}."
    return f"{sentence}\n\n{wording.table(fact, (readable(query.keys[0]), _capital(words)), years)}"


def _extremes(kitchen: Kitchen, facts: Facts, words: str) -> str:
    """Who has the most and who the least."""
    query, key, words = kitchen.query, wording.named(kitchen.query.keys[0]), wording.escaped(words)
    if query.limit:
        first = facts.table("result").rows[0]
        order = "lowest" if query.descending is False else "highest"
        return f"**{_name(first[0])}** has the {order} {words}{kitchen.told}: **{wording.cell(first[1])}**."
    groups, high, low = facts.count("groups"), facts.number("high"), facts.number("low")
    if query.action is Action.DISTINCT:
        return (
            f"There are **{groups:,} different values** of {key}{kitchen.told}. The commonest is "
            f"**{_name(facts.table('result').rows[0][0])}**."
        )
    if high == low:
        return (
            f"The {words}{kitchen.told} is the same, **{wording.number(high)}**, for all **{groups:,}** values of "
            f"{key}."
        )
    most, least = _name(_cell(facts.values.get("high_at"))), _name(_cell(facts.values.get("low_at")))
    return (
        f"{_capital(words)}{kitchen.told}, by {key} ({groups:,} values): highest for **{most}** with "
        f"**{wording.number(high)}**, "
        f"lowest for **{least}** with **{wording.number(low)}**."
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _order(kitchen: Kitchen) -> str:
    """Largest first, unless the order of the groups themselves says more (years) or another was asked for."""
    key = kitchen.column(kitchen.query.keys[0])
    if kitchen.query.descending is False:
        return ".sort_values()"
    natural = key.is_year or key.type in ("date", "number")
    if kitchen.query.descending is None and natural:
        return ""
    if kitchen.query.sort == key.name:
        return ""
    return ".sort_values(ascending=False)"


def _with_unit(text: str, function: str, column: Column) -> str:
    if not column.unit or function in ("count", "nunique"):
        return text
    return f"{column.unit}{text}" if column.unit in "$€£¥" else f"{text} {column.unit}"


def _call(kitchen: Kitchen, function: str) -> str:
    """The call of a function. Text below the head of the file would be joined instead of added up: that has to fail."""
    strict = not kitchen.table.whole and function in ("sum", "min", "max")
    numbers = all(kitchen.column(measure).is_number for measure in kitchen.query.measures)
    return f"{function}({'numeric_only=True' if strict and numbers else ''})"


def _based_on(facts: Facts) -> str:
    used, rows = facts.count("used"), facts.count("rows")
    missing = f"; {wording.count(rows - used, 'row')} without a value" if used < rows else ""
    return f"{wording.count(used, 'value')}{missing}"


def _cell(value: object) -> Cell:
    return value if isinstance(value, (str, int, float)) else str(value)


def _name(value: Cell) -> str:
    return wording.escaped(str(value))


def _years(kitchen: Kitchen) -> frozenset[str]:
    return frozenset(column.name for column in kitchen.table.columns if column.is_year)


def _slug(words: str, keys: tuple[str, ...]) -> str:
    return f"{words} by {' '.join(keys)}"
