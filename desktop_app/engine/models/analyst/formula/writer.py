"""Puts the parts of the code for formulas together. A new aim is a function in `function`, entered in `_SECTIONS`."""

from collections.abc import Callable

from desktop_app.engine.models.analyst.formula.drawing import plot
from desktop_app.engine.models.analyst.formula.equation import equations_head, solve
from desktop_app.engine.models.analyst.formula.expression import variables
from desktop_app.engine.models.analyst.formula.function import (
    curvature,
    derivative,
    evaluate,
    extrema,
    integral,
    monotone,
    rewritten,
    roots,
)
from desktop_app.engine.models.analyst.formula.query import Aim, FormulaQuery
from desktop_app.engine.models.analyst.formula.section import Section, parsed, symbols
from desktop_app.engine.models.analyst.program import Program, Task

_PARSER = "from sympy.parsing.sympy_parser import parse_expr"
_SECTIONS: dict[Aim, Callable[[FormulaQuery], Section]] = {
    Aim.EVALUATE: evaluate,
    Aim.DERIVATIVE: derivative,
    Aim.INTEGRAL: integral,
    Aim.CURVATURE: curvature,
    Aim.MONOTONE: monotone,
    Aim.ROOTS: roots,
    Aim.EXTREMA: extrema,
    Aim.SIMPLIFY: rewritten("simplify"),
    Aim.FACTOR: rewritten("factor"),
    Aim.EXPAND: rewritten("expand"),
    Aim.PLOT: plot,
}


def task(query: FormulaQuery, numerically: bool, intro: str) -> Task:
    """The code for a question about formulas, and its answer."""
    if query.equations:
        head, sections = equations_head(query), [solve(query, numerically)]
    else:
        head, sections = _function_head(query), [_SECTIONS[aim](query) for aim in query.aims]
    unknowns = {"symbols"} if query.equations or variables(query.function) else set()
    names = sorted({*unknowns, *(name for section in sections for name in section.sympy)}, key=lambda n: (n.lower(), n))
    extra = {line for section in sections for line in section.imports}
    imports = (*([f"from sympy import {', '.join(names)}"] if names else []), _PARSER, *sorted(extra))
    compute = "\n\n".join("\n".join(lines) for lines in (head, *(section.compute for section in sections)) if lines)
    show = "\n\n".join("\n".join(section.show) for section in sections if section.show)
    facts = {name: expression for section in sections for name, expression in section.facts.items()}
    return Task(
        intro, Program(imports, compute, show, facts), lambda found: "\n\n".join(s.answer(found) for s in sections)
    )


def _function_head(query: FormulaQuery) -> list[str]:
    letters = variables(query.function)
    return [symbols(letters), f"f = {parsed(query.function)}"] if letters else []
