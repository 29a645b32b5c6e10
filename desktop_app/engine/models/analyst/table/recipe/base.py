"""What recipes are given and what they make."""

from collections.abc import Callable
from dataclasses import dataclass, field

from desktop_app.engine.models.analyst.fact import Facts
from desktop_app.engine.models.analyst.shape import Column, Table
from desktop_app.engine.models.analyst.table.phrase import where
from desktop_app.engine.models.analyst.table.query import Query
from desktop_app.engine.models.analyst.table.source import Source
from desktop_app.engine.models.analyst.wording import escaped


@dataclass(frozen=True, slots=True)
class Kitchen:
    """The question and the file, as a recipe needs them.

    Attributes:
        others: The other tables of the question, for a merge.
        taken: Names in `/mnt/data` that must not be overwritten.
    """

    source: Source
    query: Query
    others: tuple[Source, ...] = ()
    taken: frozenset[str] = frozenset()

    @property
    def table(self) -> Table:
        """The table's shape."""
        return self.source.table

    @property
    def where(self) -> str:
        """The conditions in words."""
        return where(self.query.filters)

    @property
    def told(self) -> str:
        """The conditions in words, for markdown."""
        return f" {escaped(self.where)}" if self.query.filters else ""

    def column(self, name: str) -> Column:
        """A column's shape."""
        return self.table.column(name)


@dataclass(frozen=True, slots=True)
class Recipe:
    """Code that works on `df` (read, cleaned and filtered already), and the words for its result.

    Attributes:
        compute: Statements that make what `facts` and `show` name.
        show: Statements that print.
        chart: Statements that draw on `ax`; a figure is made around them. Empty for no chart.
        grid: Which axis has grid lines.
        facts: Names and expressions for the answer.
        answer: Writes the answer.
        saved: The expression of the table to save, and the end of the file's name.
        saves: Whether it saves even if nobody asked for a file.
    """

    compute: list[str]
    show: list[str]
    facts: dict[str, str]
    answer: Callable[[Facts], str]
    chart: list[str] = field(default_factory=list)
    grid: str = ""
    chart_name: str = "chart"
    size: tuple[float, float] = (9, 5)
    imports: tuple[str, ...] = ()
    saved: str = "df"
    suffix: str = ""
    saves: bool = False
