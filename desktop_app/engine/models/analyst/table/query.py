"""A question about a table, understood: what is wanted, of which columns, of which rows, drawn how, saved as what."""

from dataclasses import dataclass, field, replace
from enum import StrEnum


class Action(StrEnum):
    """What is to be found out or done. Each has a recipe of its own in `recipe`."""

    NONE = "none"
    OVERVIEW = "overview"
    HEAD = "head"
    TAIL = "tail"
    DESCRIBE = "describe"
    MISSING = "missing"
    TYPES = "types"
    SIZE = "size"
    DISTINCT = "distinct"
    COUNT = "count"
    AGGREGATE = "aggregate"
    ROWS = "rows"
    CORRELATION = "correlation"
    OUTLIERS = "outliers"
    VALUES = "values"
    CONVERT = "convert"
    SHUFFLE = "shuffle"
    SAMPLE = "sample"
    DEDUPLICATE = "deduplicate"
    DROP_MISSING = "drop_missing"
    MERGE = "merge"


class Chart(StrEnum):
    """How it is drawn. `AUTO` leaves it to the shape of the result."""

    AUTO = "auto"
    BAR = "bar"
    LINE = "line"
    SCATTER = "scatter"
    HISTOGRAM = "histogram"
    BOX = "box"
    PIE = "pie"
    HEATMAP = "heatmap"


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on rows.

    Attributes:
        operator: `==`, `!=`, `<`, `<=`, `>`, `>=`, `between`, `contains`, `starts`, `missing`, `present`, or `year ==`
            and so on for the year of a date.
        values: One, two for `between`, or several for `==` and `!=` (any of them).
    """

    column: str
    operator: str
    values: tuple[str | float | bool, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """What a question asks of a table. Empty fields were not said.

    Attributes:
        functions: `mean`, `sum`, `median`, `min`, `max`, `std`, `count`, `nunique`.
        limit: Rows or groups at most.
        descending: The order that was asked for.
        sort: The column to sort by; empty is the result itself.
        period: `D`, `W`, `M`, `Q` or `Y`, for a development over time.
        over_time: Along the date or year column.
        save: File formats: `csv`, `xlsx`, `json`, `tsv`, `png`, or `same` for that of the source.
        choices: What was picked where several columns fit, in sentences.
        unknown: Names that were said and fit no column.
        stranger: A proper name that fits no value.
    """

    action: Action = Action.NONE
    measures: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    limit: int | None = None
    last: bool = False
    sort: str = ""
    descending: bool | None = None
    period: str = ""
    over_time: bool = False
    chart: Chart | None = None
    save: tuple[str, ...] = ()
    follow_up: bool = False
    adds: bool = False
    choices: tuple[str, ...] = ()
    unknown: tuple[str, ...] = field(default=())
    stranger: str = ""

    @property
    def has_subject(self) -> bool:
        """Whether it can stand without the question before it."""
        return self.action is not Action.NONE or bool(self.measures)

    @property
    def says_something(self) -> bool:
        """Whether anything was understood."""
        return replace(self, follow_up=False, adds=False, unknown=(), choices=(), stranger="") != Query()


def continued(before: Query, now: Query) -> Query:
    """What a follow-up means: the question before, with what the new one says put in its place."""
    if before.says_something and _is_elliptic(before, now):
        return replace(
            before,
            action=now.action if now.action is not Action.NONE and not now.sort else before.action,
            measures=now.measures or before.measures,
            keys=(*before.keys, *now.keys) if now.adds else now.keys or before.keys,
            functions=now.functions or before.functions,
            filters=_narrowed(before.filters, now.filters),
            limit=now.limit or before.limit,
            last=now.last or before.last,
            sort=now.sort or before.sort,
            descending=before.descending if now.descending is None else now.descending,
            period=now.period or before.period,
            over_time=now.over_time or before.over_time,
            chart=now.chart or (None if now.save and "png" not in now.save else before.chart),
            save=now.save,
            choices=now.choices,
            unknown=now.unknown,
            stranger=now.stranger,
        )
    return now


_SORTABLE = frozenset({Action.AGGREGATE, Action.COUNT, Action.DISTINCT, Action.VALUES, Action.ROWS})


def _is_elliptic(before: Query, now: Query) -> bool:
    if not now.says_something or now.unknown or now.stranger:
        return False
    if now.sort and (before.action not in _SORTABLE or now.sort not in (*before.keys, *before.measures)):
        return False
    if now.action not in (Action.NONE, Action.AGGREGATE, Action.COUNT) and not now.sort:
        return False
    if now.measures and now.keys:
        return False
    return now.follow_up or bool(now.sort) or not now.has_subject


def _narrowed(before: tuple[Filter, ...], now: tuple[Filter, ...]) -> tuple[Filter, ...]:
    renewed = {condition.column for condition in now}
    return (*(condition for condition in before if condition.column not in renewed), *now)
