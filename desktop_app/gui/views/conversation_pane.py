"""The middle pane: header, transcript or welcome, banner, composer."""

from functools import partial

from PySide6 import QtCore, QtWidgets
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.views.composer import Composer
from desktop_app.gui.views.header import Header

tr = partial(QCoreApplication.translate, "conversation")

COLUMN_WIDTH = 744
"""The widest an answer's text gets, and the composer with it."""


class ConversationPane(QFrame):
    """Composes the pane; what is not needed for the first paint is put in from outside."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("conversation")
        self.setProperty("pane", "middle")
        self.setAccessibleName(tr("Conversation"))
        self.setMinimumWidth(360)
        self.header = Header(theme)
        self.composer = Composer(theme)
        self._stack = QStackedWidget()
        self._stack.addWidget(QWidget())
        self._transcript: QWidget | None = None
        self._welcome: QWidget | None = None

        self._foot = foot = QVBoxLayout()
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(8)
        foot.addWidget(self.composer)
        inner = QWidget()
        inner.setMaximumWidth(COLUMN_WIDTH)
        inner.setLayout(foot)
        centred = QHBoxLayout()
        centred.setContentsMargins(24, 4, 24, 16)
        centred.addStretch(1)
        centred.addWidget(inner, 1000)
        centred.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._stack, 1)
        column.addLayout(centred)

    def set_pages(self, transcript: QWidget, welcome: QWidget) -> None:
        """Put the transcript in its place, and what is there before the first message."""
        scrolling = QtWidgets.QScrollArea()  # for a window with little height
        scrolling.setFrameShape(QFrame.Shape.NoFrame)
        scrolling.setWidgetResizable(True)
        scrolling.setFocusPolicy(QtCore.Qt.FocusPolicy.NoFocus)
        scrolling.setWidget(welcome)
        scrolling.viewport().setAutoFillBackground(False)
        welcome.setAutoFillBackground(False)
        self._transcript, self._welcome = transcript, scrolling
        self._stack.addWidget(transcript)
        self._stack.addWidget(scrolling)

    def set_banner(self, banner: QWidget) -> None:
        """Put the banner over the composer."""
        self._foot.insertWidget(0, banner)

    def show_transcript(self) -> None:
        """Show the messages."""
        if self._transcript is not None:
            self._stack.setCurrentWidget(self._transcript)

    def show_welcome(self) -> None:
        """Show what one can do in a thread without messages."""
        if self._welcome is not None:
            self._stack.setCurrentWidget(self._welcome)
