"""Everything the analyst can do, in the order in which it is asked. A new skill is a function here."""

from collections.abc import Callable

from desktop_app.engine.models.analyst.document.skill import document_task
from desktop_app.engine.models.analyst.formula.skill import formula_task
from desktop_app.engine.models.analyst.program import Task
from desktop_app.engine.models.analyst.question import Question
from desktop_app.engine.models.analyst.table.skill import table_task

Skill = Callable[[Question], Task | str | None]

SKILLS: tuple[Skill, ...] = (formula_task, table_task, document_task)


def task_for(question: Question) -> Task | str | None:
    """The first skill's word on the question; None if it means nothing to any of them."""
    for skill in SKILLS:
        outcome = skill(question)
        if outcome is not None:
            return outcome
    return None
