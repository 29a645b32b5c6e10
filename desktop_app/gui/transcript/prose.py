"""How answers, reasoning and remarks become rows: text in blocks, of which only the open one is made again."""

from functools import partial

from PySide6.QtCore import QCoreApplication

from desktop_app.domain.entity import Answer, ImagePart, Reasoning, Remark, RemarkKind, TextPart
from desktop_app.gui.text import remark_words
from desktop_app.gui.transcript.block import Block, BlockStream, CodeBlock, TextBlock
from desktop_app.gui.transcript.group import BLOCK_GAP, Choices, Group
from desktop_app.gui.transcript.rich import Ink, Kind, Paragraph, Span, Style
from desktop_app.gui.transcript.row import FigureRow, FilesRow, Frame, ReasoningRow, RemarkRow, Row, TableRow, TextRow

tr = partial(QCoreApplication.translate, "transcript")

_FIRST_GAP = 4
"""Pixels between a header and what it unfolds."""
_LONGEST_SUMMARY = 200
_ICONS = {
    RemarkKind.CONTAINER_REPLACED: "rotate-cw",
    RemarkKind.FILES_LOST: "triangle-alert",
    RemarkKind.HISTORY_SENT: "upload",
}


class AnswerGroup(Group):
    """An answer: its parts as blocks, then its files."""

    def __init__(self, run_id: str, answer: Answer) -> None:
        super().__init__(f"{run_id}/{answer.key}")
        self.answer: Answer | None = None
        self._parts: list[_TextRows] = []

    def update(self, answer: Answer) -> bool:
        """Takes the answer as it is now. Says whether anything is different."""
        if answer is self.answer:
            return False
        self.answer = answer
        rows: list[Row] = []
        texts = 0
        for index, part in enumerate(answer.parts):
            if isinstance(part, ImagePart):
                rows.append(self._same(FigureRow(f"{self.key}/{index}", BLOCK_GAP, part.file, framed=True, last=True)))
            elif isinstance(part, TextPart):
                if texts == len(self._parts):
                    self._parts.append(_TextRows(f"{self.key}/{index}"))
                rows += self._parts[texts].update(part.text, is_complete=answer.complete)
                texts += 1
        if answer.files:
            rows.append(self._same(FilesRow(f"{self.key}/files", BLOCK_GAP, answer.files)))
        self.rows = rows
        return True


class ReasoningGroup(Group):
    """What the model thought: a header, and below it muted text that is folded once the answer begins."""

    def __init__(self, run_id: str, reasoning: Reasoning, choices: Choices) -> None:
        super().__init__(f"{run_id}/{reasoning.key}")
        self._reasoning = reasoning
        self._choices = choices
        self._is_done = False
        self._text = _TextRows(self.key, is_aside=True)

    @property
    def is_open(self) -> bool:
        """What the person chose; else until the answer begins."""
        return self._choices.open.get(self.key, not self._is_done)

    def update(self, reasoning: Reasoning, *, is_done: bool) -> None:
        """Takes the summary as it is now, and whether the answer has begun."""
        if reasoning is self._reasoning and is_done == self._is_done and self.rows:
            return
        self._reasoning = reasoning
        self._is_done = is_done
        self.refresh()

    def toggle(self) -> None:
        """Folds or unfolds it because the person wants it."""
        self._choices.open[self.key] = not self.is_open
        self.refresh()

    def refresh(self) -> None:
        """Makes the rows; none while there is nothing to read. What is folded costs nothing while it grows."""
        reasoning = self._reasoning
        if not reasoning.text.strip():
            self.rows = []
            return
        is_live = not reasoning.complete
        title = tr("Thinking") if is_live else tr("Reasoning")
        summary = "" if self.is_open else _beginning(reasoning.text)
        self.rows = [self._same(ReasoningRow(self.key, BLOCK_GAP, title, summary, self.is_open, is_live))]
        if self.is_open:
            self.rows += self._text.update(reasoning.text, is_complete=reasoning.complete)


class RemarkGroup(Group):
    """Something that was done, in a line."""

    def __init__(self, run_id: str, remark: Remark) -> None:
        super().__init__(f"{run_id}/{remark.key}")

    def update(self, remark: Remark) -> None:
        """Takes the remark as it is now."""
        words = Paragraph((Span(remark_words(remark), Style(Ink.MUTED)),), Kind.NOTE)
        self._keep([RemarkRow(self.key, BLOCK_GAP, (words,), Frame.ASIDE, icon=_ICONS[remark.kind])])


class _TextRows:
    """The rows of one text, one for each block."""

    def __init__(self, key: str, *, is_aside: bool = False) -> None:
        self._key = key
        self._is_aside = is_aside
        self._stream = BlockStream()
        self._blocks: list[Block] = []
        self._rows: list[Row] = []

    def update(self, text: str, *, is_complete: bool) -> list[Row]:
        """Takes the text as it is now and returns the rows, the same ones where nothing changed."""
        self._stream.feed(text)
        if is_complete:
            self._stream.finish()
        blocks = self._stream.blocks
        same = 0
        for old, new in zip(self._blocks, blocks, strict=False):
            if old is not new:
                break
            same += 1
        self._rows[same:] = [self._row(index, blocks[index]) for index in range(same, len(blocks))]
        self._blocks = list(blocks)
        return self._rows

    def _row(self, index: int, block: Block) -> Row:
        key = f"{self._key}/{index}"
        match block:
            case TextBlock() if self._is_aside:
                return TextRow(key, block.gap if index else _FIRST_GAP, _muted(block.paragraphs), Frame.ASIDE)
            case TextBlock():
                return TextRow(key, block.gap, block.paragraphs)
            case CodeBlock():
                gap = BLOCK_GAP if block.first else 0
                return TextRow(key, gap, block.paragraphs, Frame.FENCE, block.first, block.last, block.last)
            case _:
                return TableRow(key, BLOCK_GAP, block.table)


def _muted(paragraphs: tuple[Paragraph, ...]) -> tuple[Paragraph, ...]:
    """The same, smaller and less dark."""
    return tuple(
        paragraph._replace(
            spans=tuple(
                Span(text, style._replace(ink=Ink.MUTED) if style.ink is Ink.TEXT else style)
                for text, style in paragraph.spans
            ),
            kind=Kind.NOTE if paragraph.kind is Kind.BODY else paragraph.kind,
        )
        for paragraph in paragraphs
    )


def _beginning(text: str) -> str:
    """The first line of a text, without the signs of markdown around it."""
    line = text[:_LONGEST_SUMMARY].strip().split("\n", 1)[0]
    return line.replace("**", "").replace("`", "").strip("#*_> ")
