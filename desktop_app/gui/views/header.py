"""The bar over the transcript: which thread, which assistant, how many files."""

from functools import partial

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.button import Button, IconButton
from desktop_app.gui.widgets.label import ElidedLabel

tr = partial(QCoreApplication.translate, "header")

LEFT_KEYS = "Ctrl+B"
INSPECTOR_KEYS = "Ctrl+Shift+I"


class Header(QFrame):
    """Says what is open and toggles the panes at both sides.

    Signals:
        assistant_requested, files_requested: The chips: show it in the inspector.
        left_toggled, inspector_toggled: The buttons at both ends.
    """

    assistant_requested = Signal()
    files_requested = Signal()
    left_toggled = Signal()
    inspector_toggled = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self.setProperty("pane", "bar")
        self.setFixedHeight(52)
        self._left = IconButton(theme, "panel-left", tr("Hide the left pane"), "toggle-left")
        self._title = ElidedLabel("", "title")
        self._title.setObjectName("title")
        self._assistant = Button("", "header-assistant", kind="chip")
        self._files = Button("", "header-files", kind="chip")
        self._inspector = IconButton(theme, "panel-right", tr("Hide the inspector"), "toggle-inspector")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(self._left)
        row.addWidget(self._title)
        row.addWidget(self._assistant)
        row.addStretch(1)
        row.addWidget(self._files)
        row.addWidget(self._inspector)
        self._assistant.clicked.connect(self.assistant_requested)
        self._files.clicked.connect(self.files_requested)
        self._left.clicked.connect(self.left_toggled)
        self._inspector.clicked.connect(self.inspector_toggled)
        self.show_thread("", "")
        self.show_files(0)

    def show_thread(self, title: str, assistant: str) -> None:
        """Name the thread and its assistant."""
        self._title.setText(title)
        self._title.updateGeometry()
        short = assistant if len(assistant) <= 24 else assistant[:23] + "…"
        self._assistant.setText(short)
        self._assistant.setAccessibleName(tr("Assistant: {name}").format(name=assistant))
        self._assistant.setToolTip(assistant if short != assistant else "")
        self._assistant.setVisible(bool(assistant))

    def show_files(self, count: int) -> None:
        """Say how many files the thread has; none hides the chip."""
        text = tr("1 file") if count == 1 else tr("{count} files").format(count=count)
        self._files.setText(text)
        self._files.setAccessibleName(text)
        self._files.setVisible(count > 0)

    def show_panes(self, *, left: bool, inspector: bool) -> None:
        """Say what the buttons at both ends will do."""
        words = tr("Hide the left pane") if left else tr("Show the left pane")
        self._left.set_label(f"{words}\n{LEFT_KEYS}")
        words = tr("Hide the inspector") if inspector else tr("Show the inspector")
        self._inspector.set_label(f"{words}\n{INSPECTOR_KEYS}")
