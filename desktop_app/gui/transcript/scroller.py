"""A virtual scroller: only the rows in sight have widgets, and nothing jumps when heights turn out different.

What holds the view is the anchor: a row and how many of its pixels are above the viewport. Heights are estimates
until a row is shown.
"""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QAccessible, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from desktop_app.gui.override import override
from desktop_app.gui.transcript.height import Heights
from desktop_app.gui.transcript.look import COLUMN
from desktop_app.gui.transcript.model import TranscriptModel
from desktop_app.gui.transcript.place import Place
from desktop_app.gui.transcript.row import Row
from desktop_app.gui.transcript.row_widget import RowWidget
from desktop_app.gui.transcript.shelf import Shelf

_MARGIN = 24
_END = 28
"""Pixels below the last row."""
_STEP = 40


class Scroller(QAbstractScrollArea):
    """Shows the rows of a model in pooled widgets.

    Signals:
        at_end_changed: Whether the newest row is in sight; while it is, the view follows what is added.
        laid_out: Rows have been placed.
    """

    at_end_changed = Signal(bool)
    laid_out = Signal()

    def __init__(
        self,
        model: TranscriptModel,
        make: Callable[[Row, QWidget], RowWidget],
        kind_of: Callable[[Row], object],
        estimate: Callable[[Row, int], int],
        parent: QWidget | None = None,
    ) -> None:
        """Makes widgets with `make`; a widget is used again for rows with the same `kind_of`."""
        super().__init__(parent)
        self.model = model
        self._estimate = estimate
        self._heights = Heights()
        self._top = Place(0, 0)
        self._marks: list[Place] = [self._top]
        self._follows = True
        self._is_settling = False
        self._shelf = Shelf(self.viewport(), make, kind_of)
        self._in_sight: list[RowWidget] = []
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.verticalScrollBar().valueChanged.connect(self._on_value_changed)
        model.modelReset.connect(self._on_model_reset)
        model.dataChanged.connect(self._on_data_changed)
        model.rowsInserted.connect(self._on_rows_inserted)
        model.rowsRemoved.connect(self._on_rows_removed)
        model.settled.connect(self.settle)

    @property
    def follows(self) -> bool:
        """Whether the view stays at the end as rows are added."""
        return self._follows

    @property
    def shown(self) -> Sequence[RowWidget]:
        """The widgets in sight, from top to bottom."""
        return self._in_sight

    @property
    def first(self) -> int:
        """The row of the first widget in sight."""
        return self._top.row

    @property
    def content_height(self) -> int:
        """The height of everything, partly estimated."""
        return self._heights.total + _END

    def widget_of(self, row: Row) -> RowWidget | None:
        """The widget that shows a row now."""
        return self._shelf.find(row.key)

    def mark(self, place: Place) -> Place:
        """Keeps a place pointing at the same row while rows are added and removed before it."""
        self._marks.append(place)
        return place

    def unmark(self, place: Place) -> None:
        """Lets a place go."""
        if place in self._marks:
            self._marks.remove(place)

    def scroll_to_end(self) -> None:
        """Shows the newest row, and follows from now on."""
        self._set_follows(follows=True)
        self.settle()

    def scroll_by(self, pixels: int) -> None:
        """Moves the view; this is how rows of unknown heights are passed without a jump."""
        self._top.offset += pixels
        self._show_top()

    def scroll_to_row(self, row: int, offset: int = 0) -> None:
        """Shows a row at the top, with `offset` of its pixels above it."""
        self._top.row, self._top.offset = max(min(row, len(self._heights) - 1), 0), offset
        self._show_top()

    def place(self) -> tuple[str, int]:
        """The key of the row at the top, and how many of its pixels are above it."""
        return self.model.rows[self._top.row].key, self._top.offset

    def hold(self, index: int) -> None:
        """Keeps a row in sight where it is while rows around it change."""
        widget = self._shelf.find(self.model.rows[index].key)
        if widget is not None:
            self._top.row, self._top.offset = index, self.model.rows[index].gap - widget.y()
            self._set_follows(follows=False)

    def row_at(self, y: int) -> tuple[int, RowWidget] | None:
        """The row in sight that is nearest to a height in the viewport."""
        for position, widget in enumerate(self._in_sight):
            if y <= widget.geometry().bottom() or position == len(self._in_sight) - 1:
                return self._top.row + position, widget
        return None

    def settle(self) -> None:
        """Places what has changed."""
        if self._follows:
            self._go_to_end()
        self._lay_out()

    def rebind(self) -> None:
        """Draws everything again, in another look."""
        for widget in self._shelf:
            widget.restyle()
        self.settle()

    def column(self) -> tuple[int, int]:
        """Where the text column begins in the viewport, and how wide it is; the scroll bar lies in its margin."""
        room = self.width()
        width = max(min(COLUMN, room - 2 * _MARGIN), 80)
        return (room - width) // 2 - self.viewport().x(), width

    def _measured(self, index: int) -> int:
        """The row's height as it is, which needs its widget."""
        row = self.model.rows[index]
        widget = self._shelf.take(row)
        height = widget.measure(self.column()[1]) + row.gap
        if height != self._heights[index]:
            self._heights[index] = height
        return height

    def _expand(self, index: int) -> None:
        """Makes the real rows of what is about to be seen; a place inside it keeps its share of the height."""
        before, count = self._heights[index], len(self._heights)
        if self.model.expand(index) and self._top.row == index and before:
            end = index + 1 + len(self._heights) - count
            after = self._heights.above(end) - self._heights.above(index)
            self._top.offset = round(self._top.offset * after / before)

    def _go_to_end(self) -> None:
        """Puts the anchor where the last row ends at the viewport's end."""
        self._top.row = max(len(self._heights) - 1, 0)
        self._top.offset = 0
        if not len(self._heights):
            return
        self._expand(self._top.row)
        self._top.row = len(self._heights) - 1
        self._top.offset = self._measured(self._top.row) + _END - self.viewport().height()

    def _climb(self) -> None:
        """Brings the anchor to the row that the viewport's first pixel is in."""
        top = self._top
        while top.offset < 0 and top.row > 0:
            self._expand(top.row - 1)
            top.row -= 1
            top.offset += self._measured(top.row)
        top.offset = max(top.offset, 0)
        while top.row < len(self._heights):
            self._expand(top.row)
            height = self._measured(top.row)
            if top.offset < height or top.row == len(self._heights) - 1:
                break
            top.offset -= height
            top.row += 1

    def _lay_out(self) -> None:
        """Places the widgets from the anchor on, and releases those out of sight."""
        if self._is_settling:
            return
        self._is_settling = True
        try:
            in_sight = self._place_rows() if len(self._heights) else {}
            self._in_sight = list(in_sight.values())
            self._clear_away(in_sight)
            self._update_scroll_bar()
        finally:
            self._is_settling = False
        self.laid_out.emit()

    def _clear_away(self, in_sight: Mapping[str, RowWidget]) -> None:
        """Releases widgets, but for one with the focus: scrolling must not take the focus away."""
        focused = self._shelf.focused()
        for key in self._shelf.keys:
            widget = self._shelf.find(key)
            if key == focused and key not in in_sight and widget is not None:
                widget.move(0, -2 * widget.height() - 10_000)
            elif key not in in_sight:
                self._shelf.put_back(key)

    def _place_rows(self) -> dict[str, RowWidget]:
        self._climb()
        room = self.viewport().height()
        bottom = self._fill(room)
        if bottom + _END < room and (self._top.row or self._top.offset):
            self._top.offset -= room - bottom - _END  # less is left below than there is room: show more above
            self._climb()
            self._fill(room)
        left, width = self.column()
        y, index = -self._top.offset, self._top.row
        in_sight: dict[str, RowWidget] = {}
        while index < len(self._heights) and y < room:
            row = self.model.rows[index]
            widget = self._shelf.take(row)
            height = self._heights[index]
            widget.setGeometry(left, y + row.gap, width, height - row.gap)
            widget.show()
            in_sight[row.key] = widget
            y += height
            index += 1
        if QAccessible.isActive():
            for widget in in_sight.values():
                widget.raise_()  # a screen reader goes through the rows in the order of the stack
        return in_sight

    def _fill(self, room: int) -> int:
        """Measures rows down from the anchor until the viewport is full; returns where they end."""
        y, index = -self._top.offset, self._top.row
        while index < len(self._heights) and y < room:
            self._expand(index)
            y += self._measured(index)
            index += 1
        return y

    def _update_scroll_bar(self) -> None:
        bar = self.verticalScrollBar()
        room = self.viewport().height()
        blocked = bar.blockSignals(True)
        bar.setRange(0, max(self.content_height - room, 0))
        bar.setPageStep(room)
        bar.setSingleStep(_STEP)
        bar.setValue(self._heights.above(self._top.row) + self._top.offset)
        bar.blockSignals(blocked)

    def _on_value_changed(self, value: int) -> None:
        delta = value - (self._heights.above(self._top.row) + self._top.offset)
        if abs(delta) <= 2 * self.viewport().height():
            self._top.offset += delta
        else:
            self._top.row = self._heights.row_at(value)
            self._top.offset = value - self._heights.above(self._top.row)
        self._show_top()

    def _show_top(self) -> None:
        """Shows what the anchor says; at the very end the view begins to follow again."""
        self._lay_out()
        bar = self.verticalScrollBar()
        self._set_follows(follows=bar.value() >= bar.maximum() - 2)

    def _set_follows(self, *, follows: bool) -> None:
        if follows != self._follows:
            self._follows = follows
            self.at_end_changed.emit(follows)

    def _on_model_reset(self) -> None:
        for key in self._shelf.keys:
            self._shelf.put_back(key)
        self._in_sight = []
        width = self.column()[1]
        self._heights = Heights(self._estimate(row, width) for row in self.model.rows)
        self._top.row, self._top.offset = 0, 0
        self._set_follows(follows=True)

    def _on_data_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        width = self.column()[1]
        for index in range(first.row(), last.row() + 1):
            row = self.model.rows[index]
            if self._shelf.find(row.key) is None:
                self._heights[index] = self._estimate(row, width)

    def _on_rows_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        del parent
        width = self.column()[1]
        count = last - first + 1
        added = [self._estimate(row, width) for row in self.model.rows[first : last + 1]]
        at_end = first == len(self._heights)
        self._heights.splice(first, 0, added)
        for place in self._marks:
            if place.row >= first and not (at_end and place.row == first):
                place.row += count

    def _on_rows_removed(self, parent: QModelIndex, first: int, last: int) -> None:
        del parent
        count = last - first + 1
        self._heights.splice(first, count, ())
        for place in self._marks:
            if place.row > last:
                place.row -= count
            elif place.row >= first:
                place.row, place.offset = max(min(first, len(self._heights) - 1), 0), 0

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        page = self.viewport().height() - _STEP
        match event.key():
            case Qt.Key.Key_Up:
                self.scroll_by(-_STEP)
            case Qt.Key.Key_Down:
                self.scroll_by(_STEP)
            case Qt.Key.Key_PageUp:
                self.scroll_by(-page)
            case Qt.Key.Key_PageDown | Qt.Key.Key_Space:
                self.scroll_by(page)
            case Qt.Key.Key_Home:
                self.scroll_to_row(0)
            case Qt.Key.Key_End:
                self.scroll_to_end()
            case _:
                super().keyPressEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.settle()

    @override
    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Rows are placed by `_lay_out`; there is nothing else to be moved."""
