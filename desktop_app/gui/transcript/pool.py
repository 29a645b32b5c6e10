"""Which widget shows which row, and how high a row probably is before it has one."""

from PySide6.QtWidgets import QWidget

from desktop_app.domain.entity import (
    CodeStep,
    ImageOutput,
    Question,
    Reasoning,
    Remark,
    RunItem,
    TextPart,
    TranscriptItem,
)
from desktop_app.gui.transcript.figure_widget import FigureWidget
from desktop_app.gui.transcript.file_widget import FilesWidget
from desktop_app.gui.transcript.grid_widget import GridWidget
from desktop_app.gui.transcript.note_widget import NoteWidget
from desktop_app.gui.transcript.reasoning_widget import ReasoningWidget
from desktop_app.gui.transcript.rich import Kind, text_of
from desktop_app.gui.transcript.row import (
    ActivityRow,
    FigureRow,
    FilesRow,
    MoreRow,
    NoteRow,
    PendingRow,
    ReasoningRow,
    RemarkRow,
    Row,
    RunHeaderRow,
    StepRow,
    TableRow,
    TextRow,
)
from desktop_app.gui.transcript.row_widget import Context, RowWidget
from desktop_app.gui.transcript.run_widget import ActivityWidget, RunHeaderWidget
from desktop_app.gui.transcript.step_widget import MoreWidget, StepWidget
from desktop_app.gui.transcript.text_widget import RemarkWidget, TableWidget, TextWidget

_MOST_TABLE_ROWS = 60
_MOST_TABLE_COLUMNS = 8
_WIDGETS: dict[type[Row], type[RowWidget]] = {
    TextRow: TextWidget,
    RemarkRow: RemarkWidget,
    ReasoningRow: ReasoningWidget,
    RunHeaderRow: RunHeaderWidget,
    StepRow: StepWidget,
    MoreRow: MoreWidget,
    FigureRow: FigureWidget,
    FilesRow: FilesWidget,
    NoteRow: NoteWidget,
    ActivityRow: ActivityWidget,
}
_HEIGHTS: dict[type[Row], int] = {
    RunHeaderRow: 20,
    StepRow: 38,
    ReasoningRow: 24,
    MoreRow: 32,
    FigureRow: 420,
    FilesRow: 48,
    NoteRow: 92,
    ActivityRow: 20,
}
_LETTER = 7.2
_LINE = 22
_CODE_LINE = 19


def widget_class(row: Row) -> type[RowWidget]:
    """The class of widget that shows a row."""
    if isinstance(row, TableRow):
        is_small = len(row.table.rows) <= _MOST_TABLE_ROWS and len(row.table.head) <= _MOST_TABLE_COLUMNS
        return TableWidget if is_small else GridWidget
    return _WIDGETS[type(row)]


def make_widget(context: Context, row: Row, parent: QWidget) -> RowWidget:
    """A new widget for rows like this one."""
    return widget_class(row)(context, parent)


def estimate(row: Row, width: int) -> int:
    """Roughly how high a row will be at this width. Cheap: it is asked for every row of a thread."""
    match row:
        case TextRow():
            letters = max(width / _LETTER, 1)
            lines = sum(
                (1 + int(len(text_of(paragraph.spans)) / letters))
                * (_CODE_LINE if paragraph.kind is Kind.CODE else _LINE)
                for paragraph in row.paragraphs
            )
            return lines + row.gap
        case TableRow():
            return min(36 * (len(row.table.rows) + 1), 400) + row.gap
        case PendingRow():
            return _item_height(row.item, width)
        case _:
            return _HEIGHTS[type(row)] + row.gap


def _item_height(item: TranscriptItem, width: int) -> int:
    letters = max(width / _LETTER, 1)
    if isinstance(item, Question):
        return 50 + (56 if item.files else 0) + _LINE * int(len(item.text) / letters)
    return 48 + sum(_run_item_height(part, letters) for part in item.items)


def _run_item_height(item: RunItem, letters: float) -> int:
    if isinstance(item, Reasoning | Remark):
        return 32
    if isinstance(item, CodeStep):
        figures = sum(isinstance(output, ImageOutput) for output in item.outputs)
        return 46 + figures * (420 + _CODE_LINE * item.code.count("\n"))
    texts = sum(len(part.text) for part in item.parts if isinstance(part, TextPart))
    return int(texts / letters * _LINE * 1.2) + (60 if item.files else 0) + 34
