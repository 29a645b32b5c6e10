"""Answers questions about tables."""

from dataclasses import replace

from desktop_app.engine.models.analyst.program import Task
from desktop_app.engine.models.analyst.question import Question
from desktop_app.engine.models.analyst.shape import FileShape, Table
from desktop_app.engine.models.analyst.table.correction import corrected
from desktop_app.engine.models.analyst.table.parse import parse
from desktop_app.engine.models.analyst.table.plan import describes, plan
from desktop_app.engine.models.analyst.table.query import Action, Query, continued
from desktop_app.engine.models.analyst.table.recipe import Kitchen
from desktop_app.engine.models.analyst.table.resolve import resolved
from desktop_app.engine.models.analyst.table.source import Source
from desktop_app.engine.models.analyst.wording import code, escaped


def table_task(question: Question) -> Task | str | None:
    """What to do about a question on a table; a string is an answer without code; None is for somebody else."""
    tables = [(shape, shape.table) for shape in question.shapes if shape.kind == "table" and shape.table is not None]
    if not tables:
        return None
    (shape, table), query = _chosen(question, tables)
    if missing := _unknown(query, table):
        return missing
    query = resolved(query, table)
    if not describes(query):
        return None
    others = tuple(Source(other.name, found) for other, found in tables if other.name != shape.name)
    if query.action is Action.MERGE and (problem := _unmergeable(table, others)):
        return problem
    fixed = corrected(question.failures)
    if fixed is None:
        return None
    fixes, intro = fixed
    # Rows that are only put in another order are written back character by character.
    as_written = (
        query.action is Action.SHUFFLE
        and table.format == "csv"
        and not query.filters
        and not {"xlsx", "json"} & set(query.save)
    )
    return plan(Kitchen(Source(shape.name, table, fixes, as_written), query, others, question.taken), intro)


def _chosen(question: Question, tables: list[tuple[FileShape, Table]]) -> tuple[tuple[FileShape, Table], Query]:
    """The table that the question fits best, the likeliest first, and the question as read for it."""
    readings = [(understood(question, table), (shape, table)) for shape, table in tables]
    named = [pair for pair in readings if pair[1][0].name.lower() in question.text.lower()]
    best = max(named or readings, key=lambda pair: len(pair[0].measures) + len(pair[0].keys) + len(pair[0].filters))
    return best[1], best[0]


def understood(question: Question, table: Table) -> Query:
    """The question with what it takes from the questions before it."""
    query = Query()
    for text in (*question.earlier, question.text):
        query = continued(query, parse(text, table))
    if not question.text.strip():
        query = replace(Query(), action=Action.OVERVIEW)
    return query


def _unknown(query: Query, table: Table) -> str | None:
    """An answer for names that no column has, if nothing else was understood or the name was quoted."""
    if query.stranger and query.has_subject:
        name = escaped(query.stranger)
        below = f" It may stand below the first {table.rows:,} rows: name its column, as in “where city is {name}”."
        seen = "" if table.whole else below
        return f"I see no “{escaped(query.stranger)}” among the values of this file, and no column of that name.{seen}"
    if not query.unknown:
        return None
    names = ", ".join(code(column.name) for column in table.columns[:60])
    return f"There is no column {code(query.unknown[0])} in this file. Its columns are: {names}."


def _unmergeable(table: Table, others: tuple[Source, ...]) -> str | None:
    if not others:
        return "To merge I need two tables, and there is only one here. Attach the other file, too."
    own = {column.name for column in table.columns}
    if not own & {column.name for column in others[0].table.columns}:
        mine = ", ".join(code(column.name) for column in table.columns[:20])
        theirs = ", ".join(code(column.name) for column in others[0].table.columns[:20])
        return f"The two tables have no column of the same name. One has {mine}; the other has {theirs}."
    return None
