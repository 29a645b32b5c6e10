"""Writes the code for formulas, section by section, and the answer with the values that it found."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from desktop_app.engine.models.analyst import wording
from desktop_app.engine.models.analyst.fact import Facts
from desktop_app.engine.models.analyst.formula.expression import for_sympy, variables
from desktop_app.engine.models.analyst.formula.query import Aim, FormulaQuery
from desktop_app.engine.models.analyst.language import listed
from desktop_app.engine.models.analyst.program import Program, Task, literal

_PARSER = "from sympy.parsing.sympy_parser import parse_expr"


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


def task(query: FormulaQuery, numerically: bool, intro: str) -> Task:
    """The code for a question about formulas, and its answer."""
    if query.equations:
        head, sections = _equations_head(query), [_solve(query, numerically)]
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


def parsed(formula: str) -> str:
    """The expression that parses a formula: it goes in as a string, never as code."""
    if re.fullmatch(r"-?(0|[1-9][0-9]{0,14})", formula):
        return formula
    names = ", ".join(f'"{letter}": {_symbol(letter)}' for letter in variables(formula))
    return f'parse_expr({literal(for_sympy(formula))}, {{{names}}}, transformations="all")'


def _symbol(letter: str) -> str:
    """A variable's name in the code; `f` and the like are taken."""
    return letter if letter not in "fl" else f"{letter}_"


def _symbols(letters: tuple[str, ...]) -> str:
    return f"{', '.join(_symbol(letter) for letter in letters)} = symbols({literal(' '.join(letters))})"


def _equations_head(query: FormulaQuery) -> list[str]:
    letters = variables(" ".join(side for equation in query.equations for side in equation))
    return [_symbols(letters or ("x",))]


def _function_head(query: FormulaQuery) -> list[str]:
    letters = variables(query.function)
    return [_symbols(letters), f"f = {parsed(query.function)}"] if letters else []


def _solve(query: FormulaQuery, numerically: bool) -> Section:
    if len(query.equations) > 1:
        return _system(query)
    left, right = query.equations[0]
    letters = variables(left + right)
    unknown = query.unknown if query.unknown in letters else ("x" if "x" in letters else letters[0] if letters else "x")
    symbol = _symbol(unknown)
    compute = [f"equation = Eq({parsed(left)}, {parsed(right)}, evaluate=False)"]
    if numerically:
        compute.append(f"solutions = [nsolve(equation, {symbol}, 1)]")
    else:
        compute.append(f"solutions = solve(equation, {symbol})")
    facts = {
        "solutions": "solutions",
        "values": "[s.evalf(8) for s in solutions]",
        "real": "[str(s.is_real) for s in solutions]",
        "checks": f"[equation.lhs.subs({symbol}, s).simplify() for s in solutions]",
        "right": f"[equation.rhs.subs({symbol}, s).simplify() for s in solutions]",
        "linear": f"(equation.lhs - equation.rhs).expand().diff({symbol}).is_number",
        "slope": f"(equation.lhs - equation.rhs).expand().coeff({symbol}, 1)",
        "rest": f"-(equation.lhs - equation.rhs).expand().coeff({symbol}, 0)",
        "period": f'__import__("sympy").periodicity(equation.lhs - equation.rhs, {symbol})',
    }
    show = ["for solution in solutions:", f'    print("{unknown} =", solution)']

    def answer(facts: Facts) -> str:
        return _solved(query, unknown, facts, numerically)

    return Section(("Eq", "nsolve" if numerically else "solve"), compute, show, facts, answer)


