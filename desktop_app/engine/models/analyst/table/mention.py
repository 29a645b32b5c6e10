"""Finds the columns and values of a table in a question, and puts marks in their place.

"Average price in Berlin" becomes `average <c0> in <v0>`: what is left are words of English, which `parse` and
`condition` can read with plain patterns, whatever the columns are called.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from desktop_app.engine.models.analyst.language import COMMANDS, NOUNS, Token, corrected, likeness, parts, stem, tokens
from desktop_app.engine.models.analyst.shape import Table
from desktop_app.engine.models.analyst.wording import escaped

_LONGEST = 6


@dataclass(frozen=True, slots=True)
class Marked:
    """A question with marks for names.

    Attributes:
        text: In lower case, single spaces, with `<c0>` for columns, `<v0>` for values, `<q0>` for other quoted text.
        columns: What `<c0>`, `<c1>`… stand for.
        values: What `<v0>`… stand for: the value, and the columns that have it.
        quoted: What `<q0>`… stand for.
        choices: Sentences about columns that were picked among several.
    """

    text: str
    columns: tuple[str, ...]
    values: tuple[tuple[str, tuple[str, ...]], ...]
    quoted: tuple[str, ...]
    choices: tuple[str, ...]

    def column(self, mark: str) -> str:
        """The column behind `<c0>`."""
        return self.columns[int(mark.strip("<c>"))]


@dataclass(frozen=True, slots=True)
class _Find:
    score: float
    start: int
    end: int
    columns: tuple[str, ...]
    value: str | None = None


def mark(text: str, table: Table) -> Marked:
    """Marks the names in a question; better and longer fits win over others that overlap."""
    words = tokens(text)
    taken: dict[int, _Find] = {}
    found = sorted(_finds(words, text, table), key=lambda f: (-f.score, f.start - f.end, f.start))
    for find in found:
        if not any(i in taken for i in range(find.start, find.end)):
            taken.update(dict.fromkeys(range(find.start, find.end), find))
    return _replaced(words, taken)


def _replaced(words: list[Token], taken: dict[int, _Find]) -> Marked:
    columns: list[str] = []
    values: list[tuple[str, tuple[str, ...]]] = []
    quoted: list[str] = []
    choices: list[str] = []
    pieces: list[str] = []
    for i, word in enumerate(words):
        find = taken.get(i)
        if find and find.start != i:
            continue
        if find and find.value is not None:
            pieces.append(f"<v{len(values)}>")
            values.append((find.value, find.columns))
        elif find:
            pieces.append(f"<c{len(columns)}>")
            columns.append(find.columns[0])
            if len(find.columns) > 1:
                choices.append(_choice(" ".join(w.plain for w in words[find.start : find.end]), find.columns))
        elif word.kind == "quoted":
            pieces.append(f"<q{len(quoted)}>")
            quoted.append(word.plain)
        else:
            pieces.append(_plain(word))
    return Marked(" ".join(pieces), tuple(columns), tuple(values), tuple(quoted), tuple(dict.fromkeys(choices)))


def _plain(word: Token) -> str:
    if word.kind == "number" and re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", word.text):
        return word.text.replace(",", "")
    # A person's own "<" is kept apart from a mark by the space after it.
    return corrected(word.text.lower())


def _choice(said: str, columns: tuple[str, ...]) -> str:
    others = ", ".join(f"“{escaped(name)}”" for name in columns[1:4])
    return f"I took “{escaped(said)}” to mean the column “{escaped(columns[0])}” ({others} would fit too)."


def _finds(words: list[Token], text: str, table: Table) -> Iterator[_Find]:
    names = [column.name for column in table.columns]
    known = _values(table)
    for start in range(len(words)):
        for end in range(start + 1, min(start + _LONGEST, len(words)) + 1):
            window = words[start:end]
            if any(word.kind == "mark" for word in (window[0], window[-1])):
                break
            said = window[0].plain if end == start + 1 else text[window[0].start : window[-1].end]
            yield from _column_finds(window, said, names, words, start, end)
            yield from _value_finds(window, said, known, start, end)


def _column_finds(
    window: list[Token], said: str, names: list[str], words: list[Token], start: int, end: int
) -> Iterator[_Find]:
    before = words[start - 1].text.lower() if start else ""
    after = words[end].text.lower() if end < len(words) else ""
    exact = [name for name in names if name.strip().casefold() == said.strip().casefold()]
    quoted = any(word.kind == "quoted" for word in window)
    if exact and len(window) == 1 and said.lower() in COMMANDS and _names_column(before, after):
        yield _Find(1.1, start, end, (exact[0],))
        return
    if exact and (quoted or said.lower() not in COMMANDS - NOUNS or (said == exact[0] and not said.islower())):
        yield _Find(1.1, start, end, (exact[0],))
        return
    if window[0].kind == "number" and len(window) == 1:
        return
    common = window[0].text.lower() in COMMANDS or window[-1].text.lower() in COMMANDS
    if common and not quoted and not (len(window) > 1 and _is_name(said, names)):
        return
    scores = {name: likeness(parts(said), name) for name in names}
    best = max(scores.values(), default=0.0)
    if best:
        yield _Find(best, start, end, tuple(name for name in names if scores[name] == best))


def _names_column(before: str, after: str) -> bool:
    """Whether a word of everyday English stands where only a column can, as in "sum of a by b"."""
    leads = (
        "of",
        "by",
        "per",
        "and",
        "column",
        "against",
        "vs",
        "versus",
        "average",
        "mean",
        "sum",
        "total",
        "median",
        "plot",
        "over",
    )
    return before in leads and (
        not after.isalnum() or after in ("by", "and", "per", "against", "vs", "over", "in", "where", "for", "as")
    )


def _is_name(said: str, names: list[str]) -> bool:
    return any(likeness(parts(said), name) >= 0.9 for name in names)


def _value_finds(
    window: list[Token], said: str, known: dict[str, list[tuple[str, str]]], start: int, end: int
) -> Iterator[_Find]:
    quoted = window[0].kind == "quoted"
    key = said.casefold()
    found = known.get(key)
    score = 1.05
    if found is None and len(window) == 1 and not quoted:
        found, score = known.get("~" + stem(said)), 0.88
    if not found:
        return
    exact = [pair for pair in found if pair[1] == said]
    if not quoted and (key in COMMANDS or len(said) < 2) and not (exact and said[:1].isupper() and start > 0):
        return
    value = (exact or found)[0][1]
    yield _Find(score, start, end, tuple(name for name, own in found if own == value), value)


def _values(table: Table) -> dict[str, list[tuple[str, str]]]:
    """The values of text columns by their folded form, and by the stem of single words (after `~`)."""
    known: dict[str, list[tuple[str, str]]] = {}
    for column in table.columns:
        if column.type != "text":
            continue
        for value in column.values:
            folded = value.strip().casefold()
            if folded and not re.fullmatch(r"[\d.,\s-]+", folded):
                known.setdefault(folded, []).append((column.name, value))
                if " " not in folded:
                    known.setdefault("~" + stem(folded), []).append((column.name, value))
    return known
