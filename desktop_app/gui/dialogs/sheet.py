"""The frame that all dialogs share: a title, a column that scrolls where the screen is small, a row of buttons."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

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
        self._least = 0
        self._outer = outer = QVBoxLayout(self)
        outer.setContentsMargins(20, 18, 20, 18)
        outer.setSpacing(14)
        heading = label(title, "title")
        outer.addWidget(heading)
        self._body = _Body()
        self._body.changed.connect(self.fit)
        self.column = self._body.column
        outer.addWidget(self._body, 1)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addStretch()
        outer.addSpacing(4)
        outer.addLayout(self._buttons)

    def fit(self, *, exactly: bool = False) -> None:
        """Grow where words have become longer, as far as the screen allows; the column scrolls then.

        Qt does this for one line, not for words that wrap. `exactly` gives room back as well: for another page.
        """
        if self.isVisible():
            self._outer.activate()
            missing = self._body.missing_height()
            room = self.screen().availableGeometry().height() - _TITLE_BAR
            wanted = max(self.height() + missing, self._least)
            if exactly or (missing > 0 and self.height() < room):
                self.resize(self.width(), min(wanted, room))

    def begin_with(self, height: int) -> None:
        """Begin at least so high: for what can make use of more room than it needs."""
        self._least = height

    def add_foot(self, widget: QWidget) -> None:
        """Put something between the column and the buttons, where it is seen however far the column is scrolled."""
        self._outer.insertWidget(self._outer.indexOf(self._body) + 1, widget)

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
        self.fit(exactly=True)

    @override
    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self.fit()
        return done

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        focused = self.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QPushButton):
            focused.click()  # Qt would press the primary button instead
        else:
            super().keyPressEvent(event)

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        return move_focus(self, forward=next)


class _Body(QScrollArea):
    """The column, which would rather be shown whole.

    Signals:
        changed: There is more or less in it than before.
    """

    changed = Signal()

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
        column = self.column
        column.activate()
        width = self.maximumViewportSize().width()
        needed = column.totalHeightForWidth(width) if column.hasHeightForWidth() else column.totalSizeHint().height()
        return needed - self.viewport().height()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        done = super().eventFilter(watched, event)
        if watched is self.widget() and event.type() is QEvent.Type.LayoutRequest:
            self.changed.emit()
        return done

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            self.ensureWidgetVisible(focused, 0, 4)

    @override
    def sizeHint(self) -> QSize:
        return self.column.totalMinimumSize()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self.column.totalMinimumSize().width(), 96)