def _solved(query: FormulaQuery, unknown: str, facts: Facts, numerically: bool) -> str:
    left, right = query.equations[0]
    equation = f"`{left} = {right}`"
    solutions, values = facts.texts("solutions"), facts.texts("values")
    if not solutions:
        always = not variables(left + right)
        return (
            f"{equation} has no unknown to solve for."
            if always
            else f"{equation} has no solution (or every {unknown} solves it)."
        )
    lines = [f"{unknown} = {_exact(solution, value)}" for solution, value in zip(solutions, values, strict=False)]
    complex_only = all(real == "False" for real in facts.texts("real"))
    text = f"The solution of {equation} is" if len(lines) == 1 else f"The solutions of {equation} are"
    text += f" **{listed(lines)}**."
    if complex_only:
        text = f"{equation} has no real solution. In the complex numbers: **{listed(lines)}**."
    if numerically:
        return f"{text} It was found numerically, starting from 1; there may be others."
    if facts.text("linear") == "True" and len(variables(left + right)) == 1:
        slope, rest = shown(facts.text("slope")), shown(facts.text("rest"))
        text += (
            f"\n\nStep by step: bring the terms with {unknown} to one side and the numbers to the other, "
            f"`{_times(slope, unknown)} = {rest}`"
        )
        text += f", then divide both sides by {slope}: `{unknown} = {solutions[0]}`." if slope != "1" else "."
    if facts.text("period"):
        text += f"\n\nThe equation repeats itself every {facts.text('period')}: add any multiple of it."
    checks, rights = facts.texts("checks"), facts.texts("right")
    if not complex_only and len(variables(left + right)) == 1 and checks and checks == rights:
        where = f"{unknown} = {solutions[0]}" if len(solutions) == 1 else "each of them"
        text += (
            f"\n\nCheck: with {where} the left side is {listed(tuple(dict.fromkeys(checks)))}, as is the right side."
        )
    return text


def _times(factor: str, unknown: str) -> str:
    return {"1": unknown, "-1": f"-{unknown}"}.get(
        factor, f"{factor}{unknown}" if re.fullmatch(r"-?\d+", factor) else f"({factor})*{unknown}"
    )


def shown(text: str) -> str:
    """What sympy wrote, as people write it: `2x^2` for `2*x**2`, `i` for `I`."""
    text = re.sub(r"(?<![A-Za-z0-9])(\d+)\*(?=[A-Za-z(])", r"\1", text.replace("**", "^"))
    return re.sub(r"\bI\b", "i", text)


def _exact(solution: str, value: str) -> str:
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


def _system(query: FormulaQuery) -> Section:
    letters = variables(" ".join(side for equation in query.equations for side in equation))
    compute = [
        "equations = [",
        *(f"    Eq({parsed(left)}, {parsed(right)})," for left, right in query.equations),
        "]",
        f"solutions = solve(equations, {', '.join(_symbol(letter) for letter in letters)}, dict=True)",
    ]

    def answer(facts: Facts) -> str:
        found = facts.texts("pairs")
        system = listed([f"`{left} = {right}`" for left, right in query.equations])
        if not found:
            return f"The system {system} has no solution."
        amount = "The solution" if len(found) == 1 else f"The {len(found)} solutions"
        return f"{amount} of the system {system}: **{'; '.join(found)}**."

    facts = {"pairs": '[", ".join(f"{name} = {value}" for name, value in s.items()) for s in solutions]'}
    return Section(("Eq", "solve"), compute, ["for solution in solutions:", "    print(solution)"], facts, answer)


def _evaluate(query: FormulaQuery) -> Section:
    if not variables(query.function):

        def number(facts: Facts) -> str:
            return f"`{query.function}` = **{_exact(facts.text('value'), facts.text('decimal'))}**"

        return Section(
            (),
            [f"value = {parsed(query.function)}"],
            ["print(value)"],
            {"value": "value", "decimal": "value.evalf(12)"},
            number,
        )
    points = [
        (name or query.variable, value) for name, value in query.points if not name or name in variables(query.function)
    ]
    pairs = ", ".join(f"{_symbol(name)}: {parsed(value)}" for name, value in points)
    given = f"{_symbol(points[0][0])}, {parsed(points[0][1])}" if len(points) == 1 else f"{{{pairs}}}"
    where = listed([f"{name} = {value}" for name, value in points])

    def answer(facts: Facts) -> str:
        return (
            f"For {where}, `{query.name} = {query.function}` is "
            f"**{_exact(facts.text('value'), facts.text('decimal'))}**."
        )

    return Section((), [f"value = f.subs({given})"], [f'print({literal(f"{query.name} =")}, value)'],
                   {"value": "value", "decimal": "value.evalf(10)"}, answer)  # fmt: skip


