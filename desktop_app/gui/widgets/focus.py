"""The order in which Tab goes through a window: as the eye does, not as widgets were made."""

from collections.abc import Iterator

from PySide6 import QtCore, QtWidgets
from PySide6.QtWidgets import QApplication, QWidget

_LINE = 8
"""Widgets whose tops are so near are side by side."""


def move_focus(root: QWidget, *, forward: bool) -> bool:
    """Give the next widget below `root` the keyboard, or the first one after the last."""
    stops = list(focus_stops(root))
    if not stops:
        return False
    current = QApplication.focusWidget()
    if current in stops:
        target = stops[(stops.index(current) + (1 if forward else -1)) % len(stops)]
    else:
        target = stops[0 if forward else -1]
    reason = QtCore.Qt.FocusReason
    target.setFocus(reason.TabFocusReason if forward else reason.BacktabFocusReason)
    _bring_into_view(target)
    return True


def focus_stops(widget: QWidget) -> Iterator[QWidget]:
    """Everything below a widget that takes the focus, line by line; what belongs together stays together."""
    if not widget.isVisible() or not widget.isEnabled():
        return
    if widget.focusPolicy() & QtCore.Qt.FocusPolicy.TabFocus:
        yield widget
    sign = -1 if widget.isRightToLeft() else 1
    children = [child for child in widget.children() if isinstance(child, QWidget) and not child.isWindow()]
    for child in sorted(children, key=lambda each: (each.y() // _LINE, sign * each.x())):
        yield from focus_stops(child)


def _bring_into_view(widget: QWidget) -> None:
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QtWidgets.QScrollArea):
            parent.ensureWidgetVisible(widget)
        parent = parent.parentWidget()
