"""Finds out about a function: values, derivative, integral, curvature, roots, extrema, other forms."""

import re
from collections.abc import Callable

from desktop_app.engine.models.analyst.fact import Facts
from desktop_app.engine.models.analyst.formula.expression import variables
from desktop_app.engine.models.analyst.formula.query import FormulaQuery
from desktop_app.engine.models.analyst.formula.section import Section, exact, parsed, shown, symbol
from desktop_app.engine.models.analyst.language import listed
from desktop_app.engine.models.analyst.program import literal


def evaluate(query: FormulaQuery) -> Section:
    """The value at a point, or of an expression without letters."""
    if not variables(query.function):

        def number(facts: Facts) -> str:
            return f"`{query.function}` = **{exact(facts.text('value'), facts.text('decimal'))}**"

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
    pairs = ", ".join(f"{symbol(name)}: {parsed(value)}" for name, value in points)
    given = f"{symbol(points[0][0])}, {parsed(points[0][1])}" if len(points) == 1 else f"{{{pairs}}}"
    where = listed([f"{name} = {value}" for name, value in points])

    def answer(facts: Facts) -> str:
        return (
            f"For {where}, `{query.name} = {query.function}` is "
            f"**{exact(facts.text('value'), facts.text('decimal'))}**."
        )

    return Section((), [f"value = f.subs({given})"], [f'print({literal(f"{query.name} =")}, value)'],
                   {"value": "value", "decimal": "value.evalf(10)"}, answer)  # fmt: skip


def derivative(query: FormulaQuery) -> Section:
    """The first derivative."""

    def answer(facts: Facts) -> str:
        return f"The derivative of `{query.function}` is **`{shown(facts.text('derivative'))}`**."

    compute = [f"derivative = diff(f, {symbol(query.variable)})"]
    return Section(("diff",), compute, ["print(derivative)"], {"derivative": "derivative"}, answer)


def integral(query: FormulaQuery) -> Section:
    """The integral between two bounds, or an antiderivative."""
    x = symbol(query.variable)
    limits = f"({x}, {', '.join(parsed(bound) for bound in query.span)})" if query.span else x

    def answer(facts: Facts) -> str:
        if query.span is None:
            return (
                f"An antiderivative of `{query.function}` is **`{shown(facts.text('integral'))}`** (plus any constant)."
            )
        value = exact(facts.text("integral"), facts.text("decimal"))
        return f"The integral of `{query.function}` from {query.span[0]} to {query.span[1]} is **{value}**."

    facts = {"integral": "integral", "decimal": "integral.evalf(10)"}
    return Section(("integrate",), [f"integral = integrate(f, {limits})"], ["print(integral)"], facts, answer)


def curvature(query: FormulaQuery) -> Section:
    """Where it is convex and where concave, by the sign of the second derivative."""
    x = symbol(query.variable)
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


def monotone(query: FormulaQuery) -> Section:
    """Where it rises and where it falls."""
    x = symbol(query.variable)
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


def roots(query: FormulaQuery) -> Section:
    """Where it is 0, in the real numbers."""
    x = symbol(query.variable)
    facts = {"roots": "roots", "values": "[r.evalf(8) for r in roots]"}

    def answer(facts: Facts) -> str:
        found = [exact(s, v) for s, v in zip(facts.texts("roots"), facts.texts("values"), strict=False)]
        if not found:
            return f"`{query.name} = {query.function}` has no real roots: it never becomes 0."
        return (
            f"`{query.name} = {query.function}` is 0 at **{listed([f'{query.variable} = {root}' for root in found])}**."
        )

    compute = [f"roots = [root for root in solve(f, {x}) if root.is_real is not False]"]
    return Section(("solve",), compute, ['print("roots:", roots)'], facts, answer)


def extrema(query: FormulaQuery) -> Section:
    """Local minima and maxima."""
    x = symbol(query.variable)
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
            lines.append(f"{kind} at {query.variable} = {exact(point, value)}, where it is {shown(height)}")
        return (
            f"`{query.name} = {query.function}` has **{listed(lines)}**."
            if lines
            else f"`{query.name} = {query.function}` has no local minimum or maximum."
        )

    return Section(("diff", "solve"), compute, show, facts, answer)


def rewritten(function: str) -> Callable[[FormulaQuery], Section]:
    """A section that applies one of sympy's functions, such as `factor`."""

    def section(query: FormulaQuery) -> Section:
        return Section((function,), [f"result = {function}(f)"], ["print(result)"], {"result": "result"},
                       lambda facts: f"`{query.function}` = **`{shown(facts.text('result'))}`**")  # fmt: skip

    return section
