"""A selection across rows: two places in the model, wherever their widgets are."""

from PySide6.QtCore import QObject

from desktop_app.gui.transcript.place import Place
from desktop_app.gui.transcript.row import Row, TextRow
from desktop_app.gui.transcript.scroller import Scroller

_APART = 8
"""Rows with at least this gap are paragraphs of their own when copied."""


class Selection(QObject):
    """What is selected. It stays on its text while rows are added and removed around it."""

    def __init__(self, scroller: Scroller) -> None:
        super().__init__(scroller)
        self._scroller = scroller
        self._model = scroller.model
        self._anchor = scroller.mark(Place(0, 0))
        self._head = scroller.mark(Place(0, 0))
        scroller.laid_out.connect(self.show)
        self._model.modelReset.connect(self.clear)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is selected."""
        return self._anchor.row == self._head.row and self._anchor.offset == self._head.offset

    def clear(self) -> None:
        """Selects nothing."""
        self.begin(0, 0)

    def begin(self, row: int, offset: int) -> None:
        """Puts both ends there."""
        self._anchor.row = self._head.row = row
        self._anchor.offset = self._head.offset = offset
        self.show()

    def extend(self, row: int, offset: int) -> None:
        """Moves the end that follows the mouse."""
        self._head.row, self._head.offset = row, offset
        self.show()

    def select_all(self) -> None:
        """Selects everything."""
        self._anchor.row = self._anchor.offset = 0
        last = len(self._model.rows) - 1
        self._head.row = max(last, 0)
        self._head.offset = max(len(self._model.rows[last].text), 1) if last >= 0 else 0
        self.show()

    def show(self) -> None:
        """Shows it in the widgets in sight."""
        first, last = self._ends()
        for index, widget in enumerate(self._scroller.shown, self._scroller.first):
            if self.is_empty or not first.row <= index <= last.row or widget.row is None:
                widget.select(None)
            else:
                start = first.offset if index == first.row else 0
                end = last.offset if index == last.row else max(len(widget.row.text), 1)
                widget.select((start, end) if start < end else None)

    def text(self) -> str:
        """The selected text in its order. Rows nobody has looked at are made for it."""
        if self.is_empty:
            return ""
        pieces: list[str] = []
        before: Row | None = None
        first, last = self._ends()
        start = first.offset
        index = first.row
        while index <= last.row:
            if self._model.expand(index):
                start = start if index == first.row else 0
            row = self._model.rows[index]
            end = last.offset if index == last.row else len(row.text)
            piece = row.copied(start, end)
            start = 0
            if row.text:
                if before is not None:
                    pieces.append(_between(before, row))
                pieces.append(piece)
                before = row
            index += 1
        return "".join(pieces).strip("\n")

    def _ends(self) -> tuple[Place, Place]:
        if (self._anchor.row, self._anchor.offset) <= (self._head.row, self._head.offset):
            return self._anchor, self._head
        return self._head, self._anchor


def _between(before: Row, after: Row) -> str:
    """What separates two rows of text on the clipboard."""
    if isinstance(before, TextRow) and before.paragraphs and before.paragraphs[-1].continued:
        return ""
    return "\n\n" if after.gap >= _APART else "\n"
