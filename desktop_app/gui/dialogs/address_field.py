"""The address of a service: whatever form of it is pasted, it is understood, or said why not."""

from functools import partial

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.domain.address import Problem
from desktop_app.domain.connection import ConnectionKind
from desktop_app.domain.endpoint import Endpoint, normalized
from desktop_app.gui.dialogs.field import Field, TextField
from desktop_app.gui.text import address_problem, kind_name
from desktop_app.gui.widgets.button import Button

tr = partial(QCoreApplication.translate, "address")

OPENAI_URL = "https://api.openai.com/v1"
_PROJECT = "https://name.services.ai.azure.com/api/projects/project"
_PLACEHOLDERS = {
    ConnectionKind.OPENAI: OPENAI_URL,
    ConnectionKind.AZURE: "https://name.openai.azure.com",
    ConnectionKind.FOUNDRY: _PROJECT,
    ConnectionKind.AGENT_SERVICE: _PROJECT,
    ConnectionKind.ASSISTANTS: "https://assistants.example.com/v1",
}


class AddressField(QWidget):
    """An address for one kind of service. OpenAI's own is not asked for, unless the person wants another.

    Signals:
        edited: It means something else than before.
        key_pasted: What was pasted is a key, and was taken out of the field.
        kind_suggested: It belongs to another kind of service, which was chosen instead; the kind.
    """

    edited = Signal()
    key_pasted = Signal(str)
    kind_suggested = Signal(object)

    def __init__(self, kind: ConnectionKind, text: str, *, may_be_other: bool) -> None:
        """`may_be_other` offers another kind of service where the address belongs to one."""
        super().__init__()
        self._kind = kind
        self._may_be_other = may_be_other
        self.endpoint = Endpoint()
        is_usual = kind is ConnectionKind.OPENAI and text in ("", OPENAI_URL)
        self._line = TextField("connection-url", tr("Address"), OPENAI_URL if is_usual else text)
        self._line.setPlaceholderText(_PLACEHOLDERS[kind])
        self._field = Field(tr("&Address"), self._line)
        self._other = Button(tr("Use another address…"), "connection-other-address", kind="link")
        self._instead = Button("", "connection-instead", kind="link")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._field)
        for button in (self._other, self._instead):
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self._field.setVisible(not is_usual)
        self._other.setVisible(is_usual)
        self.setFocusProxy(self._line)
        self._other.clicked.connect(self._on_other)
        self._instead.clicked.connect(lambda: self.kind_suggested.emit(self.endpoint.kinds[0]))
        self._line.textEdited.connect(self._on_edited)
        self._line.editingFinished.connect(self._on_finished)
        self._understand()

    @property
    def base_url(self) -> str:
        """What requests are sent below; empty where it cannot be used."""
        return self.endpoint.base_url(self._kind)

    @property
    def text(self) -> str:
        """The address as it was pasted."""
        return self._line.value()

    @property
    def is_asked_for(self) -> bool:
        """Whether the person sees the field at all."""
        return not self._field.isHidden()

    def mark(self, *, wrong: bool) -> None:
        """Outline the field, if its address cannot be used."""
        self._field.mark(wrong=wrong)

    def _on_other(self) -> None:
        self._other.hide()
        self._field.show()
        self._line.setFocus()
        self._line.selectAll()
        self.edited.emit()

    def _on_edited(self) -> None:
        if normalized(self._kind, self.text).problem is Problem.KEY:
            key = self.text
            self._line.clear()  # nobody looks over a shoulder at the field that hides it
            self.key_pasted.emit(key)
        self._understand()
        self.edited.emit()

    def _on_finished(self) -> None:
        """Replace what was pasted by what was understood."""
        if self.base_url and self.base_url != self.text:
            is_retired = self.endpoint.is_retired
            self._line.setText(self.base_url)
            self._line.home(False)
            if not is_retired:  # that stays said
                self._understand()

    def _understand(self) -> None:
        self.endpoint = endpoint = normalized(self._kind, self.text)
        problem = endpoint.problem
        self._field.say(self._words(), wrong=problem not in (None, Problem.EMPTY))
        others = endpoint.kinds if problem is not None and self._may_be_other else ()
        self._instead.setVisible(bool(others))
        if others:
            self._instead.setText(tr("Use it as {kind}").format(kind=kind_name(others[0])))
            self._instead.setAccessibleName(self._instead.text())

    def _words(self) -> str:
        if self.endpoint.problem is not None:
            return address_problem(self.endpoint.problem)
        if self.endpoint.is_retired:
            retired = tr("The Assistants API has ended there. The same service is used over Responses: {url}")
            return retired.format(url=self.base_url)
        return "" if self.base_url == self.text else tr("Understood as {url}").format(url=self.base_url)
