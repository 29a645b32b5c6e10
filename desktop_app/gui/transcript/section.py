"""One item of a transcript, a question or a run, and the groups of rows that it is shown as."""

from collections.abc import Iterator
from typing import assert_never

from desktop_app.domain.entity import (
    Answer,
    CodeStep,
    Question,
    Reasoning,
    Remark,
    Run,
    RunItem,
    TextPart,
    TranscriptItem,
)
from desktop_app.gui.transcript.group import Choices, Group, QuestionGroup, RunEndGroup, RunHeaderGroup, StepGroup
from desktop_app.gui.transcript.prose import AnswerGroup, ReasoningGroup, RemarkGroup
from desktop_app.gui.transcript.row import PendingRow, Row

_GROUPS: dict[type[RunItem], type[Group]] = {
    CodeStep: StepGroup,
    Answer: AnswerGroup,
    Reasoning: ReasoningGroup,
    Remark: RemarkGroup,
}


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
        """Folds or unfolds what `row` is the header of."""
        group = self._group(row)
        if isinstance(group, StepGroup | ReasoningGroup):
            group.toggle()
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
        groups = list(self._groups_of(run))
        self._groups[1:-1] = groups
        is_answered = False
        for item, group in zip(reversed(run.items), reversed(groups), strict=True):
            match group, item:
                case (StepGroup(), CodeStep()):
                    group.update(item, is_done=is_answered)
                case (ReasoningGroup(), Reasoning()):
                    group.update(item, is_done=is_answered)
                case (RemarkGroup(), Remark()):
                    group.update(item)
                case (AnswerGroup(), Answer()):
                    group.update(item)
                    is_answered = True
        end = self._groups[-1]
        if isinstance(end, RunEndGroup):
            end.update(run, is_newest=self.is_newest)

    def _groups_of(self, run: Run) -> Iterator[Group]:
        """A group for each item, the one it had where it had one: a service may begin its account of a run anew."""
        known = {(group.key, type(group)): group for group in self._groups[1:-1]}
        for item in run.items:
            found = known.get((f"{run.id}/{item.key}", _GROUPS[type(item)]))
            yield found or self._new_group(run.id, item)

    def _new_group(self, run_id: str, item: RunItem) -> Group:
        match item:
            case CodeStep():
                return StepGroup(run_id, item, self._choices)
            case Reasoning():
                return ReasoningGroup(run_id, item, self._choices)
            case Remark():
                return RemarkGroup(run_id, item)
            case Answer():
                return AnswerGroup(run_id, item)
            case _:
                assert_never(item)
