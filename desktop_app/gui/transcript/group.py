"""How questions and code steps become rows. A group keeps its rows and makes only those again that differ."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from PySide6.QtCore import QCoreApplication

from desktop_app.domain.entity import (
    CodeStep,
    ImageOutput,
    LogOutput,
    MessageState,
    Question,
    Run,
    RunState,
    StepState,
)
from desktop_app.gui.measure import count
from desktop_app.gui.text import one_line
from desktop_app.gui.transcript.line import CHUNK, CodeLines, Line, LogLines
from desktop_app.gui.transcript.rich import Paragraph, Span, cut
from desktop_app.gui.transcript.row import (
    FigureRow,
    FilesRow,
    Frame,
    MoreRow,
    NoteRow,
    Row,
    RunHeaderRow,
    StepRow,
    TextRow,
)
from desktop_app.gui.transcript.summary import last_line, summarize

tr = partial(QCoreApplication.translate, "transcript")

_EDGE = 10
"""Lines of a long log that are shown at its beginning and at its end."""
BLOCK_GAP = 12


class Group:
    """Some rows that belong together."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.rows: list[Row] = []

    def _keep(self, made: Iterable[Row]) -> None:
        """Takes new rows, but keeps the old object of each that is equal."""
        old = {row.key: row for row in self.rows}
        rows = []
        for row in made:
            before = old.get(row.key)
            rows.append(before if before == row and before is not None else row)
        self.rows = rows

    def _same(self, row: Row) -> Row:
        """The old object of a row, if it is equal."""
        return next((old for old in reversed(self.rows) if old.key == row.key and old == row), row)


class QuestionGroup(Group):
    """What the person wrote: shown as it was typed."""

    def update(self, question: Question, *, is_newest: bool) -> None:
        """Takes the message as it is now."""
        self._keep(self._made(question, is_newest=is_newest))

    def _made(self, question: Question, *, is_newest: bool) -> Iterator[Row]:
        paragraphs = [
            Paragraph((Span(piece),) if piece else (), continued=index + 1 < len(pieces))
            for line in question.text.split("\n")
            for pieces in [cut(line)]
            for index, piece in enumerate(pieces)
        ]
        gap = 28
        for begin in range(0, len(paragraphs) if question.text.strip() else 0, CHUNK):
            end = begin + CHUNK
            part = tuple(paragraphs[begin:end])
            is_last = end >= len(paragraphs)
            yield TextRow(f"{self.key}/{begin}", 0 if begin else gap, part, Frame.BUBBLE, begin == 0, is_last, is_last)
            gap = 8
        if question.files:
            yield FilesRow(f"{self.key}/files", gap, question.files, mine=True)
        if question.state is MessageState.FAILED:
            yield NoteRow(f"{self.key}/note", 8, question.error, None, is_newest)


class RunHeaderGroup(Group):
    """Who answers."""

    def __init__(self, run: Run) -> None:
        super().__init__(run.id)
        self.rows = [RunHeaderRow(f"{run.id}/head", 28, run.assistant_name, run.created_at)]


class RunEndGroup(Group):
    """How a run ended, if it did not just complete."""

    def update(self, run: Run, *, is_newest: bool) -> None:
        """Takes the run as it is now."""
        is_fine = run.state is RunState.COMPLETED or not run.state.is_final
        note = NoteRow(f"{run.id}/end", BLOCK_GAP, run.error, run.state, is_newest)
        self._keep([] if is_fine and run.error is None else [note])


@dataclass(frozen=True)
class Choices:
    """What a person has unfolded and folded; it holds when a thread is left and shown again.

    Attributes:
        open: By the key of a code step or of what the model thought.
        whole: The keys of shortened logs that are to be shown in full.
    """

    open: dict[str, bool] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)


