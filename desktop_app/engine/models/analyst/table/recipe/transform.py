"""The table made into another one, and saved: converted, shuffled, sampled, without duplicates or gaps, merged."""

from desktop_app.engine.models.analyst import wording
from desktop_app.engine.models.analyst.fact import Facts
from desktop_app.engine.models.analyst.language import listed
from desktop_app.engine.models.analyst.program import literal
from desktop_app.engine.models.analyst.table.recipe.base import Kitchen, Recipe

_SEED = 42


def convert(kitchen: Kitchen) -> Recipe:
    """The same rows in another format."""

    def answer(facts: Facts) -> str:
        size = f"{wording.count(facts.count('rows'), 'row')} and {wording.count(facts.count('columns'), 'column')}"
        left = (
            f" It holds only the sheet “{wording.escaped(kitchen.table.sheet)}”."
            if len(kitchen.table.sheets) > 1
            else ""
        )
        return f"Here is the file, with {size}{kitchen.told}.{left}"

    return Recipe(
        [],
        [],
        {"rows": "len(df)", "columns": "df.shape[1]"},
        answer,
        suffix="filtered" if kitchen.query.filters else "",
        saves=True,
    )


def shuffle(kitchen: Kitchen) -> Recipe:
    """All rows in another order; the same order whenever it is run, so that it can be repeated."""
    return Recipe(
        [f"shuffled = df.sample(frac=1, random_state={_SEED})"],
        ["print(shuffled.head().to_string())"],
        {"rows": "len(shuffled)"},
        lambda facts: (
            f"I shuffled the {wording.count(facts.count('rows'), 'row')}{kitchen.told}. Nothing else has changed: "
            f"each row is still "
            f"there once. (The random seed is {_SEED}, so running it again gives the same order.)"
        ),
        saved="shuffled",
        suffix="shuffled",
        saves=True,
    )


def sample(kitchen: Kitchen) -> Recipe:
    """Some rows, drawn at random."""
    wanted = kitchen.query.limit or 10
    return Recipe(
        [f"sample = df.sample(min({wanted}, len(df)), random_state={_SEED})"],
        ["print(sample.to_string(max_rows=40))"],
        {"sample": "sample.reset_index(drop=True)", "rows": "len(df)"},
        lambda facts: (
            f"{wording.count(facts.table('sample').total, 'row').capitalize()} drawn at random from "
            f"{facts.count('rows'):,}{kitchen.told}:\n\n{wording.table(facts.table('sample'))}"
        ),
        saved="sample",
        suffix="sample",
    )


def deduplicate(kitchen: Kitchen) -> Recipe:
    """Each row once, or each value of the named columns once."""
    subset = f"subset={literal(list(kitchen.query.measures))}" if kitchen.query.measures else ""
    of = f" with the same {listed([wording.named(m) for m in kitchen.query.measures])}" if subset else ""
    return Recipe(
        [f"unique = df.drop_duplicates({subset})"],
        ['print(f"{len(df) - len(unique):,} duplicates removed, {len(unique):,} rows left")'],
        {"rows": "len(df)", "left": "len(unique)"},
        lambda facts: (
            f"I removed **{wording.count(facts.count('rows') - facts.count('left'), 'duplicate row')}**{of}; "
            f"{wording.count(facts.count('left'), 'row')} of {facts.count('rows'):,} are left."
        ),
        saved="unique",
        suffix="unique",
        saves=True,
    )


def drop_missing(kitchen: Kitchen) -> Recipe:
    """Only the rows that are complete, or complete in the named columns."""
    subset = f"subset={literal(list(kitchen.query.measures))}" if kitchen.query.measures else ""
    where = f" in {listed([wording.named(m) for m in kitchen.query.measures])}" if subset else ""
    return Recipe(
        [f"complete = df.dropna({subset})"],
        ['print(f"{len(df) - len(complete):,} incomplete rows removed, {len(complete):,} rows left")'],
        {"rows": "len(df)", "left": "len(complete)"},
        lambda facts: (
            f"I removed **{wording.count(facts.count('rows') - facts.count('left'), 'row')}** with missing "
            f"values{where}; "
            f"{wording.count(facts.count('left'), 'row')} of {facts.count('rows'):,} are left."
        ),
        saved="complete",
        suffix="complete",
        saves=True,
    )


def merge(kitchen: Kitchen) -> Recipe:
    """Two tables side by side, by the columns that they share. Without a shared column it says so."""
    other = kitchen.others[0]
    own = [column.name for column in kitchen.table.columns]
    shared = [name for name in own if any(name == column.name for column in other.table.columns)]
    asked = [name for name in kitchen.query.keys + kitchen.query.measures if name in shared]
    on = asked or shared[:1]
    compute = [
        *other.lines("other"),
        f'merged = df.merge(other, on={literal(on[0] if len(on) == 1 else on)}, how="outer", indicator=True)',
    ]
    show = [
        'print(merged["_merge"].value_counts())',
        'merged = merged.drop(columns="_merge")',
        "print(merged.head().to_string())",
    ]
    facts = {
        "rows": "len(merged)",
        "both": '(merged["_merge"] == "both").sum()',
        "left": '(merged["_merge"] == "left_only").sum()',
        "right": '(merged["_merge"] == "right_only").sum()',
    }

    def answer(facts: Facts) -> str:
        first, second = wording.escaped(kitchen.source.name), wording.escaped(other.name)
        return (
            f"I merged {first} and {second} by {listed([wording.named(name) for name in on])}: "
            f"**{wording.count(facts.count('rows'), 'row')}**. "
            f"In both files: {facts.count('both'):,}; only in {first}: {facts.count('left'):,}; only in {second}: "
            f"{facts.count('right'):,}. "
            "All are kept."
        )

    return Recipe(compute, show, facts, answer, imports=other.imports, saved="merged", suffix="merged", saves=True)
