"""A question about formulas, understood: which equations or function, what to find out, where, over which range."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from desktop_app.engine.models.analyst.formula.expression import formulas, variables


class Aim(StrEnum):
    """What is to be found out. Each has a section in `writer`."""

    SOLVE = "solve"
    EVALUATE = "evaluate"
    DERIVATIVE = "derivative"
    INTEGRAL = "integral"
    CURVATURE = "curvature"
    MONOTONE = "monotone"
    ROOTS = "roots"
    EXTREMA = "extrema"
    SIMPLIFY = "simplify"
    FACTOR = "factor"
    EXPAND = "expand"
    PLOT = "plot"


@dataclass(frozen=True, slots=True)
class FormulaQuery:
    """What is asked of formulas.

    Attributes:
        equations: Left and right sides.
        function: The right side of `y = …`, or an expression.
        name: The left side, such as `y` or `f(x)`.
        points: Where to evaluate: names with numbers.
        unknown: The letter to solve for, if it was said.
        span: The range for a plot, or the bounds of an integral.
        asks_concave: The question is about concavity (else, for curvature, about convexity).
    """

    equations: tuple[tuple[str, str], ...] = ()
    function: str = ""
    name: str = "y"
    points: tuple[tuple[str, str], ...] = ()
    unknown: str = ""
    aims: tuple[Aim, ...] = ()
    span: tuple[str, str] | None = None
    asks_concave: bool = False

    @property
    def variable(self) -> str:
        """The letter that the function depends on."""
        letters = variables(self.function)
        given = [name for name, _ in self.points if name in letters]
        return next((letter for letter in (*given, "x", "t") if letter in letters), letters[0] if letters else "x")


_AIMS = (
    (Aim.CURVATURE, r"concav\w*|convex\w*|curvature|inflection"),
    (Aim.MONOTONE, r"monoton\w*|increasing|decreasing|rising|falling"),
    (Aim.DERIVATIVE, r"derivatives?|differentiate|slope|gradient"),
    (Aim.INTEGRAL, r"integrals?|integrate|antiderivatives?|area under"),
    (Aim.ROOTS, r"roots?|zeros?|zeroes|x-intercepts?"),
    (Aim.EXTREMA, r"extrem\w*|maxim\w*|minim\w*|vertex|turning points?|stationary|critical points?"),
    (Aim.FACTOR, r"factori[sz]e|factor|factors"),
    (Aim.EXPAND, r"expand|multiply out"),
    (Aim.SIMPLIFY, r"simplify|simplified"),
    (Aim.EVALUATE, r"evaluate|calculate|compute|value|how much"),
    (Aim.SOLVE, r"solve|solutions?|equations?"),
    (Aim.PLOT, r"plot|graph|draw|chart|sketch|visuali[sz]e|show me"),
)
_NUMBER = r"(-?(?:\d+(?:\.\d+)?|\d*\*?pi))"
_SPAN = re.compile(rf"\b(?:from|between) {_NUMBER} (?:to|and) {_NUMBER}\b", re.ASCII)
_ABOUT = re.compile(r"\b(?:function|equation|curve|parabola|it|its|this|that|graph|solution|same)\b", re.IGNORECASE)
_ARITHMETIC = re.compile(
    r"^\W*(?:what(?:'s| is)|how much is|calculate|compute|evaluate|solve|please|=|\s)*", re.IGNORECASE
)


def parse(text: str, before: FormulaQuery | None) -> FormulaQuery | None:
    """Reads a message; None if it is not about formulas. `before` is what the message before it was about."""
    lowered = text.replace("\u2212", "-").replace("π", "pi").replace("\u2019", "'").lower()
    aims = tuple(aim for aim, words in _AIMS if re.search(rf"\b(?:{words})\b", lowered))
    span = _SPAN.search(lowered)
    found = formulas(_SPAN.sub(" , ", text.replace("π", "pi")) if span else text)
    query = FormulaQuery(aims=aims, span=(span[1], span[2]) if span else None, asks_concave="concav" in lowered)
    if unknown := re.search(r"\bfor ([a-z])\b(?!\s*=)", lowered):
        query = replace(query, unknown=unknown[1])
    for formula in found:
        query = _with(query, formula)
    if not query.equations and not query.function:
        if before is None or not (aims or query.points) or not (_ABOUT.search(text) or len(text.split()) <= 6):
            return None
        return _completed(_following(before, query))
    if (not aims or not variables(query.function or "x")) and not _stands_alone(text, found):
        return None
    return _completed(query)


def _stands_alone(text: str, found: tuple[str, ...]) -> bool:
    """Whether a message without a word of what to do is a formula and little else."""
    rest = _ARITHMETIC.sub("", text).strip("`?.! ")
    return sum(len(re.sub(r"\s", "", formula)) for formula in found) >= 0.7 * len(re.sub(r"\s", "", rest))


def _with(query: FormulaQuery, formula: str) -> FormulaQuery:
    sides = [side.strip() for side in formula.split("=")]
    if len(sides) == 1:
        called = re.fullmatch(r"[fgh]\((-?[\d.]+)\)", formula)
        if called:
            return replace(query, points=(*query.points, ("", called[1])))
        return query if query.function else replace(query, function=formula)
    if len(sides) != 2 or not all(sides):
        return query
    left, right = sides
    if re.fullmatch(r"[A-Za-z]", left) and not variables(right):
        return replace(query, points=(*query.points, (left, right)))
    defined = re.fullmatch(r"([A-Za-z])(?:\([A-Za-z]\))?", left)
    if (
        defined
        and variables(right)
        and defined[1] not in variables(right)
        and not query.function
        and not query.equations
    ):
        return replace(query, function=right, name=left)
    if (query.function and query.name != "y") or (defined and query.function):
        # A second definition makes a system of the two.
        return replace(query, equations=((query.name, query.function), (left, right)), function="")
    return replace(query, equations=(*query.equations, (left, right)))


def _following(before: FormulaQuery, now: FormulaQuery) -> FormulaQuery:
    return replace(
        before,
        aims=now.aims,
        points=now.points or (before.points if Aim.EVALUATE in now.aims else ()),
        unknown=now.unknown or before.unknown,
        span=now.span,
        asks_concave=now.asks_concave,
    )


def _completed(query: FormulaQuery) -> FormulaQuery:
    """Settles what is to be done where the words leave it open."""
    aims: list[Aim] = list(query.aims)
    if query.equations and query.points and len(query.equations) == 1 and not query.function:
        left, right = query.equations[0]
        letters = {name for name, _ in query.points}
        if set(variables(left + right)) <= letters:
            query = replace(query, points=())
    if query.function:
        if query.points:
            aims = [Aim.EVALUATE, *(a for a in aims if a not in (Aim.SOLVE, Aim.EVALUATE))]
        elif Aim.SOLVE in aims:
            others: list[Aim] = [a for a in aims if a is not Aim.SOLVE]
            aims = [*others] or [Aim.ROOTS]
        if not variables(query.function):
            aims = [Aim.EVALUATE]
        elif Aim.EVALUATE in aims and not query.points:
            aims = [a for a in aims if a is not Aim.EVALUATE]
        aims = aims or [Aim.PLOT if len(variables(query.function)) == 1 else Aim.SIMPLIFY]
    else:
        aims = [Aim.SOLVE]
    return replace(query, aims=tuple(dict.fromkeys(aims)))
