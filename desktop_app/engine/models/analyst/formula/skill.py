"""Answers questions about equations and functions."""

from desktop_app.engine.models.analyst.formula.query import FormulaQuery, parse
from desktop_app.engine.models.analyst.formula.writer import task
from desktop_app.engine.models.analyst.program import Task
from desktop_app.engine.models.analyst.question import Question


def formula_task(question: Question) -> Task | str | None:
    """What to do about a question on a formula, which may stand in an earlier message."""
    query: FormulaQuery | None = None
    for text in (*question.earlier, question.text):
        query = parse(text, query)
    if query is None:
        return None
    failures = question.failures
    if not failures:
        return task(query, numerically=False, intro="")
    if failures[0].error == "NotImplementedError" and len(query.equations) == 1 and len(failures) == 1:
        return task(query, numerically=True, intro="There is no formula for the solution. Looking for it numerically.")
    return None
