"""The widgets of a scroller's rows: those in use, and those that wait to be used again."""

from collections.abc import Callable, Iterator

from PySide6.QtWidgets import QApplication, QWidget

from desktop_app.gui.transcript.row import Row
from desktop_app.gui.transcript.row_widget import RowWidget


class Shelf:
    """Hands out a widget for a row, and takes it back; one that is taken back is hidden, and serves other rows."""

    def __init__(
        self, viewport: QWidget, make: Callable[[Row, QWidget], RowWidget], kind_of: Callable[[Row], object]
    ) -> None:
        """Makes widgets with `make`; a widget is used again for rows with the same `kind_of`."""
        self._viewport = viewport
        self._make = make
        self._kind_of = kind_of
        self._used: dict[str, RowWidget] = {}
        self._free: dict[object, list[RowWidget]] = {}

    def __iter__(self) -> Iterator[RowWidget]:
        """All widgets, free ones too."""
        yield from self._used.values()
        for widgets in self._free.values():
            yield from widgets

    @property
    def keys(self) -> list[str]:
        """The keys of the rows that have a widget."""
        return list(self._used)

    def find(self, key: str) -> RowWidget | None:
        """The widget of the row with this key, if it has one."""
        return self._used.get(key)

    def take(self, row: Row) -> RowWidget:
        """The widget that shows a row from now on."""
        widget = self._used.get(row.key)
        if widget is not None and widget.row and self._kind_of(widget.row) != self._kind_of(row):
            self.put_back(row.key)  # a paragraph has turned out to be a table
            widget = None
        if widget is None:
            free = self._free.get(self._kind_of(row))
            widget = self._used[row.key] = free.pop() if free else self._make(row, self._viewport)
        if widget.row is not row:
            widget.bind(row)
        return widget

    def put_back(self, key: str) -> None:
        """Takes the widget of a row back."""
        widget = self._used.pop(key)
        widget.select(None)
        widget.hide()
        if widget.row:
            self._free.setdefault(self._kind_of(widget.row), []).append(widget)

    def focused(self) -> str:
        """The key of the row whose widget has the focus, or nothing."""
        focused = QApplication.focusWidget()
        if focused is None or not self._viewport.isAncestorOf(focused):
            return ""
        return next((key for key, widget in self._used.items() if widget.isAncestorOf(focused)), "")
