"""Where the person writes: text, files, assistant, Send or Stop."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6 import QtCore
from PySide6.QtCore import QCoreApplication, QMimeData, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.gui.override import override
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.button import IconButton
from desktop_app.gui.widgets.growing_edit import GrowingEdit
from desktop_app.gui.widgets.label import ElidedLabel
from desktop_app.gui.widgets.picker import Picker

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

tr = partial(QCoreApplication.translate, "composer")

MOST_CHARACTERS = 256_000
_COUNTED_FROM = 240_000


class Composer(QFrame):
    """The field with what belongs to it. It keeps its text until `clear`.

    Signals:
        send_requested: Enter or the button; what is in the field may still be refused.
        stop_requested: Stop or Escape, while a run goes on.
        attach_requested: The paper clip.
        pasted: Files, an image or a very long text; the clipboard's content.
        text_changed: The person typed; the whole text.
        assistant_picked: Another assistant shall answer; its id.
    """

    send_requested = Signal()
    stop_requested = Signal()
    attach_requested = Signal()
    pasted = Signal(QMimeData)
    text_changed = Signal(str)
    assistant_picked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._busy = False
        self._sendable = False
        self._obstacle = ""
        self.setObjectName("composer")
        self.setProperty("kind", "composer")
        self._edit = GrowingEdit()
        self._edit.setObjectName("message")
        self._edit.setAccessibleName(tr("Message"))
        self._edit.setPlaceholderText(tr("Ask, or drop files anywhere"))
        self._attach = IconButton(theme, "paperclip", tr("Attach files…"), "attach")
        self._attach.setProperty("kind", "boxed")
        self.assistant = Picker(theme, tr("Assistant"), "composer-assistant")
        self._count = ElidedLabel("", "small")
        self._count.hide()
        self._button = IconButton(theme, "arrow-up", tr("Send"), "send", tint="on_accent")
        self._button.setProperty("kind", "send")
        self._strip: QWidget | None = None

        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._attach)
        row.addWidget(self.assistant)
        row.addStretch()
        row.addWidget(self._count)
        row.addWidget(self._button)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(14, 12, 12, 12)
        self._column.setSpacing(10)
        self._column.addWidget(self._edit)
        self._column.addLayout(row)

        self._edit.submitted.connect(self._on_submitted)
        self._edit.files_pasted.connect(self.pasted)
        self._edit.focus_changed.connect(self._show_focus)
        self._edit.textChanged.connect(self._on_text_changed)
        self._attach.clicked.connect(self.attach_requested)
        self._button.clicked.connect(self._on_clicked)
        self.assistant.picked.connect(self.assistant_picked)
        self._refresh()

    def set_strip(self, strip: QWidget) -> None:
        """Put the files' chips above the text."""
        self._strip = strip
        self._column.insertWidget(0, strip)

    def text(self) -> str:
        """Return what the person has typed."""
        return self._edit.toPlainText()

    def set_text(self, text: str) -> None:
        """Show a draft, with the cursor at its end. No `text_changed`."""
        if text == self.text():
            return
        self._edit.show_text(text)
        self._refresh()

    def focus(self) -> None:
        """Give the field the keyboard."""
        self._edit.setFocus(QtCore.Qt.FocusReason.OtherFocusReason)

    def show_state(self, *, busy: bool, sendable: bool, obstacle: str = "") -> None:
        """Show whether a run goes on (Send is Stop then), whether there is more to send than text, and what hinders."""
        self._busy = busy
        self._sendable = sendable
        self._obstacle = obstacle
        self._refresh()

    @property
    def is_busy(self) -> bool:
        """Whether the button is Stop."""
        return self._busy

    def _on_submitted(self) -> None:
        if not self._busy and self._button.isEnabled():
            self.send_requested.emit()

    def _on_clicked(self) -> None:
        if self._busy:
            self.stop_requested.emit()
        else:
            self.send_requested.emit()

    def _on_text_changed(self) -> None:
        self._refresh()
        self.text_changed.emit(self.text())

    def _refresh(self) -> None:
        text = self.text()
        length = len(text)
        too_long = length > MOST_CHARACTERS
        counted = f"{length:,} / {MOST_CHARACTERS:,}" if length >= _COUNTED_FROM else ""
        self._count.setText(self._obstacle or counted)
        self._count.setVisible(bool(self._count.text()))
        self._count.updateGeometry()
        tone = "error" if too_long else "small"
        if self._count.property("tone") != tone:
            self._count.setProperty("tone", tone)
            self._count.style().polish(self._count)
        if self._busy:
            self._button.set_icon("square")
            self._button.set_label(tr("Stop") + "\n" + tr("Esc"))
            self._button.setEnabled(True)
        else:
            self._button.set_icon("arrow-up")
            self._button.set_label(tr("Send") + "\n" + tr("Enter"))
            has_text = bool(text.strip())
            self._button.setEnabled((has_text or self._sendable) and not too_long and not self._obstacle)

    def _show_focus(self, focused: bool) -> None:
        self.setProperty("focused", focused)
        self.style().polish(self)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == QtCore.Qt.Key.Key_Escape and self._busy:
            self.stop_requested.emit()
        else:
            super().keyPressEvent(event)
