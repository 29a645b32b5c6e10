"""Reads conditions on rows: "in the TRANSPORTATION sector", "where year is 2007", "mass over 4000", "for females"."""

import re
from collections.abc import Callable

from desktop_app.engine.models.analyst.shape import Column, Table
from desktop_app.engine.models.analyst.table.mention import Marked
from desktop_app.engine.models.analyst.table.query import Filter

_OPERATORS = (
    (">=", r">=|≥|at least|no less than|not less than|minimum of|greater than or equal to|from"),
    ("<=", r"<=|≤|at most|no more than|not more than|up to|less than or equal to"),
    ("!=", r"!=|<>|≠|is not|isn't|are not|was not|not equal to|does not equal|other than|not"),
    (
        ">",
        r">|over|above|more than|greater than|larger than|higher than|bigger than|exceeds|exceeding|after|longer than",
    ),
    ("<", r"<(?![cvq]\d)|under|below|less than|smaller than|lower than|fewer than|before|shorter than"),
    ("==", r"==?|equals|equal to|is|are|was|were|of|:"),
)
_NUMBER = r"[$€£]?\s?(-?\d+(?:\.\d+)?)\s?(?:%|[a-z]{1,2}(?=\s|$))?"
_COLUMN = r"(<c\d+>)"
_VALUE = r"(<v\d+>)"
_BE = r"(?:is |are |was |were |being |that is |which is |with |values? )*"
_YEAR = r"((?:1[6-9]|20|21)\d\d)"
_NAMED = re.compile(r"\b(?:in|for|from|within|of) (?:the )?([\w&-]+(?: [\w&-]+)?) (<c\d+>)")
_PLAIN_WORDS = frozenset(
    [
        "the",
        "a",
        "an",
        "each",
        "every",
        "all",
        "any",
        "this",
        "that",
        "these",
        "those",
        "its",
        "their",
        "my",
        "and",
        "or",
        "by",
        "of",
        "in",
        "for",
        "average",
        "mean",
        "total",
        "sum",
        "median",
        "minimum",
        "maximum",
        "min",
        "max",
        "highest",
        "lowest",
        "largest",
        "smallest",
        "number",
        "count",
        "top",
        "bottom",
        "distribution",
        "different",
        "distinct",
        "unique",
        "same",
        "other",
        "first",
        "last",
        "most",
    ]
)


