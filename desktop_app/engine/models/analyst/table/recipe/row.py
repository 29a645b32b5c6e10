"""Single rows: filtered, sorted, the top ones, and those far from the rest."""

from desktop_app.engine.models.analyst import wording
from desktop_app.engine.models.analyst.fact import Facts, TableFact
from desktop_app.engine.models.analyst.language import listed, spoken
from desktop_app.engine.models.analyst.program import literal
from desktop_app.engine.models.analyst.table import chart
from desktop_app.engine.models.analyst.table.query import Chart
from desktop_app.engine.models.analyst.table.recipe.base import Kitchen, Recipe


def rows(kitchen: Kitchen) -> Recipe:
    """Rows that meet the conditions, in the order that was asked for, at most as many as asked for."""
    query = kitchen.query
    by = query.sort or next((m for m in query.measures if kitchen.column(m).is_number), "")
    down = query.descending is True or (query.descending is None and query.limit is not None and not query.sort)
    made = "df"
    if by:
        direction = ", ascending=False" if down else ""
        made = f"df.sort_values({literal(by)}{direction})"
    limit = query.limit or (1 if query.descending is not None and not query.sort and by else None)
    if limit:
        made += f".head({limit})"
    compute = [f"result = {made}"] if made != "df" else ["result = df"]
    years = frozenset(column.name for column in kitchen.table.columns if column.is_year)

    def answer(facts: Facts) -> str:
        found = facts.table("result")
        matching = facts.count("rows")
        if not found.rows:
            return f"No row fits{kitchen.told}."
        fits = "fits" if matching == 1 else "fit"
        lead = f"**{wording.count(matching, 'row').capitalize()}** {fits}{kitchen.told}." if query.filters else ""
        if by and limit:
            which = "highest" if down else "lowest"
            amount = "row" if found.total == 1 else f"{found.total} rows"
            lead = f"The {amount} with the {which} {wording.named(by)}{kitchen.told}:"
        elif by:
            lead = f"{lead} Sorted by {wording.named(by)}, {'largest' if down else 'smallest'} first.".strip()
        return f"{lead}\n\n{wording.table(TableFact(found.columns, found.rows, found.total), years=years)}"

    drawn: list[str] = []
    labels = [c for c in kitchen.table.columns if c.type == "text" and c.name != by and c.distinct > 1]
    if query.chart and by and labels:
        best = max(labels, key=lambda column: column.distinct)
        first = f"{limit} {'highest' if down else 'lowest'} {spoken(by)}" if limit else spoken(by)
        series = f"shown = result.set_index({literal(best.name)})[{literal(by)}]{'' if limit else '.head(30)'}"
        drawn = [
            series,
            *chart.bars("shown", spoken(by), best.name, f"{first}{kitchen.where}", kitchen.column(by), wide=True),
        ]
    facts = {"result": "result.reset_index(drop=True)", "rows": "len(df)"}
    return Recipe(compute, ["print(result.to_string(max_rows=40))"], facts,
                  answer, drawn, "x", f"top {spoken(by)}", saved="result",
                  suffix=f"top_{limit}" if limit else "filtered" if query.filters else "sorted")  # fmt: skip


def outliers(kitchen: Kitchen) -> Recipe:
    """Values more than 1.5 interquartile ranges outside the quartiles (Tukey's rule)."""
    chosen = [m for m in kitchen.query.measures if kitchen.column(m).is_number]
    target = f"df[{literal(chosen)}]" if chosen else 'df.select_dtypes("number")'
    compute = [
        f"numbers = {target}",
        "q1, q3 = numbers.quantile(0.25), numbers.quantile(0.75)",
        "low, high = q1 - 1.5 * (q3 - q1), q3 + 1.5 * (q3 - q1)",
        "outside = (numbers < low) | (numbers > high)",
        "below, above = (numbers < low).sum(), (numbers > high).sum()",
        'result = pd.DataFrame({"below": below, "above": above, "low": low, "high": high})',
    ]
    show = ["print(result)", "print(df[outside.any(axis=1)].to_string(max_rows=20))"]

    def answer(facts: Facts) -> str:
        found = facts.table("result")
        total = facts.count("outside")
        rule = "more than 1.5 times the interquartile range outside the middle half"
        if not total:
            columns = listed([wording.named(str(row[0])) for row in found.rows])
            return f"No outliers in {columns}: no value lies {rule}."
        body = wording.table(found, ("Column", "Too low", "Too high", "Lower bound", "Upper bound"))
        text = (
            f"**{wording.count(total, 'row').capitalize()}** of {facts.count('rows'):,} "
            f"{'has' if total == 1 else 'have'} an outlier{kitchen.told} (a value {rule})."
        )
        return f"{text}\n\n{body}\n\n{wording.table(facts.table('examples'))}"

    facts = {
        "result": "result",
        "outside": "outside.any(axis=1).sum()",
        "rows": "len(df)",
        "examples": "df[outside.any(axis=1)].reset_index(drop=True)",
    }
    drawn = (
        chart.boxes(kitchen.column(chosen[0]), "", f"{spoken(chosen[0])}{kitchen.where}")
        if chosen and kitchen.query.chart in (Chart.BOX, Chart.AUTO)
        else []
    )
    return Recipe(
        compute, show, facts, answer, drawn, "y", "outliers", saved="df[outside.any(axis=1)]", suffix="outliers"
    )
