"""The right pane: what belongs to the thread that is open."""

from collections.abc import Iterable
from functools import partial

from PySide6 import QtCore, QtWidgets
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFrame, QWidget

tr = partial(QCoreApplication.translate, "inspector")


class Inspector(QFrame):
    """An empty pane until it gets its pages: there is nothing to show before the first paint."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setProperty("pane", "side")
        self.setAccessibleName(tr("Inspector"))
        self.setMinimumWidth(240)
        self._tabs: QtWidgets.QTabBar | None = None

    def set_pages(self, pages: Iterable[tuple[str, QWidget]]) -> None:
        """Put the pages in, each under the name of its tab. Call it once."""
        self._tabs = tabs = QtWidgets.QTabBar()
        tabs.setObjectName("inspector-tabs")
        tabs.setAccessibleName(tr("Inspector"))
        tabs.setExpanding(False)
        tabs.setDrawBase(False)
        stack = QtWidgets.QStackedWidget()
        for name, page in pages:
            tabs.addTab(name)
            stack.addWidget(_scrollable(page))
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(12, 10, 0, 12)
        column.setSpacing(12)
        column.addWidget(tabs)
        column.addWidget(stack, 1)
        tabs.currentChanged.connect(stack.setCurrentIndex)

    def show_page(self, number: int) -> None:
        """Bring a page to the front."""
        if self._tabs is not None:
            self._tabs.setCurrentIndex(number)


def _scrollable(page: QWidget) -> QWidget:
    area = QtWidgets.QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(QtCore.Qt.FocusPolicy.NoFocus)
    area.viewport().setAutoFillBackground(False)
    area.setWidget(page)
    page.setAutoFillBackground(False)  # `setWidget` has just turned it on
    return area