class Conditions:
    """Takes conditions out of a marked question, one pattern after the other.

    Attributes:
        filters: What was found.
        rest: The question without them; `|` stands where a condition was.
    """

    def __init__(self, marked: Marked, table: Table, original: str) -> None:
        self._marked = marked
        self._table = table
        self._original = original
        self.filters: list[Filter] = []
        self.rest = marked.text
        self._read()

    def _read(self) -> None:
        self._take(rf"{_COLUMN} {_BE}(?:not )?between {_NUMBER} (?:and|to) {_NUMBER}", self._between)
        self._take(rf"{_COLUMN} {_BE}(?:contains?|containing|includes?|including|like) (<[qv]\d+>|\S+)", self._contains)
        self._take(rf"{_COLUMN} {_BE}(?:starts?|starting|begins?|beginning) with (<[qv]\d+>|\S+)", self._starts)
        self._take(
            rf"(?:where |with |without |has |have )?(?:no |missing |empty ){_COLUMN}(?= \||$| are| is)", self._missing
        )
        self._take(rf"{_COLUMN} (?:is |are )(?:missing|null|empty|nan|blank)", self._missing)
        self._take(rf"{_COLUMN} (?:is |are )(?:not (?:missing|null|empty|nan|blank)|present)", self._present)
        self._take(rf"(?:a |with )?(negative|positive) {_COLUMN}", self._signed)
        self._take(rf"{_COLUMN} (?:is |are |was )(?:a )?(negative|positive)", self._signed)
        for operator, words in _OPERATORS:
            self._take(rf"{_COLUMN} {_BE}(?:{words}) {_VALUE}", self._compared_value(operator))
            if operator != "==":
                self._take(rf"{_COLUMN} {_BE}(?:{words}) {_NUMBER}", self._compared(operator))
        self._take(rf"{_COLUMN} (?:equals|equal to|==?|is|are|was|:) {_NUMBER}", self._compared("=="))
        self._take(rf"{_COLUMN} (?:of |in |from )?{_YEAR}\b", self._year_column)
        self._take(rf"{_COLUMN} (?:is|==?|equals|equal to) (<q\d+>|true|false|yes|no|\w+)", self._named_equal)
        self._take(rf"(?:in|for|of|from|within|on|at|with|only)? ?(?:the )?{_VALUE} {_COLUMN}", self._value_column)
        self._take(rf"{_COLUMN} {_VALUE}", self._column_value)
        self._take(_NAMED.pattern, self._named)
        self._take(rf"\b(?:not|except|excluding|without|other than|but) (?:for |the )*{_VALUE}", self._without)
        self._take(rf"{_VALUE}(?! (?:vs|versus|against)\b)", self._bare)
        self._take(rf"\b(?:between|from) {_YEAR} (?:and|to|until) {_YEAR}", self._years)
        for operator, words in (
            (">=", "since|from|starting"),
            (">", "after"),
            ("<", "before"),
            ("<=", "until|up to|through"),
        ):
            self._take(rf"\b(?:{words}) {_YEAR}\b", self._year(operator))
        self._take(rf"\b(?:in|for|during|of|year|only)(?: the)?(?: year)? {_YEAR}\b", self._year("=="))

    def _take(self, pattern: str, read: Callable[[re.Match[str]], bool]) -> None:
        def replace(match: re.Match[str]) -> str:
            return " | " if read(match) else match.group()

        self.rest = re.sub(r"\s+", " ", re.sub(pattern, replace, self.rest)).strip()

    def _column(self, mark: str) -> Column:
        return self._table.column(self._marked.column(mark))

    def _add(self, column: str, operator: str, *values: str | float | bool) -> bool:
        for i, known in enumerate(self.filters):
            if known.column == column and known.operator == operator and operator in ("==", "!="):
                self.filters[i] = Filter(column, operator, (*known.values, *values))
                return True
        self.filters.append(Filter(column, operator, values))
        return True

    def _between(self, match: re.Match[str]) -> bool:
        column = self._column(match[1])
        if column.type not in ("number", "date"):
            return False
        prefix = "year " if column.type == "date" else ""
        return self._add(column.name, prefix + "between", _number(match[2]), _number(match[3]))

    def _contains(self, match: re.Match[str]) -> bool:
        return self._add(self._marked.column(match[1]), "contains", self._text(match[2]))

    def _starts(self, match: re.Match[str]) -> bool:
        return self._add(self._marked.column(match[1]), "starts", self._text(match[2]))

    def _missing(self, match: re.Match[str]) -> bool:
        negated = match.group().startswith("without missing")
        return self._add(self._marked.column(match[1]), "present" if negated else "missing")

    def _present(self, match: re.Match[str]) -> bool:
        return self._add(self._marked.column(match[1]), "present")

    def _signed(self, match: re.Match[str]) -> bool:
        mark, sign = (match[1], match[2]) if match[1].startswith("<") else (match[2], match[1])
        return self._column(mark).is_number and self._add(
            self._marked.column(mark), "<" if sign == "negative" else ">", 0
        )

    def _compared(self, operator: str) -> Callable[[re.Match[str]], bool]:
        def read(match: re.Match[str]) -> bool:
            column, value = self._column(match[1]), match[2]
            if column.type == "number":
                return self._add(column.name, operator, _number(value))
            if column.type == "date" and re.fullmatch(_YEAR, value):
                return self._add(column.name, f"year {operator}", _number(value))
            if column.type == "text" and operator in ("==", "!=") and value in column.values:
                return self._add(column.name, operator, value)
            return False

        return read

    def _compared_value(self, operator: str) -> Callable[[re.Match[str]], bool]:
        def read(match: re.Match[str]) -> bool:
            value, columns = self._value(match[2])
            column = self._marked.column(match[1])
            if column not in columns:
                return False
            return self._add(column, operator if operator in ("==", "!=") else "==", value)

        return read

    def _named_equal(self, match: re.Match[str]) -> bool:
        column = self._column(match[1])
        if match[2] in ("true", "false", "yes", "no") and column.type == "bool":
            return self._add(column.name, "==", match[2] in ("true", "yes"))
        if column.type != "text" or (not match[2].startswith("<") and match[2] in _PLAIN_WORDS):
            return False
        return self._add(column.name, "==", self._known(column, self._text(match[2])))

    def _value_column(self, match: re.Match[str]) -> bool:
        value, columns = self._value(match[1])
        column = self._marked.column(match[2])
        return column in columns and self._add(column, "==", value)

    def _column_value(self, match: re.Match[str]) -> bool:
        value, columns = self._value(match[2])
        column = self._marked.column(match[1])
        return column in columns and self._add(column, "==", value)

    def _named(self, match: re.Match[str]) -> bool:
        column = self._column(match[2])
        if column.type != "text" or any(word in _PLAIN_WORDS for word in match[1].split()):
            return False
        return self._add(column.name, "==", self._known(column, self._text(match[1])))

    def _without(self, match: re.Match[str]) -> bool:
        value, columns = self._value(match[1])
        return self._add(columns[0], "!=", value)

    def _bare(self, match: re.Match[str]) -> bool:
        value, columns = self._value(match[1])
        return self._add(columns[0], "==", value)

    def _year_column(self, match: re.Match[str]) -> bool:
        return self._column(match[1]).is_year and self._add(self._marked.column(match[1]), "==", _number(match[2]))

    def _years(self, match: re.Match[str]) -> bool:
        column = self._time()
        if column is None:
            return False
        operator = "between" if column.is_number else "year between"
        return self._add(column.name, operator, _number(match[1]), _number(match[2]))

    def _year(self, operator: str) -> Callable[[re.Match[str]], bool]:
        def read(match: re.Match[str]) -> bool:
            column = self._time()
            if column is None:
                return False
            return self._add(column.name, operator if column.is_number else f"year {operator}", _number(match[1]))

        return read

    def _time(self) -> Column | None:
        columns = self._table.columns
        years = (column for column in columns if column.is_year)
        return next(years, None) or next((column for column in columns if column.type == "date"), None)

    def _value(self, mark: str) -> tuple[str, tuple[str, ...]]:
        return self._marked.values[int(mark.strip("<v>"))]

    def _text(self, piece: str) -> str:
        """The person's own spelling of a mark or of words in lower case."""
        if piece.startswith("<q"):
            return self._marked.quoted[int(piece.strip("<q>"))]
        if piece.startswith("<v"):
            return self._value(piece)[0]
        match = re.search(re.escape(piece), self._original, re.IGNORECASE)
        return match.group() if match else piece

    def _known(self, column: Column, said: str) -> str:
        """The value as the file spells it."""
        return next((value for value in column.values if value.casefold() == said.casefold()), said)


def _number(text: str) -> float:
    value = float(text)
    return int(value) if value == int(value) else value
