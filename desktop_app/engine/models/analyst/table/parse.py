"""Reads a question about a table. One small function per thing that can be said; `parse` puts them together."""

import re
from dataclasses import replace

from desktop_app.engine.models.analyst.language import COMMANDS
from desktop_app.engine.models.analyst.shape import Column, Table
from desktop_app.engine.models.analyst.table import vocabulary
from desktop_app.engine.models.analyst.table.condition import Conditions
from desktop_app.engine.models.analyst.table.mention import Marked, mark
from desktop_app.engine.models.analyst.table.query import Action, Chart, Query

_LIST = r"(<c\d+>(?:(?: ,| and| ,? ?and| &| ,? ?then)(?: by)?(?: the)? <c\d+>)*)"
_KEYS = re.compile(
    rf"\b(?:by|per|across|among|within each|in each|for each|for every|each|every|for all|for different"
    rf"|for the different|for the various|grouped by|group by|depending on|broken down by|split by)(?: the)?"
    rf"(?: different| various)? {_LIST}"
)
_VERSUS = re.compile(
    r"(<c\d+>)(?: \|)? (?:against|vs|versus|v|as a function of|depending on|over|on)(?: \.)?(?: the)? (<c\d+>)"
)
_SORT = re.compile(
    r"\b(?:sort|sorted|order|ordered|rank|ranked|arrange|arranged)\b(?: \w+){0,4}?(?: by)?(?: the)? (<c\d+>)"
)
_TOP_BY = re.compile(
    r"\b((?:top|best|highest|largest|biggest|most|bottom|lowest|smallest|worst|least)\b.*?) by(?: the| their)? (<c\d+>)"
)


def parse(text: str, table: Table) -> Query:
    """Reads one message by itself; `query.continued` adds what a follow-up leaves unsaid."""
    marked = mark(text, table)
    conditions = Conditions(marked, table, text)
    rest = conditions.rest
    save = _save(marked.text)
    said = _TOP_BY.sub(r"\1 \2", _without_sources(rest))
    chart = _chart(said)
    keys = _keys(said, marked)
    sort, rest = _sort(said, marked)
    rest = _KEYS.sub(" ", rest)
    functions = _functions(rest)
    limit, last, descending = _limit(rest)
    measures = [marked.column(m) for m in re.findall(r"<c\d+>", rest)]
    time = _time(table)
    period = next((p for p, words in vocabulary.PERIODS if _has(said, words)), "")
    over_time = time is not None and (_has(said, vocabulary.OVER_TIME) or bool(period))
    if over_time:
        measures = [m for m in measures if table.column(m).type != "date"]
    if _has(said, r"compare|comparison|difference") and not keys:
        keys = tuple(f.column for f in conditions.filters if f.operator == "==" and len(f.values) > 1)[:1]
    if chart is None and over_time and measures:
        chart = Chart.LINE
    action = _action(conditions.rest, bool(measures or keys))
    if versus := _VERSUS.search(said):
        first, second = marked.column(versus[1]), marked.column(versus[2])
        action, measures, chart, over_time = _against(table, first, second, measures, chart, over_time)
        if action is Action.AGGREGATE:
            keys, measures = (second,), [first]
    query = Query(
        action=action,
        measures=tuple(dict.fromkeys(m for m in measures if m not in keys)),
        keys=keys,
        functions=functions,
        filters=tuple(conditions.filters),
        limit=limit,
        last=last,
        sort=sort,
        descending=descending,
        period=period if time is not None else "",
        over_time=over_time and time is not None,
        chart=chart,
        save=save,
        follow_up=_has(marked.text, vocabulary.FOLLOW_UP) or (not measures and _has(marked.text, vocabulary.ELLIPSIS)),
        adds=_has(marked.text, r"also (?:by|per|split)|as well|additionally"),
        choices=marked.choices,
        unknown=_unknown(conditions.rest, marked),
        stranger=_stranger(text, conditions.rest),
    )
    return _completed(query, said, table)