def _derivative(query: FormulaQuery) -> Section:
    def answer(facts: Facts) -> str:
        return f"The derivative of `{query.function}` is **`{shown(facts.text('derivative'))}`**."

    compute = [f"derivative = diff(f, {_symbol(query.variable)})"]
    return Section(("diff",), compute, ["print(derivative)"], {"derivative": "derivative"}, answer)


def _integral(query: FormulaQuery) -> Section:
    x = _symbol(query.variable)
    limits = f"({x}, {', '.join(parsed(bound) for bound in query.span)})" if query.span else x

    def answer(facts: Facts) -> str:
        if query.span is None:
            return (
                f"An antiderivative of `{query.function}` is **`{shown(facts.text('integral'))}`** (plus any constant)."
            )
        value = _exact(facts.text("integral"), facts.text("decimal"))
        return f"The integral of `{query.function}` from {query.span[0]} to {query.span[1]} is **{value}**."

    facts = {"integral": "integral", "decimal": "integral.evalf(10)"}
    return Section(("integrate",), [f"integral = integrate(f, {limits})"], ["print(integral)"], facts, answer)


def _curvature(query: FormulaQuery) -> Section:
    x = _symbol(query.variable)
    compute = [
        f"second = diff(f, {x}, 2)",
        f"domain = continuous_domain(f, {x}, S.Reals)",
        f"convex = solveset(second > 0, {x}, domain)",
        f"concave = solveset(second < 0, {x}, domain)",
    ]
    show = ['print("second derivative:", second)', 'print("convex on:", convex)', 'print("concave on:", concave)']
    facts = {
        "second": "second",
        "period": f'__import__("sympy").periodicity(second, {x})',
        "convex": "convex",
        "concave": "concave",
        "always_convex": "bool(convex == domain or (domain - convex).is_FiniteSet)",
        "always_concave": "bool(concave == domain or (domain - concave).is_FiniteSet)",
    }

    def answer(facts: Facts) -> str:
        x, second = query.variable, shown(facts.text("second"))
        function = f"`{query.name} = {query.function}`"
        if second == "0":
            return (
                f"{function} is a straight line: its second derivative is 0, so it is both convex and concave, and "
                f"neither strictly."
            )
        if facts.flag("always_convex"):
            lead = "No" if query.asks_concave else "Yes"
            return (
                f"**{lead}, {function} is convex**, not concave: its second derivative is {second}, which is "
                f"greater than 0 {_everywhere(second, x)}, so the graph curves upwards."
            )
        if facts.flag("always_concave"):
            lead = "Yes" if query.asks_concave else "No"
            return (
                f"**{lead}, {function} is concave**, not convex: its second derivative is {second}, which is less "
                f"than 0 {_everywhere(second, x)}, so the graph curves downwards."
            )
        return (
            f"**{function} is neither convex nor concave as a whole**: its second derivative, `{second}`, changes "
            f"its sign. It is convex for "
            f"{x} in `{_intervals(facts.text('convex'))}` and concave for {x} in `{_intervals(facts.text('concave'))}`"
            + (f", and so on every {shown(facts.text('period'))}." if facts.text("period") else ".")
        )

    return Section(("diff", "S", "solveset"), compute, show, facts, answer,
                   ("from sympy.calculus.util import continuous_domain",))  # fmt: skip


def _everywhere(second: str, x: str) -> str:
    return (
        "everywhere" if x not in variables(second) else f"for every {x} where it is defined (but perhaps single points)"
    )


def _intervals(text: str) -> str:
    """A sympy set in a shorter form."""
    text = re.sub(r"Interval(?:\.open|\.Ropen|\.Lopen)?\(([^()]+), ([^()]+)\)", r"(\1, \2)", text)
    return re.sub(r"^Union\((.*)\)$", r"\1", text).replace("oo", "∞").replace("), (", ") \u222a (")


