"""The inspector's pages about the assistant and the files."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.domain.entity import StoredFile
from desktop_app.gui.measure import size
from desktop_app.gui.text import absence
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.views.inspector_card import Facts, Page, new_card
from desktop_app.gui.widgets.button import Button, IconButton
from desktop_app.gui.widgets.label import ElidedLabel, label
from desktop_app.gui.widgets.mark import FileBadge, LetterMark

tr = partial(QCoreApplication.translate, "inspector")

_MOST_SHOWN = 2000


class AssistantPage(Page):
    """The assistant of the thread.

    Signals:
        edit_requested: The button.
    """

    edit_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__("inspector-assistant")
        card, column = new_card()
        self._mark = LetterMark(theme)
        self._name = ElidedLabel("", "strong")
        self._name.setObjectName("inspector-assistant-name")
        self._edit = Button(tr("Edit…"), "inspector-edit", kind="chip")
        heading = QHBoxLayout()
        heading.setSpacing(8)
        heading.addWidget(self._mark)
        heading.addWidget(self._name, 1)
        heading.addWidget(self._edit)
        self._description = label("", "muted", wrap=True)
        column.addLayout(heading)
        column.addWidget(self._description)
        self._facts = Facts()
        column.addWidget(self._facts)
        self.column.addWidget(card)
        self._instructions_card, column = new_card()
        column.addWidget(label(tr("Instructions").upper(), "section"))
        self._instructions = label("", wrap=True)
        self._instructions.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self._instructions)
        self.column.addWidget(self._instructions_card)
        self.column.addStretch()
        self._edit.clicked.connect(self.edit_requested)

    def show_assistant(
        self, name: str, description: str, instructions: str, model: str, *, code_interpreter: bool
    ) -> None:
        """Show an assistant; an empty name means that it was deleted."""
        self._mark.set_name(name)
        self._name.setText(name or tr("Deleted assistant"))
        self._name.updateGeometry()
        self._edit.setVisible(bool(name))
        self._description.setText(description)
        self._description.setVisible(bool(description))
        code = tr("On") if code_interpreter else tr("Off")
        self._facts.show_facts([(tr("Model"), model), (tr("Code interpreter"), code)] if name else [])
        cut = instructions if len(instructions) <= _MOST_SHOWN else instructions[:_MOST_SHOWN] + "…"
        self._instructions.setText(cut)
        self._instructions_card.setVisible(bool(instructions))


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file and where it came from, in words."""

    file: StoredFile
    origin: str
    is_here: bool


class FilesPage(Page):
    """The files of the thread: uploaded and made.

    Signals:
        save_requested, open_requested, fetch_requested: A row's button; the file (`StoredFile`).
    """

    save_requested = Signal(object)
    open_requested = Signal(object)
    fetch_requested = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__("inspector-files")
        self._theme = theme
        self._cards: list[QWidget] = []
        self._shown: tuple[tuple[FileRow, ...], ...] | None = None
        self._nothing = label(
            tr("No files yet. Files you attach and files the code makes are listed here."), "muted", wrap=True
        )
        self._nothing.setContentsMargins(8, 0, 8, 0)
        self.column.addWidget(self._nothing)
        self.column.addStretch()

    def show_files(self, uploaded: Sequence[FileRow], made: Sequence[FileRow]) -> None:
        """Show both groups, each in a card of its own."""
        groups = (tuple(uploaded), tuple(made))
        if groups == self._shown:
            return
        self._shown = groups
        for card in self._cards:
            self.column.removeWidget(card)
            card.deleteLater()
        self._cards = []
        for title, rows in zip((tr("Attached"), tr("Made by the code")), groups, strict=True):
            if rows:
                card, column = new_card()
                column.addWidget(label(title.upper(), "section"))
                for row in rows:
                    column.addLayout(self._row(row))
                self.column.insertWidget(len(self._cards), card)
                self._cards.append(card)
        self._nothing.setVisible(not self._cards)

    def _row(self, row: FileRow) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(ElidedLabel(row.file.name))
        state = size(row.file.size) if row.is_here else absence(row.file)
        words.addWidget(ElidedLabel(" · ".join(part for part in (row.origin, state) if part), "small"))
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(FileBadge(self._theme, row.file.name))
        line.addLayout(words, 1)
        if row.is_here:
            self._add_button(line, "external-link", tr("Open {name}"), "file-open", self.open_requested, row.file)
            self._add_button(line, "download", tr("Save {name}…"), "file-save", self.save_requested, row.file)
        elif row.file.remote_id:
            self._add_button(
                line, "rotate-cw", tr("Download {name} again"), "file-fetch", self.fetch_requested, row.file
            )
        return line

    def _add_button(
        self, line: QHBoxLayout, icon: str, words: str, name: str, requested: SignalInstance, file: StoredFile
    ) -> None:
        button = IconButton(self._theme, icon, words.format(name=file.name), name)
        button.clicked.connect(lambda: requested.emit(file))
        line.addWidget(button)
