"""The frame that all dialogs share: a title, a column that scrolls where the screen is small, a row of buttons."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop_app.gui.dialogs.field import Field
from desktop_app.gui.override import override
from desktop_app.gui.widgets.button import Button
from desktop_app.gui.widgets.focus import move_focus
from desktop_app.gui.widgets.label import label

_TITLE_BAR = 40
"""What the desktop puts above a dialog, at most."""


class Sheet(QDialog):
    """A window-modal dialog that is gone when it is closed."""

    def __init__(self, title: str, name: str, parent: QWidget | None, width: int = 520) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(width)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(20, 18, 20, 18)
        outer.setSpacing(14)
        heading = label(title, "title")
        outer.addWidget(heading)
        self._body = _Body()
        self.column = self._body.column
        outer.addWidget(self._body, 1)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addStretch()
        outer.addSpacing(4)
        outer.addLayout(self._buttons)

    def fit(self) -> None:
        """Grow where words have become longer, as far as the screen allows; the column scrolls then.

        Qt does this for one line, not for words that wrap.
        """
        layout = self.layout()
        if layout is not None:
            layout.activate()
            missing = self._body.missing_height()
            room = self.screen().availableGeometry().height() - _TITLE_BAR
            if missing > 0 and self.height() < room:
                self.resize(self.width(), min(self.height() + missing, room))

    def add_button(self, text: str, name: str, *, primary: bool = False, at_start: bool = False) -> Button:
        """Add a button to the row at the foot; the primary one is pressed by Enter."""
        button = Button(text, name, kind="primary" if primary else "")
        button.setDefault(primary)
        if at_start:
            self._buttons.insertWidget(0, button)
        else:
            self._buttons.addWidget(button)
        return button

    def add_field(self, text: str, field: QWidget, hint: str = "") -> QLabel:
        """Add a labelled field and return its hint, which says what is expected or wrong."""
        below = Field(text, field, hint)
        self.column.addWidget(below)
        return below.hint

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.fit()

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        return move_focus(self, forward=next)


class _Body(QScrollArea):
    """The column, which would rather be shown whole."""

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        content = QWidget()
        self.column = QVBoxLayout(content)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(10)
        self.setWidget(content)

    def missing_height(self) -> int:
        """Return how much higher the column is than the room it has."""
        self.column.activate()
        return self.column.totalHeightForWidth(self.viewport().width()) - self.viewport().height()

    @override
    def sizeHint(self) -> QSize:
        return self.column.totalSizeHint()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self.column.totalMinimumSize().width(), 96)