def _monotone(query: FormulaQuery) -> Section:
    x = _symbol(query.variable)
    compute = [
        f"slope = diff(f, {x})",
        f"domain = continuous_domain(f, {x}, S.Reals)",
        f"rising = solveset(slope > 0, {x}, domain)",
        f"falling = solveset(slope < 0, {x}, domain)",
    ]
    facts = {
        "slope": "slope", "rising": "rising", "falling": "falling",
        "always_rising": "bool((domain - rising).is_FiniteSet or rising == domain)",
        "always_falling": "bool((domain - falling).is_FiniteSet or falling == domain)",
    }  # fmt: skip

    def answer(facts: Facts) -> str:
        function, slope = f"`{query.name} = {query.function}`", f"its derivative is `{shown(facts.text('slope'))}`"
        for flag, word in (("always_rising", "increasing"), ("always_falling", "decreasing")):
            if facts.flag(flag):
                return (
                    f"**{function} is monotonically {word}**: {slope}, which is "
                    f"{'positive' if word == 'increasing' else 'negative'} but for single points at most."
                )
        return (
            f"**{function} is not monotone**: {slope}. It rises for {query.variable} in "
            f"`{_intervals(facts.text('rising'))}` and falls for "
            f"{query.variable} in `{_intervals(facts.text('falling'))}`."
        )

    show = ['print("rising on:", rising)', 'print("falling on:", falling)']
    return Section(("diff", "S", "solveset"), compute, show, facts, answer,
                   ("from sympy.calculus.util import continuous_domain",))  # fmt: skip


def _roots(query: FormulaQuery) -> Section:
    x = _symbol(query.variable)
    facts = {"roots": "roots", "values": "[r.evalf(8) for r in roots]"}

    def answer(facts: Facts) -> str:
        found = [_exact(s, v) for s, v in zip(facts.texts("roots"), facts.texts("values"), strict=False)]
        if not found:
            return f"`{query.name} = {query.function}` has no real roots: it never becomes 0."
        return (
            f"`{query.name} = {query.function}` is 0 at **{listed([f'{query.variable} = {root}' for root in found])}**."
        )

    compute = [f"roots = [root for root in solve(f, {x}) if root.is_real is not False]"]
    return Section(("solve",), compute, ['print("roots:", roots)'], facts, answer)


def _extrema(query: FormulaQuery) -> Section:
    x = _symbol(query.variable)
    compute = [
        f"points = [p for p in solve(diff(f, {x}), {x}) if p.is_real is not False]",
        f"curves = [diff(f, {x}, 2).subs({x}, p) for p in points]",
    ]
    show = [
        "for point, curve in zip(points, curves):",
        '    kind = "minimum" if curve > 0 else "maximum" if curve < 0 else "undecided"',
        f'    print(kind, "at", point, "value", f.subs({x}, point))',
    ]
    facts = {
        "points": "points", "values": "[p.evalf(8) for p in points]",
        "heights": f"[f.subs({x}, p).simplify() for p in points]", "signs": "[c.evalf() for c in curves]",
    }  # fmt: skip

    def answer(facts: Facts) -> str:
        lines = []
        columns = (facts.texts("points"), facts.texts("values"), facts.texts("heights"), facts.texts("signs"))
        for point, value, height, sign in zip(*columns, strict=False):
            kind = (
                "no extremum for certain (the second derivative is 0 there)"
                if float(sign) == 0
                else "a minimum"
                if float(sign) > 0
                else "a maximum"
            )
            lines.append(f"{kind} at {query.variable} = {_exact(point, value)}, where it is {shown(height)}")
        return (
            f"`{query.name} = {query.function}` has **{listed(lines)}**."
            if lines
            else f"`{query.name} = {query.function}` has no local minimum or maximum."
        )

    return Section(("diff", "solve"), compute, show, facts, answer)


def _rewritten(function: str) -> Callable[[FormulaQuery], Section]:
    def section(query: FormulaQuery) -> Section:
        return Section((function,), [f"result = {function}(f)"], ["print(result)"], {"result": "result"},
                       lambda facts: f"`{query.function}` = **`{shown(facts.text('result'))}`**")  # fmt: skip

    return section


