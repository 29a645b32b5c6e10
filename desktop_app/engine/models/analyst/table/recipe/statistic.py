"""Count, mean, spread and quartiles; of one column in a sentence, of several in a table."""

from desktop_app.engine.models.analyst import wording
from desktop_app.engine.models.analyst.fact import Cell, Facts, TableFact
from desktop_app.engine.models.analyst.language import spoken
from desktop_app.engine.models.analyst.program import literal
from desktop_app.engine.models.analyst.table import chart
from desktop_app.engine.models.analyst.table.query import Chart
from desktop_app.engine.models.analyst.table.recipe.base import Kitchen, Recipe

_NAMES = {
    "count": "Values",
    "mean": "Mean",
    "std": "Std. deviation",
    "min": "Min",
    "25%": "Lower quartile",
    "50%": "Median",
    "75%": "Upper quartile",
    "max": "Max",
    "unique": "Distinct",
    "top": "Commonest",
    "freq": "Times",
}


def describe(kitchen: Kitchen) -> Recipe:
    """Statistics of the numbers; of all columns, if none of them is a number."""
    query = kitchen.query
    chosen = [m for m in query.measures if kitchen.column(m).is_number] or list(query.measures)
    numbers = [column.name for column in kitchen.table.columns if column.is_number]
    if len(chosen) == 1 and kitchen.column(chosen[0]).is_number:
        return _one(kitchen, chosen[0])
    target = f"df[{literal(chosen)}]" if chosen else "df"
    everything = not numbers or (chosen and not kitchen.column(chosen[0]).is_number)
    compute = [_described(target, bool(everything))]

    def answer(facts: Facts) -> str:
        return (
            f"Statistics of "
            f"{wording.count(facts.count('rows'), 'row')}{kitchen.told}:\n\n{_turned(kitchen, facts.table('result'))}"
        )

    return Recipe(compute, ["print(result.to_string())"], {"result": "result", "rows": "len(df)"}, answer,
                  saved="result.reset_index()", suffix="statistics")  # fmt: skip


def _described(target: str, everything: bool) -> str:
    return f'result = {target}.describe(include="all")' if everything else f"result = {target}.describe()"


def _turned(kitchen: Kitchen, fact: TableFact) -> str:
    """The table with one row for each column of the file."""
    years = {column.name for column in kitchen.table.columns if column.is_year}
    headers = ("Column", *(_NAMES.get(str(row[0]), str(row[0])) for row in fact.rows))
    rows: list[tuple[Cell, ...]] = []
    for i, name in enumerate(fact.columns[1:], 1):
        cells = tuple(row[i] for row in fact.rows)
        rows.append((name, *(f"{c:.0f}" if name in years and isinstance(c, float) and c > 1000 else c for c in cells)))
    return wording.table(TableFact(headers, tuple(rows), len(rows)))


def _one(kitchen: Kitchen, name: str) -> Recipe:
    column = kitchen.column(name)
    target = f"df[{literal(name)}]"
    facts = {"result": "result", "rows": "len(df)", "total": f"{target}.sum()"}

    def answer(facts: Facts) -> str:
        found = {str(row[0]): row[1] for row in facts.table("result").rows}
        count = int(float(found.get("count") or 0))
        said = wording.named(name)
        about = f"{said[:1].upper()}{said[1:]}{kitchen.told}"
        if count == 0:
            return f"{about}: there are no values."
        if count == 1:
            return f"{about} is **{wording.cell(found.get('mean'))}** (one value)."
        text = (
            f"{about}: {wording.count(count, 'value')} from **{wording.cell(found.get('min'))}** to "
            f"**{wording.cell(found.get('max'))}**, "
            f"average **{wording.cell(found.get('mean'))}**, median **{wording.cell(found.get('50%'))}**. The "
            f"middle half lies between "
            f"{wording.cell(found.get('25%'))} and {wording.cell(found.get('75%'))}; the total is "
            f"{wording.number(facts.number('total'))}."
        )
        missing = facts.count("rows") - count
        return f"{text} {wording.count(missing, 'row').capitalize()} without a value." if missing else text

    drawn: list[str] = []
    if kitchen.query.chart is Chart.BOX:
        drawn = chart.boxes(column, "", f"{spoken(name)}{kitchen.where}")
    elif kitchen.query.chart:
        drawn = chart.histogram(column, f"Distribution of {spoken(name)}{kitchen.where}")
    return Recipe([f"result = {target}.describe()"], ["print(result.to_string())"], facts, answer, drawn, "y",
                  f"distribution of {name}", saved="result.reset_index()", suffix="statistics")  # fmt: skip
