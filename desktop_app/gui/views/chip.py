"""The files of a message that is being written."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from desktop_app.domain.error import ErrorInfo
from desktop_app.gui.measure import size
from desktop_app.gui.override import override
from desktop_app.gui.text import describe
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.button import IconButton
from desktop_app.gui.widgets.flow import FlowLayout
from desktop_app.gui.widgets.label import ElidedLabel
from desktop_app.gui.widgets.mark import FileBadge
from desktop_app.services.attachment import DraftFile, DraftState

tr = partial(QCoreApplication.translate, "chip")

_WIDTH = 220
_LINE = 52
_HIGH_WINDOW = 600
_FAILED_WIDTH = 328


class Chip(QFrame):
    """One file: type, name, size or what is wrong, progress, Retry, Remove.

    Signals:
        remove_requested, retry_requested: The buttons.
    """

    remove_requested = Signal()
    retry_requested = Signal()

    def __init__(self, theme: Theme, draft: DraftFile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(f"chip-{draft.file.name}")
        self.setProperty("kind", "chip")
        self._name = ElidedLabel(draft.file.name)
        self._state = ElidedLabel("", "small")
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(tr("Progress of {name}").format(name=draft.file.name))
        self._retry = IconButton(theme, "rotate-cw", tr("Try again"), "chip-retry")
        self._remove = IconButton(theme, "x", tr("Remove"), "chip-remove")
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self._name)
        words.addWidget(self._state)
        words.addWidget(self._progress)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 4, 6)
        row.setSpacing(8)
        row.addWidget(FileBadge(theme, draft.file.name))
        row.addLayout(words, 1)
        row.addWidget(self._retry)
        row.addWidget(self._remove)
        self._retry.clicked.connect(self.retry_requested)
        self._remove.clicked.connect(self.remove_requested)
        self.show_draft(draft)

    def show_draft(self, draft: DraftFile) -> None:
        """Show how far the file got."""
        words, tone = _state(draft)
        self._state.setText(words)
        self._state.setProperty("tone", tone)
        self._state.style().polish(self._state)
        tip = words
        if draft.error is not None:
            text = describe(draft.error)
            tip = f"{text.title}. {text.help}"
        self.setToolTip(tip)
        self.setAccessibleName(f"{draft.file.name}, {tip}")
        is_going = draft.state in (DraftState.COPYING, DraftState.UPLOADING)
        self._progress.setRange(0, 1000)
        self._progress.setValue(round(1000 * draft.done / draft.file.size) if draft.file.size else 0)
        self._progress.setVisible(is_going)
        self.setFixedWidth(_FAILED_WIDTH if draft.state is DraftState.FAILED else _WIDTH)
        self._remove.set_label(tr("Cancel") if is_going else tr("Remove"))
        self._retry.setVisible(draft.state is DraftState.FAILED)
        failed = draft.state is DraftState.FAILED
        if self.property("failed") != failed:
            self.setProperty("failed", failed)
            self.style().polish(self)


class ChipStrip(QScrollArea):
    """The chips of a thread's composer, at most two lines of them in view; hidden while there are none.

    Signals:
        remove_requested, retry_requested: A chip's button; the file's id.
    """

    remove_requested = Signal(str)
    retry_requested = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chips")
        self.setAccessibleName(tr("Files of this message"))
        self._theme = theme
        self._chips: dict[str, Chip] = {}
        inner = QWidget()
        self._layout = FlowLayout(inner)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inner)
        inner.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
        self.hide()

    def show_files(self, drafts: Sequence[DraftFile]) -> None:
        """Show these files; chips that stay are the same widgets, so that focus stays too."""
        wanted = {draft.file.id for draft in drafts}
        for file_id in [known for known in self._chips if known not in wanted]:
            chip = self._chips.pop(file_id)
            self._layout.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        for draft in drafts:
            if draft.file.id in self._chips:
                self._chips[draft.file.id].show_draft(draft)
            else:
                self._add(draft)
        self.setVisible(bool(drafts))
        self._fit()

    def _fit(self) -> None:
        lines = 2 if self.window().height() >= _HIGH_WINDOW else 1
        self.setFixedHeight(min(self._layout.heightForWidth(self.viewport().width()), lines * _LINE))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _add(self, draft: DraftFile) -> None:
        chip = Chip(self._theme, draft)
        file_id = draft.file.id
        chip.remove_requested.connect(lambda: self.remove_requested.emit(file_id))
        chip.retry_requested.connect(lambda: self.retry_requested.emit(file_id))
        self._chips[file_id] = chip
        self._layout.addWidget(chip)


def _state(draft: DraftFile) -> tuple[str, str]:
    match draft.state:
        case DraftState.FAILED:
            return (_problem(draft.error) if draft.error else tr("Could not be attached")), "error"
        case DraftState.COPYING:
            return tr("Copying, {size}").format(size=size(draft.file.size)), "small"
        case DraftState.UPLOADING:
            return tr("Uploading, {size}").format(size=size(draft.file.size)), "small"
        case DraftState.READY:
            words = size(draft.file.size)
            return (tr("{size}, unusual type").format(size=words) if draft.unusual else words), "small"


def _problem(error: ErrorInfo) -> str:
    """Word an error beside the file's name, which need not be said again."""
    data = {key: value for key, value in error.data.items() if key != "name"}
    return describe(replace(error, data=data)).title