def _plot(query: FormulaQuery) -> Section:
    x, letters = _symbol(query.variable), variables(query.function)
    if len(letters) > 1:
        others = listed([letter for letter in letters if letter != query.variable])
        return Section((), [], [], {}, lambda _: f"To draw it I would need numbers for {others}.")
    low, high = _span(query)
    wild = re.search(r"/|tan|cot|sec|csc|log|ln|sqrt|\^-|\^\(", query.function) is not None
    drawn = [f"xs = np.linspace({low}, {high}, 801)"]
    # Adding 0 * xs keeps a constant function as long as the others.
    value = f"lambdify({x}, f)(xs) + 0 * xs"
    if wild:
        drawn += [
            'with np.errstate(all="ignore"):',
            f"    ys = {value}",
            "ys[np.abs(ys) > 50] = np.nan  # break the line at poles",
        ]
    else:
        drawn.append(f"ys = {value}")
    title = literal(f"{query.name} = {query.function}")
    drawn += [
        "",
        'fig, ax = plt.subplots(figsize=(9, 5), dpi=144, layout="constrained")',
        'ax.axhline(0, color="#9CA3AF", linewidth=0.8)',
        'ax.axvline(0, color="#9CA3AF", linewidth=0.8)',
        'ax.plot(xs, ys, color="#2457D6", linewidth=2)',
        *_marked_point(query),
        f"ax.set_title({title})",
        f"ax.set_xlabel({literal(query.variable)})",
        f"ax.set_ylabel({literal(query.name)})",
        'ax.spines[["top", "right"]].set_visible(False)',
        "ax.grid(alpha=0.25)",
        "plt.show()",
    ]
    caption = f"The graph shows `{query.name} = {query.function}` for {query.variable} from {low} to {high}."
    return Section(
        ("lambdify",), [], drawn, {}, lambda _: caption, ("import matplotlib.pyplot as plt", "import numpy as np")
    )


def _marked_point(query: FormulaQuery) -> list[str]:
    points = [
        value for name, value in query.points if name in ("", query.variable) and re.fullmatch(r"-?[\d.]+", value)
    ]
    if not points or Aim.EVALUATE not in query.aims:
        return []
    label = f'f"  ({points[0]}, {{value}})"'
    return [f'ax.plot({points[0]}, value, "o", color="#E07A1F")', f"ax.annotate({label}, ({points[0]}, value))"]


def _span(query: FormulaQuery) -> tuple[str, str]:
    """A range that shows what matters: around 0, the point that was asked for, and the sizes in the formula."""
    if query.span and Aim.INTEGRAL not in query.aims:
        low, high = (re.sub(r"(\d)\*?(?=pi)", r"\1 * ", bound).replace("pi", "np.pi") for bound in query.span)
        return low, high
    if re.search(r"\b(sin|cos|tan|cot|sec|csc)\b", query.function):
        return "-2 * np.pi", "2 * np.pi"
    values = [abs(float(value)) for _, value in query.points if re.fullmatch(r"-?[\d.]+", value)]
    sizes = [float(n) for n in re.findall(r"(?<![\^\d.])\d+(?:\.\d+)?", query.function)]
    half = max(5.0, *(1.6 * value for value in values), *(1.5 * size**0.5 for size in sizes if size > 20), 0.0)
    reach = f"{min(half, 10_000):.0f}"
    starts_at_zero = re.search(r"\b(log|ln|sqrt)\b", query.function) is not None
    return ("0.01" if starts_at_zero else f"-{reach}", reach)


_SECTIONS: dict[Aim, Callable[[FormulaQuery], Section]] = {
    Aim.EVALUATE: _evaluate,
    Aim.DERIVATIVE: _derivative,
    Aim.INTEGRAL: _integral,
    Aim.CURVATURE: _curvature,
    Aim.MONOTONE: _monotone,
    Aim.ROOTS: _roots,
    Aim.EXTREMA: _extrema,
    Aim.SIMPLIFY: _rewritten("simplify"),
    Aim.FACTOR: _rewritten("factor"),
    Aim.EXPAND: _rewritten("expand"),
    Aim.PLOT: _plot,
}
