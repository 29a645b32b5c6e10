"""The right pane: what belongs to the thread that is open."""

from functools import partial

from PySide6 import QtCore, QtWidgets
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFrame, QStackedWidget, QTabBar, QVBoxLayout, QWidget

tr = partial(QCoreApplication.translate, "inspector")


class Inspector(QFrame):
    """Tabs over pages that are put in from outside."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setProperty("pane", "side")
        self.setAccessibleName(tr("Inspector"))
        self.setMinimumWidth(240)
        self._tabs = QTabBar()
        self._tabs.setObjectName("inspector-tabs")
        self._tabs.setAccessibleName(tr("Inspector"))
        self._tabs.setExpanding(False)
        self._tabs.setDrawBase(False)
        for name in (tr("Assistant"), tr("Files"), tr("Run")):
            self._tabs.addTab(name)
        self._stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 0, 12)
        column.setSpacing(12)
        column.addWidget(self._tabs)
        column.addWidget(self._stack, 1)
        self._tabs.currentChanged.connect(self._stack.setCurrentIndex)

    def add_page(self, page: QWidget) -> None:
        """Put the next page in, in the order of the tabs."""
        area = QtWidgets.QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(QtCore.Qt.FocusPolicy.NoFocus)
        area.viewport().setAutoFillBackground(False)
        area.setWidget(page)
        page.setAutoFillBackground(False)  # `setWidget` has just turned it on
        self._stack.addWidget(area)
        self._stack.setCurrentIndex(self._tabs.currentIndex())

    def show_page(self, number: int) -> None:
        """Bring a page to the front."""
        self._tabs.setCurrentIndex(number)
