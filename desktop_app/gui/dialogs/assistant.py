"""Makes or changes an assistant."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from desktop_app.domain.entity import Assistant
from desktop_app.gui.dialogs.field import mark, set_hint
from desktop_app.gui.dialogs.sheet import Sheet
from desktop_app.gui.measure import count
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.label import label
from desktop_app.gui.widgets.picker import Picker
from desktop_app.gui.widgets.switch import Switch

tr = partial(QCoreApplication.translate, "assistant")

MOST_NAME = 256
MOST_DESCRIPTION = 512
MOST_INSTRUCTIONS = 256_000
_TYPED = "\0typed"


class AssistantDialog(Sheet):
    """Shows an assistant's fields; what cannot be saved is marked and said.

    Signals:
        saved: The assistant as the person wants it (`Assistant`).
    """

    saved = Signal(object)

    def __init__(
        self, theme: Theme, assistant: Assistant, models: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        """`models` are (id, label) pairs; the empty id is the connection's model."""
        title = tr("Edit assistant") if assistant.id else tr("New assistant")
        super().__init__(title, "assistant-dialog", parent)
        self._assistant = assistant
        self._name = QLineEdit(assistant.name)
        self._name.setObjectName("assistant-name")
        self._name.setPlaceholderText(tr("Such as “Lab assistant”"))
        self._description = QLineEdit(assistant.description)
        self._description.setObjectName("assistant-description")
        self._description.setPlaceholderText(tr("What it is for, in one line"))
        self._instructions = QPlainTextEdit(assistant.instructions)
        self._instructions.setObjectName("assistant-instructions")
        self._instructions.setPlaceholderText(tr("How it should work: what to look at, how to answer"))
        self._instructions.setTabChangesFocus(True)
        self._instructions.setMinimumHeight(132)
        self._model = Picker(theme, tr("Model"), "assistant-model", kind="field")
        self._typed = QLineEdit()
        self._typed.setObjectName("assistant-model-typed")
        self._typed.setAccessibleName(tr("The model's id"))
        self._typed.setPlaceholderText(tr("The model's id, as its server names it"))
        self._code = Switch(theme, tr("Code interpreter"), "assistant-code")
        self._code.setChecked(assistant.code_interpreter)
        self._model.set_current(assistant.model)
        self.set_models(models)

        self._name_hint = self.add_field(tr("&Name"), self._name)
        self._description_hint = self.add_field(tr("&Description"), self._description)
        self._instructions_hint = self.add_field(tr("&Instructions"), self._instructions)
        self.add_field(tr("&Model"), self._model)
        self.column.addWidget(self._typed)
        tools = QVBoxLayout()
        tools.setSpacing(2)
        tools.addWidget(self._code)
        tools.addWidget(
            label(
                tr("Lets it write Python and run it in a sandbox, on this computer or at its service."),
                "small",
                wrap=True,
            )
        )
        self.column.addLayout(tools)
        for field, words in ((self._name, tr("Name")), (self._description, tr("Description"))):
            field.setAccessibleName(words)
        self._instructions.setAccessibleName(tr("Instructions"))

        cancel = self.add_button(tr("Cancel"), "assistant-cancel")
        self._save = self.add_button(tr("Save"), "assistant-save", primary=True)
        cancel.clicked.connect(self.reject)
        self._save.clicked.connect(self._on_save)
        self._model.picked.connect(self._on_model_picked)
        self._name.textChanged.connect(self._check)
        self._description.textChanged.connect(self._check)
        self._instructions.textChanged.connect(self._check)
        self._typed.textChanged.connect(self._check)
        self._check()
        self._name.setFocus()

    def set_models(self, models: Sequence[tuple[str, str]]) -> None:
        """Offer these; what was chosen stays chosen."""
        known = dict(models)
        wanted = self._model.current()
        if wanted and wanted not in (*known, _TYPED):
            known[wanted] = wanted
        known[_TYPED] = tr("Another model…")
        self._model.set_choices(known.items(), wanted)
        self._typed.setVisible(wanted == _TYPED)

    def _on_model_picked(self, key: str) -> None:
        self._typed.setVisible(key == _TYPED)
        if key == _TYPED:
            self._typed.setFocus()
        self._check()

    def _check(self) -> None:
        problems = [
            self._judge(self._name, self._name_hint, len(self._name.text().strip()), MOST_NAME),
            self._judge(self._description, self._description_hint, len(self._description.text()), MOST_DESCRIPTION),
            self._judge(
                self._instructions,
                self._instructions_hint,
                self._instructions.document().characterCount() - 1,
                MOST_INSTRUCTIONS,
            ),
        ]
        has_name = bool(self._name.text().strip())
        has_model = self._model.current() != _TYPED or bool(self._typed.text().strip())
        self._save.setEnabled(has_name and has_model and not any(problems))
        self.fit()

    def _judge(self, field: QWidget, hint: QLabel, length: int, most: int) -> bool:
        wrong = length > most
        mark(field, wrong=wrong)
        words = tr("{length} of at most {most} characters").format(length=count(length), most=count(most))
        set_hint(hint, words if wrong else "", wrong=wrong)
        return wrong

    def _on_save(self) -> None:
        model = self._model.current()
        self.saved.emit(
            replace(
                self._assistant,
                name=self._name.text().strip(),
                description=self._description.text().strip(),
                instructions=self._instructions.toPlainText(),
                model=self._typed.text().strip() if model == _TYPED else model,
                code_interpreter=self._code.isChecked(),
            )
        )
        self.accept()