def _completed(query: Query, said: str, table: Table) -> Query:
    """Settles the action where no word named it, from what else was said."""
    action = query.action
    numbers = [m for m in query.measures if table.column(m).is_number]
    if action is Action.DISTINCT and "nunique" in query.functions and query.keys:
        action = Action.AGGREGATE
    if query.keys and "count" in query.functions and not numbers and len(query.functions) == 1:
        return replace(query, action=Action.COUNT, measures=())
    if query.keys and action in (Action.NONE, Action.DESCRIBE, Action.VALUES, Action.SIZE):
        action = Action.AGGREGATE if query.measures else Action.NONE if query.follow_up else Action.COUNT
    if "count" in query.functions and len(query.functions) > 1 and numbers:
        query = replace(query, functions=tuple(f for f in query.functions if f != "count"))
    if action in (Action.NONE, Action.SIZE, Action.DISTINCT) and "count" in query.functions and not numbers:
        counted = [m for m in query.measures if m not in query.keys]
        if query.over_time:
            return replace(query, action=Action.AGGREGATE, measures=())
        if "nunique" in query.functions and len(counted) == 1 and not query.keys:
            return replace(query, action=Action.DISTINCT, keys=tuple(counted), measures=())
        if counted and not query.filters:
            return replace(query, action=Action.COUNT, keys=tuple(counted), measures=())
        action = Action.COUNT if query.filters or query.keys else action
        return replace(query, action=action, measures=())
    if numbers and not query.functions and _has(said, r"compare|comparison|difference") and query.keys:
        return replace(query, action=Action.AGGREGATE, functions=("mean", "median"))
    if action is not Action.NONE:
        return query if action is query.action else replace(query, action=action)
    superlative = query.limit is not None or _has(said, rf"{vocabulary.MOST}|{vocabulary.LEAST}")
    groups = [m for m in query.measures if not table.column(m).is_number]
    if query.over_time and (numbers or "count" in query.functions):
        action = Action.AGGREGATE
    elif superlative and numbers and groups and set(query.functions) - {"min", "max"}:
        return replace(query, action=Action.AGGREGATE, keys=tuple(groups[:1]), measures=tuple(numbers))
    elif superlative and (numbers or query.sort) and not set(query.functions) - {"min", "max"}:
        of_all = query.functions and query.limit is None and not groups
        action = Action.AGGREGATE if of_all else Action.ROWS
    elif superlative and groups and not numbers:
        return replace(query, action=Action.COUNT, keys=tuple(groups[:1]), measures=())
    elif query.functions and numbers:
        action = Action.AGGREGATE
        if groups:
            return replace(query, action=action, keys=tuple(groups), measures=tuple(numbers))
    elif query.measures:
        action = Action.VALUES
    elif (query.filters and not query.chart and not query.follow_up) or query.sort:
        action = Action.ROWS
    elif query.save and not query.chart and _has(said, r"convert|turn|(?:the |this |my )?(?:file|data|table)"):
        action = Action.CONVERT
    return replace(query, action=action)


def _against(
    table: Table, first: str, second: str, measures: list[str], chart: Chart | None, over_time: bool
) -> tuple[Action, list[str], Chart | None, bool]:
    """Reads "X against Y": two numbers make a scatter plot, a date makes a line, categories make groups."""
    y, x = table.column(first), table.column(second)
    if y.is_number and (x.type == "date" or x.is_year):
        return Action.AGGREGATE if x.is_year else Action.NONE, [first], chart or Chart.LINE, x.type == "date"
    if y.is_number and x.is_number:
        kind = chart if chart not in (None, Chart.AUTO) else Chart.SCATTER
        return Action.CORRELATION, [first, second], kind, over_time
    if y.is_number:
        return Action.AGGREGATE, [first], chart, over_time
    if x.is_number:
        return Action.AGGREGATE, [second, first], chart, over_time
    return Action.COUNT, measures, chart, over_time


def _time(table: Table) -> Column | None:
    dates = (column for column in table.columns if column.type == "date")
    return next(dates, None) or next((column for column in table.columns if column.is_year), None)


_UNKNOWN = re.compile(r"\b(?:by|per|group(?:ed)? by|for each|against|versus|vs) (?:the )?(<q\d+>|(?!<)[a-z_]{3,})")
_NO_COLUMNS = frozenset(
    ["day", "week", "month", "quarter", "year", "time", "default", "name", "date", "default", "row", "hand", "percent"]
)


