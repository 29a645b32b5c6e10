"""What every row of the scroller can do: show a row, say how high it is, take part in a selection."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.domain.entity import StoredFile
from desktop_app.gui.transcript.image import ImageStore
from desktop_app.gui.transcript.look import Look
from desktop_app.gui.transcript.row import Row


class Requests(QObject):
    """What a person asks of a row.

    Signals:
        toggle_requested, more_requested: With the `Row` to fold or unfold, or to show all of.
        resized: A row has another height.
        save_requested, open_requested, fetch_requested, zoom_requested: With the `StoredFile`.
        retry_requested: To run again what failed last.
        details_copied: With the technical text to put on the clipboard.
        action_requested: With the `ErrorAction` that helps.
    """

    toggle_requested = Signal(object)
    more_requested = Signal(object)
    resized = Signal()
    save_requested = Signal(object)
    open_requested = Signal(object)
    fetch_requested = Signal(object)
    zoom_requested = Signal(object)
    retry_requested = Signal()
    details_copied = Signal(str)
    action_requested = Signal(object)


@dataclass(frozen=True)
class Context:
    """What rows are given to work with.

    Attributes:
        file_path: Where a file's bytes are, None while they are not here.
    """

    look: Look
    images: ImageStore
    file_path: Callable[[StoredFile], Path | None]
    requests: Requests = field(default_factory=Requests)


class RowWidget(QWidget):
    """A widget of the pool. It is bound to one row after the other."""

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self.context = context
        self.look = context.look
        self._row: Row | None = None
        self.selection: tuple[int, int] | None = None
        self._measured = (-1, 0)

    @property
    def row(self) -> Row | None:
        """The row it shows."""
        return self._row

    def bind(self, row: Row) -> None:
        """Shows a row."""
        self._row = row
        self._measured = (-1, 0)
        self.show_row()
        self.update()

    def show_row(self) -> None:
        """Takes over the contents of the row it has been bound to."""
        raise NotImplementedError

    def restyle(self) -> None:
        """The theme has changed."""
        self._measured = (-1, 0)
        self.show_row()
        self.update()

    def measure(self, width: int) -> int:
        """How high the row is at this width; asked again for the same row and width it costs nothing."""
        if self._measured[0] != width:
            self._measured = (width, self.height_for(width))
        return self._measured[1]

    def grow(self) -> None:
        """Its height is another one."""
        self._measured = (-1, 0)
        self.context.requests.resized.emit()

    def height_for(self, width: int) -> int:
        """How high the row is at this width."""
        raise NotImplementedError

    def offset_at(self, point: QPoint) -> int:
        """The position in the row's text that is nearest to a point."""
        return len(self._row.text) if self._row and point.y() > self.height() // 2 else 0

    def word_at(self, point: QPoint) -> tuple[int, int]:
        """The word at a point, as positions in the row's text."""
        return self.offset_at(point), self.offset_at(point)

    def link_at(self, point: QPoint) -> str:
        """The address of the link at a point, or nothing."""
        del point
        return ""

    def is_text_at(self, point: QPoint) -> bool:
        """Whether text can be selected from there."""
        del point
        return False

    def select(self, selection: tuple[int, int] | None) -> None:
        """Shows this part of the row's text as selected."""
        if selection != self.selection:
            self.selection = selection
            self.update()
