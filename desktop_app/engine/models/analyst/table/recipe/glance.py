"""A first look: what is in the file, its head, types, size and gaps."""

from desktop_app.engine.models.analyst import wording
from desktop_app.engine.models.analyst.fact import Cell, Facts, TableFact
from desktop_app.engine.models.analyst.program import literal
from desktop_app.engine.models.analyst.table import chart
from desktop_app.engine.models.analyst.table.query import Action
from desktop_app.engine.models.analyst.table.recipe.base import Kitchen, Recipe
from desktop_app.engine.models.analyst.table.suggestion import suggestions

_KINDS = {"int64": "whole number", "float64": "number", "str": "text", "object": "text", "bool": "yes/no"}


def overview(kitchen: Kitchen) -> Recipe:
    """Size, columns, ranges, gaps, and what to ask next."""
    listlike = ".astype(str)" if kitchen.table.format in ("json", "jsonl") else ""
    compute = [
        "overview = pd.DataFrame({",
        '    "type": df.dtypes.astype(str),',
        '    "missing": df.isna().sum(),',
        f'    "distinct": df{listlike}.nunique(),',
        '    "example": df.iloc[0] if len(df) else None,',
        "})",
    ]
    numbers = any(column.is_number and not column.as_text for column in kitchen.table.columns)
    facts = {
        "rows": "len(df)",
        "columns": "df.shape[1]",
        "overview": "overview",
        "duplicates": f"df{listlike}.duplicated().sum()",
    }
    if numbers:
        facts["ranges"] = 'df.describe().T[["min", "mean", "max"]]'
    show = ['print(f"{len(df):,} rows, {df.shape[1]} columns")', "print(overview.to_string())"]
    return Recipe(compute, show, facts, lambda facts: _overview(kitchen, facts), suffix="overview")


def _overview(kitchen: Kitchen, facts: Facts) -> str:
    table, name = kitchen.table, kitchen.source.name
    inside = f" (the file {wording.code(table.member)} in it)" if table.member else ""
    sheet = f", in the sheet “{wording.escaped(table.sheet)}”" if len(table.sheets) > 1 else ""
    size = f"{wording.count(facts.count('rows'), 'row')} and {wording.count(facts.count('columns'), 'column')}"
    lines = [f"**{wording.escaped(name)}**{inside} has **{size}**{sheet}."]
    if len(table.sheets) > 1:
        lines.append(f"Its sheets: {', '.join(wording.escaped(sheet) for sheet in table.sheets[:20])}.")
    ranges = {str(row[0]): row[1:] for row in facts.table("ranges").rows}
    rows = tuple(_overview_row(kitchen, row, ranges) for row in facts.table("overview").rows)
    lines.append(
        wording.table(
            TableFact(("Column", "Type", "Missing", "Distinct", "Values"), rows, facts.table("overview").total)
        )
    )
    notes = []
    missing = sum(int(row[2]) for row in facts.table("overview").rows if isinstance(row[2], (int, float)))
    notes.append(f"{wording.count(missing, 'missing value')} in all".capitalize() if missing else "No value is missing")
    repeated = facts.count("duplicates")
    notes.append(
        f"{wording.count(repeated, 'row')} repeat{'s' if repeated == 1 else ''} an earlier one"
        if repeated
        else "no row appears twice"
    )
    lines.append(f"{'; '.join(notes)}.")
    lines.append("You could ask next:\n" + "\n".join(f"- {text}" for text in suggestions(table)))
    return "\n\n".join(lines)


def _overview_row(kitchen: Kitchen, row: tuple[Cell, ...], ranges: dict[str, tuple[Cell, ...]]) -> tuple[Cell, ...]:
    name, kind, missing, distinct, example = row
    found = next((column for column in kitchen.table.columns if column.name == name), None)
    words = _KINDS.get(str(kind), "date" if str(kind).startswith("datetime") else str(kind))
    if found is not None and found.type == "date":
        words = "date"
    if str(name) in ranges:
        low, mean, high = (
            f"{v:.0f}" if found and found.is_year and isinstance(v, float) else wording.cell(v)
            for v in ranges[str(name)]
        )
        values: Cell = f"{low} to {high}" + ("" if found and found.is_year else f", average {mean}")
    elif found is not None and found.type == "text" and found.distinct <= 5:
        values = ", ".join(found.values)
    else:
        values = f"such as {example}" if example is not None else None
    return (str(name), words, missing, distinct, values)