def _unknown(rest: str, marked: Marked) -> tuple[str, ...]:
    """Names that stand where a column must stand, and fit none."""
    found = _UNKNOWN.findall(rest) + re.findall(r"\bcolumns? (?:named |called )?(<q\d+>)", rest)
    words = [marked.quoted[int(f.strip("<q>"))] if f.startswith("<q") else f for f in found]
    return tuple(word for word in words if word not in COMMANDS and word not in _NO_COLUMNS)


def _stranger(text: str, rest: str) -> str:
    """A proper name that stands where a condition would, and is no value that the table is known to have."""
    for match in re.finditer(r"\b(?:of|for|in|from|at) (?:the )?([A-Z][\w&-]+(?: [A-Z][\w&-]+)*)", text):
        words = match[1].lower().split()
        formats = {word for _, names in vocabulary.FORMATS for word in re.findall(r"\w+", names)}
        if " ".join(words) in rest and not set(words) & (COMMANDS | formats | {"i", "ai", "python", "pandas"}):
            return match[1]
    return ""


def _has(text: str, words: str) -> bool:
    return re.search(rf"(?:{words})" if words.startswith("^") else rf"\b(?:{words})\b", text) is not None


def _without_sources(text: str) -> str:
    """Drops "from the uploaded CSV file": it says where the data is, not what to make."""
    return re.sub(
        r"\b(?:from|in|of|with|using|on) (?:the |this |my |that |an? )*(?:uploaded |attached |given |provided )*"
        r"(?:csv|excel|xlsx|json|tsv|data)? ?(?:file|dataset|data set|spreadsheet|table)\b(?! about)",
        " ",
        text,
    )


def _save(text: str) -> tuple[str, ...]:
    said = _without_sources(text)
    named = [
        name
        for name, words in vocabulary.FORMATS
        if _has(said, rf"(?:as|to|into|in)(?: an?| the)? (?:{words})|(?:{words}) file")
    ]
    if _has(said, vocabulary.SAVE) or named:
        return tuple(named) or tuple(n for n, words in vocabulary.FORMATS if _has(said, words)) or ("same",)
    return ()


def _chart(text: str) -> Chart | None:
    return next((chart for chart, words in vocabulary.CHARTS if _has(text, words)), None)


def _action(text: str, has_columns: bool) -> Action:
    for action, words in vocabulary.ACTIONS:
        if _has(text, words):
            if action in (Action.OVERVIEW, Action.HEAD, Action.TYPES) and has_columns:
                continue
            if action is Action.MISSING and not has_columns and _has(text, "fill"):
                continue
            return action
    return Action.NONE


def _keys(text: str, marked: Marked) -> tuple[str, ...]:
    without_order = _SORT.sub(" ", text)
    found = [m for match in _KEYS.finditer(without_order) for m in re.findall(r"<c\d+>", match[1])]
    return tuple(dict.fromkeys(marked.column(m) for m in found))


def _sort(text: str, marked: Marked) -> tuple[str, str]:
    if match := _SORT.search(text):
        return marked.column(match[1]), text.replace(match.group(), " sort ", 1)
    return "", text


def _functions(text: str) -> tuple[str, ...]:
    return tuple(
        name for name, words in vocabulary.FUNCTIONS if re.search(rf"\b(?:{words})", text) and _has(text, words)
    )


def _limit(text: str) -> tuple[int | None, bool, bool | None]:
    """How many, whether the last ones, and whether the largest first (None if nothing was said)."""
    descending = True if _has(text, vocabulary.DOWN) else False if _has(text, vocabulary.UP) else None
    if descending is None and _has(text, vocabulary.MOST):
        descending = True
    elif descending is None and _has(text, vocabulary.LEAST):
        descending = False
    words = rf"(?:{vocabulary.MOST}|{vocabulary.LEAST}|first|last|random|sample(?: of)?|only|any|show me|limit(?: to)?)"
    match = re.search(rf"\b{words} {vocabulary.COUNT}\b", text) or re.search(
        rf"\b{vocabulary.COUNT} (?:{vocabulary.MOST}|{vocabulary.LEAST}|random|rows|records)\b", text
    )
    limit = (vocabulary.NUMBERS.get(match[1]) or int(match[1])) if match else None
    last = _has(text, r"last|tail|final")
    return limit, last, descending
