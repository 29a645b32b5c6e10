"""A text field that grows with its text, for messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6 import QtCore
from PySide6.QtCore import QMimeData, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QWidget

from desktop_app.gui.override import override

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent

_MOST_LINES = 8
_SURELY_HIGH = 4000
"""So many characters fill more lines than are shown, however wide the field is."""
_LONGEST_PASTE = 10_000
"""Characters; what is longer is material rather than a message, and too slow to be laid out if nothing breaks it."""
_MARGIN = 4
"""Of a text document, in pixels."""


class GrowingEdit(QPlainTextEdit):
    """One to eight lines high; more scroll.

    Signals:
        submitted: Enter was pressed (Shift+Enter begins a new line).
        files_pasted: Files, an image or a very long text was pasted; the clipboard's content.
        focus_changed: The field got or lost the keyboard.
    """

    submitted = Signal()
    files_pasted = Signal(QMimeData)
    focus_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setAcceptDrops(False)  # files dropped here belong to the window
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.textChanged.connect(self._fit)

    def _fit(self) -> None:
        # An empty field is measured without its document, which nothing else needs before the first paint.
        length = len(self.toPlainText())
        lines = round(self.document().size().height()) if 0 < length < _SURELY_HIGH else length
        shown = max(1, min(lines, _MOST_LINES))
        self.setFixedHeight((self.fontMetrics().lineSpacing() + 1) * shown + 2 * _MARGIN + 2)

    def show_text(self, text: str) -> None:
        """Show a draft with the cursor at its end, without a signal."""
        blocked = self.blockSignals(True)
        self.setPlainText(text)
        self._fit()
        self.moveCursor(self.textCursor().MoveOperation.End)
        self.blockSignals(blocked)

    @override
    def sizeHint(self) -> QSize:
        return QSize(200, self.minimumHeight())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # An input method that is composing gets its Enter as an input method event, never as a key press.
        is_enter = event.key() in (QtCore.Qt.Key.Key_Return, QtCore.Qt.Key.Key_Enter)
        if is_enter and not event.modifiers() & (
            QtCore.Qt.KeyboardModifier.ShiftModifier | QtCore.Qt.KeyboardModifier.AltModifier
        ):
            event.accept()
            if not event.isAutoRepeat():
                self.submitted.emit()
            return
        super().keyPressEvent(event)

    @override
    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasUrls() or source.hasImage() or super().canInsertFromMimeData(source)

    @override
    def insertFromMimeData(self, source: QMimeData) -> None:
        if _is_attachment(source):
            self.files_pasted.emit(source)
        elif source.hasText():
            self.insertPlainText(source.text())

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_changed.emit(True)

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focus_changed.emit(False)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def _is_attachment(source: QMimeData) -> bool:
    has_files = any(url.isLocalFile() for url in source.urls())
    return has_files or (source.hasImage() and not source.hasText()) or len(source.text()) > _LONGEST_PASTE