def head(kitchen: Kitchen) -> Recipe:
    """The first or last rows."""
    last = kitchen.query.last or kitchen.query.action is Action.TAIL
    count = kitchen.query.limit or 10
    compute = [f"result = df.{'tail' if last else 'head'}({count})"]
    words = f"The {'last' if last else 'first'} %s of {wording.count(0, 'row').split()[1]}"

    def answer(facts: Facts) -> str:
        shown = facts.table("result")
        which = words.split(" %s", maxsplit=1)[0]
        years = frozenset(column.name for column in kitchen.table.columns if column.is_year)
        body = wording.table(TableFact(shown.columns, shown.rows, shown.total), years=years)
        return f"{which} {wording.count(shown.total, 'row')} of {facts.count('rows'):,}{kitchen.told}:\n\n{body}"

    facts = {"result": "result.reset_index(drop=True)", "rows": "len(df)"}
    return Recipe(compute, ["print(result.to_string())"], facts, answer,
                  saved="result", suffix="tail" if last else "head")  # fmt: skip


def missing(kitchen: Kitchen) -> Recipe:
    """How many values are missing, by column."""
    chosen = kitchen.query.measures
    target = f"df[{literal(list(chosen))}]" if chosen else "df"
    compute = [f"missing = {target}.isna().sum()", "missing = missing[missing > 0].sort_values(ascending=False)"]

    def answer(facts: Facts) -> str:
        found, rows = facts.table("missing"), facts.count("rows")
        if not found.rows:
            of = f" in {wording.named(chosen[0])}" if len(chosen) == 1 else ""
            return f"No value is missing{of}: all {wording.count(rows, 'row')} are complete."
        shares = tuple((row[0], row[1], f"{100 * float(row[1] or 0) / max(rows, 1):.1f} %") for row in found.rows)
        body = wording.table(TableFact(("Column", "Missing", "Share"), shares, found.total))
        return (
            f"{wording.count(found.total, 'column').capitalize()} of {facts.count('columns')} "
            f"{'has' if found.total == 1 else 'have'} missing values ({wording.count(facts.count('all'), 'value')} "
            f"in all, "
            f"in {wording.count(facts.count('incomplete'), 'row')} of {rows:,}):\n\n{body}"
        )

    facts = {
        "missing": "missing",
        "rows": "len(df)",
        "columns": f"{target}.shape[1]",
        "all": "missing.sum()",
        "incomplete": f"{target}.isna().any(axis=1).sum()",
    }
    drawn = (
        chart.bars("missing", "Missing values", "Column", "Missing values by column", None, wide=True)
        if kitchen.query.chart
        else []
    )
    show = ['print(missing if len(missing) else "No value is missing.")']
    return Recipe(
        compute,
        show,
        facts,
        answer,
        drawn,
        "x",
        "missing_values",
        saved='missing.rename("missing").reset_index()',
        suffix="missing",
    )


def types(_kitchen: Kitchen) -> Recipe:
    """The columns with their types."""

    def answer(facts: Facts) -> str:
        rows = tuple((row[0], _KINDS.get(str(row[1]), str(row[1])), row[1]) for row in facts.table("types").rows)
        body = wording.table(TableFact(("Column", "Holds", "Type in pandas"), rows, facts.table("types").total))
        return f"{wording.count(facts.count('columns'), 'column').capitalize()}:\n\n{body}"

    return Recipe([], ["print(df.dtypes)"], {"types": "df.dtypes.astype(str)", "columns": "df.shape[1]"}, answer)


def size(kitchen: Kitchen) -> Recipe:
    """How many rows and columns."""
    show = ['print(f"{len(df):,} rows, {df.shape[1]} columns")']

    def answer(facts: Facts) -> str:
        if kitchen.query.filters:
            return f"There are **{wording.count(facts.count('rows'), 'row')}**{kitchen.told}."
        size = f"{wording.count(facts.count('rows'), 'row')} and {wording.count(facts.count('columns'), 'column')}"
        return f"{wording.escaped(kitchen.source.name)} has **{size}**."

    return Recipe([], show, {"rows": "len(df)", "columns": "df.shape[1]"}, answer)
