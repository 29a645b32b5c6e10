"""Solves equations, exactly or by numbers, and systems of them."""

import re

from desktop_app.engine.models.analyst.fact import Facts
from desktop_app.engine.models.analyst.formula.expression import variables
from desktop_app.engine.models.analyst.formula.query import FormulaQuery
from desktop_app.engine.models.analyst.formula.section import Section, exact, parsed, shown, symbol, symbols
from desktop_app.engine.models.analyst.language import listed


def equations_head(query: FormulaQuery) -> list[str]:
    """The statement that makes the symbols."""
    letters = variables(" ".join(side for equation in query.equations for side in equation))
    return [symbols(letters or ("x",))]


def solve(query: FormulaQuery, numerically: bool) -> Section:
    """The solutions of one equation, with the way if it is linear and a check; or of a system."""
    if len(query.equations) > 1:
        return _system(query)
    left, right = query.equations[0]
    letters = variables(left + right)
    unknown = query.unknown if query.unknown in letters else ("x" if "x" in letters else letters[0] if letters else "x")
    x = symbol(unknown)
    compute = [f"equation = Eq({parsed(left)}, {parsed(right)}, evaluate=False)"]
    if numerically:
        compute.append(f"solutions = [nsolve(equation, {x}, 1)]")
    else:
        compute.append(f"solutions = solve(equation, {x})")
    facts = {
        "solutions": "solutions",
        "values": "[s.evalf(8) for s in solutions]",
        "real": "[str(s.is_real) for s in solutions]",
        "checks": f"[equation.lhs.subs({x}, s).simplify() for s in solutions]",
        "right": f"[equation.rhs.subs({x}, s).simplify() for s in solutions]",
        "linear": f"(equation.lhs - equation.rhs).expand().diff({x}).is_number",
        "slope": f"(equation.lhs - equation.rhs).expand().coeff({x}, 1)",
        "rest": f"-(equation.lhs - equation.rhs).expand().coeff({x}, 0)",
        "period": f'__import__("sympy").periodicity(equation.lhs - equation.rhs, {x})',
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
    lines = [f"{unknown} = {exact(solution, value)}" for solution, value in zip(solutions, values, strict=False)]
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


def _system(query: FormulaQuery) -> Section:
    letters = variables(" ".join(side for equation in query.equations for side in equation))
    compute = [
        "equations = [",
        *(f"    Eq({parsed(left)}, {parsed(right)})," for left, right in query.equations),
        "]",
        f"solutions = solve(equations, {', '.join(symbol(letter) for letter in letters)}, dict=True)",
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
