"""The first question when a connection is added: which service?"""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, QSize, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop_app.domain.address import Problem
from desktop_app.domain.connection import ConnectionKind
from desktop_app.domain.endpoint import Endpoint, understand
from desktop_app.gui.dialogs.address_field import OPENAI_URL
from desktop_app.gui.dialogs.field import Field, TextField
from desktop_app.gui.override import override
from desktop_app.gui.text import address_problem, kind_help, kind_name
from desktop_app.gui.widgets.button import Button
from desktop_app.gui.widgets.flow import FlowLayout
from desktop_app.gui.widgets.label import ElidedLabel, label

tr = partial(QCoreApplication.translate, "connection-start")

KINDS = tuple(kind for kind in ConnectionKind if kind is not ConnectionKind.ENGINE)
_OPENAI_KEY = "sk-"


class ConnectionStart(QWidget):
    """Offers what is known already, takes whatever is pasted, and lists the kinds of services.

    Signals:
        kind_chosen: What it shall be, an address, and a key (`ConnectionKind`, `str`, `str`).
        offer_chosen: The number of an offer.
        understood: Whether what was pasted is enough to go on with.
    """

    kind_chosen = Signal(object, str, str)
    offer_chosen = Signal(int)
    understood = Signal(bool)

    def __init__(self, offers: Sequence[tuple[str, str]] = ()) -> None:
        """`offers` are pairs of a service's name and the environment variable that holds its key."""
        super().__init__()
        self.setObjectName("connection-start")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        if offers:
            column.addWidget(label(tr("Found in this computer's environment"), "small"))
            column.addLayout(self._offered(offers))
        self._line = TextField("connection-paste", tr("Address, or anything that holds it"))
        self._line.setPlaceholderText(tr("Paste an endpoint, a portal's example, or a key of OpenAI"))
        self._field = Field(tr("&Paste what you have"), self._line)
        column.addWidget(self._field)
        column.addWidget(label(tr("Or choose a service"), "strong"))
        choices = QVBoxLayout()
        choices.setSpacing(6)
        for kind in KINDS:
            button = _Choice(kind_name(kind), kind_help(kind), f"connection-kind-{kind}")
            button.clicked.connect(lambda _checked=False, kind=kind: self.kind_chosen.emit(kind, "", ""))
            choices.addWidget(button)
        column.addLayout(choices)
        self._line.textChanged.connect(self._on_text_changed)
        self.setFocusProxy(self._line)

    def go_on(self) -> None:
        """Take what was pasted, if it is understood."""
        text = self._line.value()
        endpoint = understand(text)
        if _is_openai_key(text, endpoint):
            self.kind_chosen.emit(ConnectionKind.OPENAI, OPENAI_URL, text)
        elif endpoint.candidates:
            self.kind_chosen.emit(endpoint.kinds[0], text, "")

    def _offered(self, offers: Sequence[tuple[str, str]]) -> FlowLayout:
        flow = FlowLayout(spacing=6)
        for number, (service, variable) in enumerate(offers):
            text = tr("{service} with {variable}").format(service=service, variable=variable)
            button = Button(text, f"connection-offer-{variable}", kind="chip")
            button.clicked.connect(lambda _checked=False, number=number: self.offer_chosen.emit(number))
            flow.addWidget(button)
        return flow

    def _on_text_changed(self, text: str) -> None:
        endpoint = understand(text)
        is_key = endpoint.problem is Problem.KEY
        can_go_on = bool(endpoint.candidates) or _is_openai_key(text, endpoint)
        self._line.setEchoMode(TextField.EchoMode.Password if is_key else TextField.EchoMode.Normal)
        self._field.say(_meaning(text, endpoint), wrong=not can_go_on and endpoint.problem is not Problem.EMPTY)
        self.understood.emit(can_go_on)


class _Choice(QPushButton):
    """A service, and below its name whom it is for."""

    def __init__(self, title: str, text: str, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("kind", "question")
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.setAutoDefault(False)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(13, 8, 13, 8)
        self._column.setSpacing(1)
        self._column.addWidget(ElidedLabel(title, "strong"))
        self._column.addWidget(ElidedLabel(text, "small"))

    @override
    def sizeHint(self) -> QSize:
        return self._column.totalSizeHint()

    @override
    def minimumSizeHint(self) -> QSize:
        return self._column.totalMinimumSize()


def _is_openai_key(text: str, endpoint: Endpoint) -> bool:
    return endpoint.problem is Problem.KEY and text.strip().startswith(_OPENAI_KEY)


def _meaning(text: str, endpoint: Endpoint) -> str:
    """Say what was pasted, or what is wrong with it."""
    if _is_openai_key(text, endpoint):
        return tr("A key of OpenAI")
    if endpoint.problem is Problem.KEY:
        return tr("This is a key. Choose its service below, and paste it there.")
    if endpoint.problem is not None:
        return address_problem(endpoint.problem)
    kind, url = kind_name(endpoint.candidates[0].kind), endpoint.candidates[0].base_url
    if endpoint.is_retired:
        return tr("The Assistants API has ended there. {kind} is used over Responses: {url}").format(kind=kind, url=url)
    return tr("{kind}: {url}").format(kind=kind, url=url)
