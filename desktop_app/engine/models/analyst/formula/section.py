"""A part of the code for formulas, and what all parts share: parsing, variables, values as people write them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from desktop_app.engine.models.analyst import wording
from desktop_app.engine.models.analyst.fact import Facts
from desktop_app.engine.models.analyst.formula.expression import for_sympy, variables
from desktop_app.engine.models.analyst.program import literal


@dataclass(frozen=True, slots=True)
class Section:
    """Code for one aim.

    Attributes:
        sympy: Names to import from sympy.
    """

    sympy: tuple[str, ...]
    compute: list[str]
    show: list[str]
    facts: dict[str, str]
    answer: Callable[[Facts], str]
    imports: tuple[str, ...] = field(default=())


def parsed(formula: str) -> str:
    """The expression that parses a formula: it goes in as a string, never as code."""
    if re.fullmatch(r"-?(0|[1-9][0-9]{0,14})", formula):
        return formula
    names = ", ".join(f'"{letter}": {symbol(letter)}' for letter in variables(formula))
    return f'parse_expr({literal(for_sympy(formula))}, {{{names}}}, transformations="all")'


def symbol(letter: str) -> str:
    """A variable's name in the code; `f` and the like are taken."""
    return letter if letter not in "fl" else f"{letter}_"


def symbols(letters: tuple[str, ...]) -> str:
    """The statement that makes symbols of letters."""
    return f"{', '.join(symbol(letter) for letter in letters)} = symbols({literal(' '.join(letters))})"


def shown(text: str) -> str:
    """What sympy wrote, as people write it: `2x^2` for `2*x**2`, `i` for `I`."""
    text = re.sub(r"(?<![A-Za-z0-9])(\d+)\*(?=[A-Za-z(])", r"\1", text.replace("**", "^"))
    return re.sub(r"\bI\b", "i", text)


def exact(solution: str, value: str) -> str:
    """A solution, with its decimal value where the exact form is not a whole number."""
    solution = shown(solution)
    if re.fullmatch(r"-?\d+", solution):
        return solution
    try:
        decimal = wording.number(float(value))
    except ValueError:
        return solution
    return (
        solution if decimal == solution else f"{solution} ≈ {decimal}" if re.search(r"[/a-z(*]", solution) else decimal
    )
