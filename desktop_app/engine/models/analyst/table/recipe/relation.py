"""How numbers go together: the correlation of two, or of all."""

from desktop_app.engine.models.analyst import wording
from desktop_app.engine.models.analyst.fact import Facts
from desktop_app.engine.models.analyst.language import spoken
from desktop_app.engine.models.analyst.program import literal
from desktop_app.engine.models.analyst.table import chart
from desktop_app.engine.models.analyst.table.phrase import grouped
from desktop_app.engine.models.analyst.table.query import Chart
from desktop_app.engine.models.analyst.table.recipe.base import Kitchen, Recipe


def correlation(kitchen: Kitchen) -> Recipe:
    """Pearson's r of two columns, with a scatter plot; of all numbers, with a heat map."""
    numbers = [m for m in kitchen.query.measures if kitchen.column(m).is_number]
    return _pair(kitchen, numbers[0], numbers[1]) if len(numbers) == 2 else _matrix(kitchen, numbers)


def _pair(kitchen: Kitchen, first: str, second: str) -> Recipe:
    pair = literal([first, second])
    compute = [f"pair = df[{pair}].dropna()", f"r = pair[{literal(first)}].corr(pair[{literal(second)}])"]
    show = ['print(f"r = {r:.3f} ({len(pair):,} pairs)")']

    def answer(facts: Facts) -> str:
        r = facts.number("r")
        names = f"{wording.named(first)} and {wording.named(second)}"
        if r is None:
            return f"The correlation of {names} cannot be computed{kitchen.told}: one of them does not vary."
        sign = "positive" if r > 0 else "negative"
        more = "more" if r > 0 else "less"
        strength = (
            "hardly any"
            if abs(r) < 0.1
            else f"a weak {sign}"
            if abs(r) < 0.3
            else f"a moderate {sign}"
            if abs(r) < 0.6
            else f"a strong {sign}"
        )
        text = (
            f"There is {strength} correlation between {names}{kitchen.told}: **r = {r:.3f}** "
            f"({wording.count(facts.count('pairs'), 'pair')})."
        )
        if abs(r) >= 0.1:
            text += f" More {wording.named(second)} tends to go with {more} {wording.named(first)}."
        return text

    drawn: list[str] = []
    if kitchen.query.chart:
        colour = next((key for key in kitchen.query.keys if kitchen.column(key).distinct <= 12), "")
        heading = f"{spoken(first)} against {spoken(second)}{grouped((colour,) if colour else ())}{kitchen.where}"
        drawn = chart.scatter(
            kitchen.column(first),
            kitchen.column(second),
            colour,
            heading,
            kitchen.column(colour).distinct if colour else 1,
        )
    return Recipe(compute, show, {"r": "r", "pairs": "len(pair)"}, answer, drawn, "both", f"{first} against {second}",
                  saved="pair", suffix="pairs")  # fmt: skip


def _matrix(kitchen: Kitchen, chosen: list[str]) -> Recipe:
    target = f"df[{literal(chosen)}]" if len(chosen) > 2 else "df"
    compute = [f"correlations = {target}.corr(numeric_only=True)"]
    names = chosen if len(chosen) > 2 else [column.name for column in kitchen.table.columns if column.is_number]

    def answer(facts: Facts) -> str:
        fact = facts.table("correlations")
        pairs = [
            (abs(float(value)), float(value), str(row[0]), fact.columns[j])
            for i, row in enumerate(fact.rows)
            for j, value in enumerate(row)
            if j > i + 1 and isinstance(value, (int, float))
        ]
        if not pairs:
            return "There are not two columns of numbers that vary, so there is no correlation to compute."
        text = f"The strongest correlations{kitchen.where}:\n\n"
        text += "\n".join(
            f"- {wording.named(a)} and {wording.named(b)}: **r = {r:.3f}**"
            for _, r, a, b in sorted(pairs, reverse=True)[:3]
        )
        return f"{text}\n\n{wording.table(fact, ('', *fact.columns[1:]))}"

    drawn: list[str] = []
    if kitchen.query.chart and len(names) > 1:
        drawn = chart.heatmap("correlations", f"Correlations{kitchen.where}", annotated=len(names) <= 12)
    show = ["print(correlations.round(3).to_string())"]
    return Recipe(compute, show, {"correlations": "correlations"}, answer, drawn, "",
                  "correlations", size=(8, 7) if kitchen.query.chart is not Chart.SCATTER else (9, 5),
                  saved="correlations.reset_index()", suffix="correlations")  # fmt: skip
