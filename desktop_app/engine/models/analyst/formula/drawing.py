"""Draws a function over a range that shows what matters."""

import re

from desktop_app.engine.models.analyst.formula.expression import variables
from desktop_app.engine.models.analyst.formula.query import Aim, FormulaQuery
from desktop_app.engine.models.analyst.formula.section import Section, symbol
from desktop_app.engine.models.analyst.language import listed
from desktop_app.engine.models.analyst.program import literal


def plot(query: FormulaQuery) -> Section:
    """The graph, with the point that was asked for; nothing if other letters have no values."""
    x, letters = symbol(query.variable), variables(query.function)
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