class StepGroup(Group):
    """A code step: one card of several rows."""

    def __init__(self, run_id: str, step: CodeStep, choices: Choices) -> None:
        super().__init__(f"{run_id}/{step.key}")
        self.step = step
        self._choices = choices
        self._is_done = False
        self._code = CodeLines("python")
        self._logs: dict[int, LogLines] = {}

    @property
    def is_open(self) -> bool:
        """What the person chose; else until the answer begins, and for good if there is a figure to see."""
        choice = self._choices.open.get(self.key)
        if choice is not None:
            return choice
        return not self._is_done or any(isinstance(output, ImageOutput) for output in self.step.outputs)

    def update(self, step: CodeStep, *, is_done: bool) -> bool:
        """Takes the step as it is now, and whether the answer has begun. Says whether anything is different."""
        if step is self.step and is_done == self._is_done and self.rows:
            return False
        self.step = step
        self._is_done = is_done
        self.refresh()
        return True

    def toggle(self) -> None:
        """Folds or unfolds the card because the person wants it."""
        self._choices.open[self.key] = not self.is_open
        self.refresh()

    def show_all(self, key: str) -> None:
        """Shows the lines that the row `key` stands for."""
        self._choices.whole.add(key)
        self.refresh()

    def refresh(self) -> None:
        """Makes the rows."""
        made: list[StepRow | TextRow | MoreRow | FigureRow] = [self._header()]
        if self.is_open:
            made += self._body()
        made[-1] = replace(made[-1], last=True)
        self._keep(made)

    def _header(self) -> StepRow:
        step = self.step
        summary = summarize(step.code) or (tr("Writing code") if step.state is StepState.WRITING else tr("Code"))
        ended = step.ended_at if step.state.is_final else None
        return StepRow(self.key, 8, step.state, summary, self._problem(), self.is_open, step.started_at, ended)

    def _problem(self) -> str:
        step = self.step
        if step.state is not StepState.FAILED:
            return ""
        if step.error:
            return one_line(step.error)
        logs = [output.text for output in step.outputs if isinstance(output, LogOutput)]
        return last_line(logs[-1]) if logs else tr("it did not finish")

    def _body(self) -> Iterator[TextRow | MoreRow | FigureRow]:
        self._code.feed(self.step.code)
        if self.step.code.strip():
            yield from self._chunks(f"{self.key}/code", self._code.chunks, Frame.CODE)
        for index, output in enumerate(self.step.outputs):
            if isinstance(output, ImageOutput):
                yield FigureRow(f"{self.key}/{index}", 0, output.file)
            elif output.text.strip():
                yield from self._log(index, output.text)

    def _log(self, index: int, text: str) -> Iterator[TextRow | MoreRow]:
        lines = self._logs.setdefault(index, LogLines())
        lines.feed(text)
        key = f"{self.key}/{index}"
        if key in self._choices.whole or (len(lines) <= 2 * _EDGE + 2 and lines.traceback is None):
            yield from self._chunks(key, lines.chunks, Frame.LOG)
        else:
            yield from self._shortened(key, lines)

    def _chunks(self, key: str, chunks: list[Line], frame: Frame) -> Iterator[TextRow]:
        for index, chunk in enumerate(chunks):
            yield TextRow(f"{key}/{index}", 0, chunk, frame, index == 0, index == len(chunks) - 1, last=False)

    def _shortened(self, key: str, lines: LogLines) -> Iterator[TextRow | MoreRow]:
        """The beginning, a button for the middle, and the end, which for a traceback is what went wrong."""
        end = len(lines)
        head = min(_EDGE, end)
        tail, label = end - _EDGE, tr("Show all {count} lines").format(count=count(end))
        if lines.traceback is not None:
            head = min(head, lines.traceback)
            tail = end - 1
            label = tr("Show the traceback ({count} lines)").format(count=count(end - lines.traceback))
        more = [MoreRow(key, 0, label)] if tail > head else []
        if head:
            yield TextRow(f"{key}/head", 0, lines.slice(0, head), Frame.LOG, last=False)
        if lines.traceback is None:
            yield from more
        yield TextRow(f"{key}/tail", 0, lines.slice(max(tail, head), end), Frame.LOG, first=not head, last=False)
        if lines.traceback is not None:
            yield from more
