"""One item of a transcript, a question or a run, and the groups of rows that it is shown as."""

from collections.abc import Iterator

from desktop_app.domain.entity import Answer, CodeStep, Question, Run, TextPart, TranscriptItem
from desktop_app.gui.transcript.group import (
    AnswerGroup,
    Choices,
    Group,
    QuestionGroup,
    RunEndGroup,
    RunHeaderGroup,
    StepGroup,
)
from desktop_app.gui.transcript.row import PendingRow, Row


class Section:
    """Rows of one item. Until `expand` they are a single `PendingRow`: opening a long thread costs what is seen.

    Attributes:
        item: The question or run as it is now.
        rows: Its rows; the list is replaced, never changed.
        is_newest: Nothing comes after it; takes effect with `update`.
    """

    def __init__(self, item: TranscriptItem, choices: Choices, *, is_newest: bool = True) -> None:
        self.item = item
        self._choices = choices
        self.is_newest = is_newest
        self.rows: list[Row] = [PendingRow(item.id, 0, item)]
        self._groups: list[Group] = []

    @property
    def is_pending(self) -> bool:
        """Whether it has not been expanded yet."""
        return not self._groups

    def expand(self) -> None:
        """Makes the real rows."""
        if isinstance(self.item, Question):
            self._groups = [QuestionGroup(self.item.id)]
        else:
            self._groups = [RunHeaderGroup(self.item), RunEndGroup(self.item.id)]
        self.update(self.item)

    def update(self, item: TranscriptItem) -> None:
        """Takes the item's new value."""
        self.item = item
        if self.is_pending:
            self.rows = [PendingRow(item.id, 0, item)]
            return
        if isinstance(item, Question):
            group = self._groups[0]
            if isinstance(group, QuestionGroup):
                group.update(item, is_newest=self.is_newest)
        else:
            self._update_run(item)
        self._collect()

    def toggle(self, row: Row) -> None:
        """Folds or unfolds the card that `row` is the header of."""
        step = self.step(row)
        if step:
            step.toggle()
            self._collect()

    def show_all(self, row: Row) -> None:
        """Shows the lines that `row` stands for."""
        step = self.step(row)
        if step:
            step.show_all(row.key)
            self._collect()

    def step(self, row: Row) -> StepGroup | None:
        """The code step that a row belongs to."""
        group = self._group(row)
        return group if isinstance(group, StepGroup) else None

    def answer(self, row: Row) -> Answer | None:
        """The answer that a row belongs to."""
        group = self._group(row)
        return group.answer if isinstance(group, AnswerGroup) else None

    def markdown(self) -> str:
        """All answers of the run as they were written."""
        items = self.item.items if isinstance(self.item, Run) else ()
        parts = [part for item in items if isinstance(item, Answer) for part in item.parts]
        return "\n\n".join(part.text for part in parts if isinstance(part, TextPart))

    def _group(self, row: Row) -> Group | None:
        return next((group for group in self._groups if any(own is row for own in group.rows)), None)

    def _collect(self) -> None:
        self.rows = [row for group in self._groups for row in group.rows]

    def _update_run(self, run: Run) -> None:
        known = len(self._groups) - 2
        for group in self._new_groups(run, known):
            self._groups.insert(-1, group)
        done = False
        for item, group in zip(reversed(run.items), reversed(self._groups[1:-1]), strict=False):
            if isinstance(group, StepGroup) and isinstance(item, CodeStep):
                group.update(item, is_done=done)
            elif isinstance(group, AnswerGroup) and isinstance(item, Answer):
                group.update(item)
                done = True
        end = self._groups[-1]
        if isinstance(end, RunEndGroup):
            end.update(run, is_newest=self.is_newest)

    def _new_groups(self, run: Run, known: int) -> Iterator[Group]:
        for item in run.items[known:]:
            yield StepGroup(run.id, item, self._choices) if isinstance(item, CodeStep) else AnswerGroup(run.id, item)
