"""The main window: three panes, the menu bar, and what floats over them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6 import QtCore, QtWidgets
from PySide6.QtCore import QByteArray, QCoreApplication, QSize, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QSplitter

from desktop_app.gui.override import override
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.views.conversation_pane import ConversationPane
from desktop_app.gui.views.inspector import Inspector
from desktop_app.gui.views.left_pane import LeftPane
from desktop_app.gui.widgets.focus import focus_stops, move_focus

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent
    from PySide6.QtWidgets import QMenu

tr = partial(QCoreApplication.translate, "window")

_SMALLEST = QSize(720, 480)
_USUAL = QSize(1280, 820)
_WIDTHS = (252, 760, 304)
_WIDE = 1000
"""In a window narrower than this there is room for the transcript and one of the panes at its sides."""
_LEFT, _INSPECTOR = "left", "inspector"


class MainWindow(QMainWindow):
    """Shows the panes and remembers how they were. Knows no service.

    Signals:
        painted: The window has been on the screen for the first time.
        closed: The person closed it.
        panes_changed: A pane was shown or hidden.
    """

    painted = Signal()
    closed = Signal()
    panes_changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("main-window")
        self.setWindowTitle(QCoreApplication.applicationName())
        self.setMinimumSize(_SMALLEST)
        self.resize(_USUAL)
        self.setAcceptDrops(True)
        self._was_painted = False
        self._is_wide = True
        self._sides = frozenset((_LEFT, _INSPECTOR))
        self._only_side = _LEFT
        self.left = LeftPane(theme)
        self.conversation = ConversationPane(theme)
        self.inspector = Inspector()
        self._splitter = QSplitter()
        self._splitter.setObjectName("panes")
        self._splitter.setHandleWidth(1)
        for pane in (self.left, self.conversation, self.inspector):
            self._splitter.addWidget(pane)
        for place, stretch in enumerate((0, 1, 0)):
            self._splitter.setStretchFactor(place, stretch)
            self._splitter.setCollapsible(place, False)

        self._splitter.setSizes(_WIDTHS)
        self.setCentralWidget(self._splitter)
        self._titles = {name: self.menuBar().addAction(title) for name, title in _menus()}
        self.conversation.header.left_toggled.connect(self.toggle_left)
        self.conversation.header.inspector_toggled.connect(self.toggle_inspector)

    def toggle_left(self) -> None:
        """Show or hide the left pane."""
        self._toggle(_LEFT)

    def toggle_inspector(self) -> None:
        """Show or hide the inspector."""
        self._toggle(_INSPECTOR)

    def show_inspector(self, page: int) -> None:
        """Bring a page of the inspector to the front."""
        self.inspector.show_page(page)
        if self.inspector.isHidden():
            self.toggle_inspector()

    def focus_next_pane(self, *, forward: bool = True) -> None:
        """Give the keyboard to the next pane, to what had it there before."""
        panes = [pane for pane in (self.left, self.conversation, self.inspector) if pane.isVisible()]
        focused = self.focusWidget()
        here = next((place for place, pane in enumerate(panes) if focused and pane.isAncestorOf(focused)), 0)
        pane = panes[(here + (1 if forward else -1)) % len(panes)]
        before = pane.focusWidget()
        target = before if before is not None and before.isVisible() else next(focus_stops(pane), None)
        if target is not None:
            target.setFocus(QtCore.Qt.FocusReason.ShortcutFocusReason)

    def saved(self) -> dict[str, str]:
        """Return what to remember: geometry, sizes and which panes are shown."""
        return {
            "window/geometry": _text(self.saveGeometry()),
            "window/panes": _text(self._splitter.saveState()),
            "window/left": str(int(_LEFT in self._sides)),
            "window/inspector": str(int(_INSPECTOR in self._sides)),
        }

    def restore(self, name: str, value: str) -> None:
        """Take one of the values of `saved` back; anything else is ignored."""
        if name == "window/geometry":
            self.restoreGeometry(_bytes(value))
        elif name == "window/panes":
            self._splitter.restoreState(_bytes(value))
        elif name in ("window/left", "window/inspector"):
            side = name.removeprefix("window/")
            self._sides = self._sides - {side} if value == "0" else self._sides | {side}
            self._show_panes()

    def add_menu(self, name: str) -> QMenu:
        """Put a menu below its title. The titles are there from the first paint on, the menus are not."""
        menu = QtWidgets.QMenu(self)
        menu.setObjectName(f"menu-{name}")
        self._titles[name].setMenu(menu)
        return menu

    def _toggle(self, side: str) -> None:
        if self._is_wide:
            self._sides ^= {side}
        else:
            self._only_side = "" if side == self._only_side else side
        self._show_panes()

    def _show_panes(self) -> None:
        shown = self._sides if self._is_wide else {self._only_side}
        self.left.setVisible(_LEFT in shown)
        self.inspector.setVisible(_INSPECTOR in shown)
        header = self.conversation.header
        header.show_panes(left=not self.left.isHidden(), inspector=not self.inspector.isHidden())
        self.panes_changed.emit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= _WIDE
        if is_wide != self._is_wide:
            self._is_wide = is_wide
            self._only_side = next((side for side in (_LEFT, _INSPECTOR) if side in self._sides), "")
            self._show_panes()

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        return move_focus(self, forward=next)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            self.painted.emit()

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        if event.isAccepted():
            self.closed.emit()


def _menus() -> tuple[tuple[str, str], ...]:
    return (("file", tr("&File")), ("edit", tr("&Edit")), ("view", tr("&View")), ("help", tr("&Help")))


def _text(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode("ascii")


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(QByteArray(text.encode()))
