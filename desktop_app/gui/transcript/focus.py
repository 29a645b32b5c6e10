"""The order in which Tab goes through a scroller: as the eye does, not as widgets were made."""

from collections.abc import Iterable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget


def next_focus(scroller: QWidget, rows: Iterable[QWidget], current: QWidget | None, *, forward: bool) -> QWidget | None:
    """The widget that is to have the focus next: inside the rows, or beyond the scroller."""
    stops = [stop for row in rows for stop in _stops(row)]
    if current in stops:
        index = stops.index(current) + (1 if forward else -1)
        if 0 <= index < len(stops):
            return stops[index]
        return _beyond(scroller, forward=True) if forward else scroller
    if current is scroller and forward:
        return stops[0] if stops else _beyond(scroller, forward=True)
    return _beyond(scroller, forward=forward)


def _stops(row: QWidget) -> list[QWidget]:
    """What takes the focus in a row, line by line."""
    found = [child for child in row.findChildren(QWidget) if _takes_focus(child)]
    corners = {child: child.mapTo(row, QPoint(0, 0)) for child in found}
    sign = -1 if row.isRightToLeft() else 1
    return sorted(found, key=lambda child: (corners[child].y() // 8, sign * corners[child].x()))


def _takes_focus(widget: QWidget) -> bool:
    is_stop = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return is_stop and widget.isVisible() and widget.isEnabled()


def _beyond(scroller: QWidget, *, forward: bool) -> QWidget | None:
    widget: QWidget | None = scroller
    while True:
        if widget is not None:
            widget = widget.nextInFocusChain() if forward else widget.previousInFocusChain()
        if widget is None or widget is scroller:
            return None
        if _takes_focus(widget) and not scroller.isAncestorOf(widget) and widget.window() is scroller.window():
            return widget
