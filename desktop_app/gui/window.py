"""The main window: three panes, the menu bar, and what floats over them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6 import QtWidgets
from PySide6.QtCore import QByteArray, QCoreApplication, QSize, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QSplitter

from desktop_app.gui.override import override
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.views.conversation_pane import ConversationPane
from desktop_app.gui.views.inspector import Inspector
from desktop_app.gui.views.left_pane import LeftPane

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent
    from PySide6.QtWidgets import QMenu

tr = partial(QCoreApplication.translate, "window")

_SMALLEST = QSize(720, 480)
_USUAL = QSize(1280, 820)
_WIDTHS = (252, 760, 304)
_INSPECTOR_FROM = 1000
"""In a window narrower than this the inspector makes room for the transcript."""


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
        self._wants_inspector = True
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
        self.left.setVisible(self.left.isHidden())
        self._tell_panes()

    def toggle_inspector(self) -> None:
        """Show or hide the inspector; in a narrow window too, if the person says so."""
        self._wants_inspector = self.inspector.isHidden()
        self.inspector.setVisible(self._wants_inspector)
        self._tell_panes()

    def show_inspector(self, page: int) -> None:
        """Bring a page of the inspector to the front."""
        self.inspector.show_page(page)
        if self.inspector.isHidden():
            self.toggle_inspector()

    def saved(self) -> dict[str, str]:
        """Return what to remember: geometry, sizes and which panes are shown."""
        return {
            "window/geometry": _text(self.saveGeometry()),
            "window/panes": _text(self._splitter.saveState()),
            "window/left": str(int(not self.left.isHidden())),
            "window/inspector": str(int(self._wants_inspector)),
        }

    def restore(self, name: str, value: str) -> None:
        """Take one of the values of `saved` back; anything else is ignored."""
        if name == "window/geometry":
            self.restoreGeometry(_bytes(value))
        elif name == "window/panes":
            self._splitter.restoreState(_bytes(value))
        elif name == "window/left":
            self.left.setVisible(value != "0")
        elif name == "window/inspector":
            self._wants_inspector = value != "0"
            self.inspector.setVisible(self._wants_inspector)
        self._tell_panes()

    def add_menu(self, name: str) -> QMenu:
        """Put a menu below its title. The titles are there from the first paint on, the menus are not."""
        menu = QtWidgets.QMenu(self)
        menu.setObjectName(f"menu-{name}")
        self._titles[name].setMenu(menu)
        return menu

    def _tell_panes(self) -> None:
        header = self.conversation.header
        header.show_panes(left=not self.left.isHidden(), inspector=not self.inspector.isHidden())
        self.panes_changed.emit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        was_wide, is_wide = event.oldSize().width() >= _INSPECTOR_FROM, self.width() >= _INSPECTOR_FROM
        if self._wants_inspector and (was_wide != is_wide or not event.oldSize().isValid()):
            self.inspector.setVisible(is_wide)
            self._tell_panes()

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
