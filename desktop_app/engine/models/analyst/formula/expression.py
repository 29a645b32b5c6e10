"""Finds formulas in a sentence: runs of numbers, single letters, known functions and operators."""

import re
from dataclasses import dataclass

FUNCTIONS = frozenset(
    [
        "sin",
        "cos",
        "tan",
        "cot",
        "sec",
        "csc",
        "asin",
        "acos",
        "atan",
        "sinh",
        "cosh",
        "tanh",
        "arcsin",
        "arccos",
        "arctan",
        "exp",
        "log",
        "ln",
        "sqrt",
        "abs",
    ]
)
CONSTANTS = frozenset({"pi", "e"})
_SIGNS = str.maketrans(
    {
        "\u2212": "-",
        "\u2013": "-",
        "\u00d7": "*",
        "·": "*",
        "⋅": "*",
        "÷": "/",
        "²": "^2",
        "³": "^3",
        "π": "pi",
        "√": "sqrt",
        "\u2019": "'",
    }
)
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z]+)|(?P<op>\*\*|[-+*/^()=,])|(?P<other>\S))", re.ASCII
)
_OPERAND_END = re.compile(r"[\w)]$")


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    kind: str
    spaced: bool


def formulas(text: str) -> tuple[str, ...]:
    """The formulas in a text, with plain signs, in their order; `3x + 11 = 14` stays one."""
    runs: list[list[_Piece]] = [[]]
    depth = 0
    for match in _TOKEN.finditer(text.translate(_SIGNS)):
        kind = match.lastgroup or "other"
        piece = _Piece(match[kind], kind, match.start(kind) > match.start())
        depth += {"(": 1, ")": -1}.get(piece.text, 0)
        if not _is_formula(piece) or (piece.text == "," and depth < 1) or _parts_here(runs[-1], piece):
            runs.append([])
        if _is_formula(piece) and not (piece.text == "," and depth < 1):
            runs[-1].append(piece)
        if not runs[-1]:
            depth = 0
    found = (_joined(_trimmed(run)) for run in runs)
    return tuple(formula for formula in found if _is_meant(formula))


def _is_formula(piece: _Piece) -> bool:
    if piece.kind != "name":
        return piece.kind != "other"
    name = piece.text.lower()
    return len(name) == 1 or name in FUNCTIONS or name in CONSTANTS or re.fullmatch("[xyz]{2,3}", name) is not None


def _parts_here(run: list[_Piece], piece: _Piece) -> bool:
    """Whether two operands stand side by side with a space: the end of a formula, and a word after it."""
    if not run or not piece.spaced or piece.kind == "op":
        return False
    before = run[-1]
    if before.kind == "name" and before.text.lower() in FUNCTIONS:
        return False
    return _OPERAND_END.search(before.text) is not None and not (
        before.kind == "number" and piece.kind == "name" and piece.text.lower() not in ("a", "i")
    )


def _trimmed(run: list[_Piece]) -> list[_Piece]:
    run = list(run)
    while run and (run[-1].text in ("+", "-", "*", "/", "^", "**", "=", ",", "(") or _open(run) < 0):
        run.pop()
    while run and (run[0].text in ("*", "/", "^", "**", "=", ",", ")") or _open(run) > 0):
        run.pop(0)
    return run


def _open(run: list[_Piece]) -> int:
    return sum({"(": 1, ")": -1}.get(piece.text, 0) for piece in run)


def _joined(run: list[_Piece]) -> str:
    return "".join((" " if piece.spaced else "") + piece.text for piece in run).strip()


def _is_meant(formula: str) -> bool:
    """Whether it is more than a letter or a number of the sentence."""
    if not re.search(r"[A-Za-z\d]", formula):
        return False
    if (
        "=" not in formula
        and not re.search(r"\d", formula)
        and not any(re.search(rf"\b{f}\b", formula) for f in FUNCTIONS)
    ):
        return False
    has_operator = re.search(r"\w\)?\s*(\*\*|[-+*/^=])\s*[-(]*\w", formula) is not None
    return (
        has_operator
        or any(re.search(rf"\b{f}\b", formula) for f in FUNCTIONS)
        or re.search(r"\d[a-z]|[a-z]\(", formula) is not None
    )


def variables(formula: str) -> tuple[str, ...]:
    """The letters that stand for unknowns, sorted."""
    names = re.findall(r"[A-Za-z]+", formula)
    letters = {letter for name in names if name.lower() not in FUNCTIONS | CONSTANTS for letter in name}
    return tuple(sorted(letters))


def for_sympy(formula: str) -> str:
    """The formula as sympy's parser reads it, but for `^` and left-out `*`, which its rules handle."""
    names = {"arcsin": "asin", "arccos": "acos", "arctan": "atan", "e": "E", "abs": "Abs", "ln": "log"}

    def renamed(match: re.Match[str]) -> str:
        return names.get(match.group(), match.group()) if match.group() != "e" else "E"

    return re.sub(r"[A-Za-z]+", renamed, formula)
