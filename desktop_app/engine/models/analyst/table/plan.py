"""Puts a table's step together: reading, cleaning, conditions, the recipe, the chart, the files, and the answer."""

import re

from desktop_app.engine.models.analyst import wording
from desktop_app.engine.models.analyst.fact import Facts
from desktop_app.engine.models.analyst.language import listed
from desktop_app.engine.models.analyst.program import Program, Task, literal
from desktop_app.engine.models.analyst.table import chart
from desktop_app.engine.models.analyst.table.query import Action, Filter, Query
from desktop_app.engine.models.analyst.table.recipe import RECIPES, Kitchen, Recipe

_WRITERS = {
    "tsv": 'to_csv({path}, sep="\\t", index=False)',
    "xlsx": "to_excel({path}, index=False)",
    "json": 'to_json({path}, orient="records", indent=2, force_ascii=False, date_format="iso")',
}


def plan(kitchen: Kitchen, intro: str = "") -> Task:
    """The code for a resolved query, and the answer to it."""
    query, source = kitchen.query, kitchen.source
    recipe = RECIPES[query.action](kitchen)
    used = _used(kitchen)
    reading = [*source.lines(), *source.cleaning(used)]
    conditions = _conditions(query.filters)
    compute = "\n\n".join("\n".join(part) for part in (reading, conditions, recipe.compute) if part)
    bad = {name: name for name in ("bad_dates", "bad_numbers") if any(line.startswith(f"{name} =") for line in reading)}
    facts = {**recipe.facts, **bad}
    drawing, saving = _drawing(kitchen, recipe), _saving(kitchen, recipe)
    show = "\n\n".join("\n".join(part) for part in (recipe.show, drawing, saving) if part)
    imports = (*source.imports, *recipe.imports, *((chart.PYPLOT,) if drawing else ()))
    return Task(intro, Program(imports, compute, show, facts), lambda facts: _answer(kitchen, recipe, facts))


def _used(kitchen: Kitchen) -> tuple[str, ...]:
    """The columns that the code works with, beyond carrying them along."""
    query = kitchen.query
    named = (*query.measures, *query.keys, *(f.column for f in query.filters), *((query.sort,) if query.sort else ()))
    everything = (
        query.action in (Action.OVERVIEW, Action.DESCRIBE, Action.CORRELATION, Action.OUTLIERS) and not query.measures
    )
    if everything:
        texts = [
            column.name
            for column in kitchen.table.columns
            if column.is_number and (column.as_text or kitchen.source.fixes.coerce_numbers)
        ]
        return (*named, *texts)
    return named


def _conditions(filters: tuple[Filter, ...]) -> list[str]:
    return [f"df = df[{_condition(one)}]" for one in filters]


def _condition(one: Filter) -> str:
    target, operator = f"df[{literal(one.column)}]", one.operator
    if operator.startswith("year "):
        target, operator = f"{target}.dt.year", operator[5:]
    first = literal(one.values[0]) if one.values else ""
    match operator:
        case "missing":
            return f"{target}.isna()"
        case "present":
            return f"{target}.notna()"
        case "between":
            return f"{target}.between({first}, {literal(one.values[1])})"
        case "contains":
            return f"{target}.astype(str).str.contains({first}, case=False, regex=False)"
        case "starts":
            return f"{target}.astype(str).str.lower().str.startswith({literal(str(one.values[0]).lower())})"
        case "==" | "!=" if len(one.values) > 1:
            return f"{'~' if operator == '!=' else ''}{target}.isin({literal(list(one.values))})"
        case _:
            return f"{target} {operator} {first}"


def _drawing(kitchen: Kitchen, recipe: Recipe) -> list[str]:
    if not recipe.chart:
        return []
    lines = chart.figure(recipe.chart, recipe.size, recipe.grid)
    if "png" in kitchen.query.save or "same" in kitchen.query.save:
        lines.append(f"fig.savefig({literal('/mnt/data/' + free(slug(recipe.chart_name) + '.png', kitchen.taken))})")
    return [*lines, "plt.show()"]


def _saving(kitchen: Kitchen, recipe: Recipe) -> list[str]:
    return [
        f"{recipe.saved}.{_writer(kitchen, kind).format(path=literal('/mnt/data/' + name))}"
        for kind, name in _outputs(kitchen, recipe)
    ]


def _writer(kitchen: Kitchen, kind: str) -> str:
    """The call that writes a format; a CSV file is written with the delimiter and the decimal mark of the source."""
    if kind != "csv":
        return _WRITERS[kind]
    table, options = kitchen.table, ""
    if table.format == "csv" and table.delimiter in ";|":
        options += f", sep={literal(table.delimiter)}"
    if table.format == "csv" and table.decimal == "," and not kitchen.source.as_written:
        options += ', decimal=","'
    return f"to_csv({{path}}{options}, index=False)"


def _outputs(kitchen: Kitchen, recipe: Recipe) -> list[tuple[str, str]]:
    """The formats to save as, with the names of the files."""
    own = kitchen.table.format if kitchen.table.format in ("xlsx", "json") else "csv"
    if own == "csv" and kitchen.table.delimiter == "\t" and not kitchen.query.save:
        own = "tsv"
    wanted = [own if kind == "same" else kind for kind in kitchen.query.save if kind != "png"]
    if recipe.saves and not wanted:
        wanted = [own]
    stem = slug(re.sub(r"\.[A-Za-z0-9]{1,5}$", "", kitchen.table.member.rsplit("/", 1)[-1] or kitchen.source.name))
    end = f"_{slug(recipe.suffix)}" if recipe.suffix else ""
    return [(kind, free(f"{stem}{end}.{kind}", kitchen.taken)) for kind in dict.fromkeys(wanted)]


def slug(text: str) -> str:
    """A name that is safe in a path and in a link."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:60].strip("_") or "data"


def free(name: str, taken: frozenset[str]) -> str:
    """The name, with a number if there is such a file already."""
    stem, dot, end = name.rpartition(".")
    number = 2
    while name in taken:
        name = f"{stem}_{number}{dot}{end}"
        number += 1
    return name


def _answer(kitchen: Kitchen, recipe: Recipe, facts: Facts) -> str:
    paragraphs = [recipe.answer(facts), *kitchen.query.choices, *_caveats(facts)]
    if kitchen.source.fixes.encoding:
        paragraphs.append("The file is not UTF-8; I read it as Latin-1.")
    if kitchen.source.fixes.skip_bad_lines:
        paragraphs.append("Lines with more fields than the header are left out.")
    if facts.made:
        links = "\n".join(f"- {wording.link(name)}" for name in facts.made if re.fullmatch(r"[\w.-]+", name))
        paragraphs.append(f"{'The file' if len(facts.made) == 1 else 'The files'}:\n{links}")
    return "\n\n".join(paragraphs)


def _caveats(facts: Facts) -> list[str]:
    """What could not be read, counted and with examples."""
    lines = []
    for name, noun in (("bad_dates", "date"), ("bad_numbers", "number")):
        bad = facts.table(name)
        if bad.total:
            examples = listed([wording.code(str(row[-1])) for row in bad.rows[:3]])
            verb = "is" if bad.total == 1 else "are"
            lines.append(
                f"{wording.count(bad.total, 'value').capitalize()} {verb} no {noun} and {verb} left out: "
                f"{examples}{'…' if bad.total > 3 else ''}."
            )
    return lines


def describes(query: Query) -> bool:
    """Whether there is a recipe for it."""
    return query.action in RECIPES
