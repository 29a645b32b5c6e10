"""The fields of a connection, as its kind of service needs them."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.domain.cloud import sign_ins
from desktop_app.domain.connection import Connection, ConnectionKind, SignIn
from desktop_app.domain.error import ErrorCode
from desktop_app.gui.dialogs.address_field import AddressField
from desktop_app.gui.dialogs.field import Field, KeyField, ModelField, TextField
from desktop_app.gui.text import kind_name, sign_in_name
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.picker import Picker

tr = partial(QCoreApplication.translate, "connection-form")

_HAS_DEPLOYMENTS = frozenset({ConnectionKind.AZURE, ConnectionKind.FOUNDRY, ConnectionKind.AGENT_SERVICE})


class ConnectionForm(QWidget):
    """Shows what a connection needs and nothing else, and says of each value whether it can be used.

    Signals:
        edited: The person has changed something.
        kind_suggested: Another kind of service was chosen instead; the kind, and the address as it was pasted.
    """

    edited = Signal()
    kind_suggested = Signal(object, str)

    def __init__(
        self,
        theme: Theme,
        connection: Connection,
        *,
        has_key: bool = False,
        variable: str = "",
        key: str = "",
        names: Collection[str] = (),
    ) -> None:
        """Begin with `connection`, whose `id` is empty for a new one.

        Args:
            theme: The look.
            connection: What to show first.
            has_key: A key for it is stored.
            variable: The environment variable that holds its key.
            key: A key that was typed already.
            names: What other connections are called.
        """
        super().__init__()
        self.setObjectName("connection-form")
        self.kind = kind = connection.kind
        self._connection = connection
        self._has_key = has_key
        self._variable = variable
        self._names = frozenset(names)
        self._suggests = not connection.name
        self._wanted_way = connection.sign_in if connection.id else None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)

        self._name = TextField("connection-name", tr("Name"), connection.name)
        self._address = AddressField(kind, connection.base_url, may_be_other=not connection.id)
        self._sign_in = Picker(theme, tr("Sign-in"), "connection-sign-in", kind="field")
        self._key = KeyField("connection-key", tr("Key"))
        self._key.setText(key)
        self._tenant = TextField("connection-tenant", tr("Directory (tenant)"), connection.tenant)
        self._tenant.setPlaceholderText(tr("Your own"))
        model = tr("Deployment") if kind in _HAS_DEPLOYMENTS else tr("Model")
        self._model = ModelField(theme, "connection-model", model, connection.model)
        self._agent = TextField("connection-agent", tr("Agent"), connection.agent)
        self._agent.setPlaceholderText(tr("None: the assistants of this program answer"))

        self._name_field = self._add(tr("&Name"), self._name)
        self._column.addWidget(self._address)
        self._sign_in_field = self._add(tr("&Sign-in"), self._sign_in)
        self._key_field = self._add(tr("&Key"), self._key)
        self._tenant_field = self._add(tr("Directory (&tenant)"), self._tenant)
        self._model_field = self._add(f"&{model}", self._model, _model_hint(kind))
        self._agent_field = self._add(tr("A&gent"), self._agent, tr("The name of an agent of the project. Optional."))
        self._agent_field.setVisible(kind is ConnectionKind.FOUNDRY)
        self._address.edited.connect(self._on_address_edited)
        self._address.kind_suggested.connect(lambda kind: self.kind_suggested.emit(kind, self._address.text))
        self._address.key_pasted.connect(self._key.setText)
        self._sign_in.picked.connect(self._on_sign_in_picked)
        self._name.textEdited.connect(self._on_name_edited)
        for line in (self._key, self._tenant, self._model, self._agent):
            line.textEdited.connect(self._on_edited)
        self._model.completer().activated.connect(self._on_edited)
        self._take_from_address()
        self._refresh()

    @property
    def connection(self) -> Connection:
        """The connection as the fields say."""
        return replace(
            self._connection,
            name=self._name.value(),
            base_url=self._address.base_url,
            model=self._model.value(),
            sign_in=self._way,
            agent=self._agent.value(),
            tenant=self._tenant.value() if self._way.is_entra else "",
        )

    @property
    def key(self) -> str | None:
        """The key that was typed; None for the one that is stored or stands in the environment."""
        typed = self._key.value()
        return typed if typed or not self._is_known else None

    @property
    def variable(self) -> str:
        """The environment variable to take the key from; empty for none."""
        return self._variable if self._way is SignIn.KEY and self.key is None else ""

    @property
    def can_test(self) -> bool:
        """Whether there is enough to ask the service."""
        has_key = self._way is not SignIn.KEY or self.key != ""
        return bool(self._address.base_url) and has_key

    @property
    def needs_model(self) -> bool:
        """Whether something is missing that a list of models would help with."""
        return not self._model.value() and not self._agent.value()

    @property
    def is_complete(self) -> bool:
        """Whether it can be saved."""
        return bool(self._address.base_url and self._name.value()) and not self.needs_model

    def set_models(self, models: Sequence[str]) -> None:
        """Offer what the service lists; the only one is taken at once."""
        self._model.set_models(models)
        if len(models) == 1 and self.needs_model:
            self._model.setText(models[0])

    def begin(self) -> None:
        """Give the first field that lacks something the keyboard."""
        if not self._address.base_url and self._address.is_asked_for:
            self._address.setFocus()
        elif self._way is SignIn.KEY and self.key == "":
            self._key.setFocus()
        elif self.needs_model:
            self._model.setFocus()
        else:
            self._name.setFocus()

    def point_at(self, code: ErrorCode) -> None:
        """Outline the field that an error is about, and give it the keyboard."""
        fields: dict[ErrorCode, tuple[Field | AddressField, QWidget]] = {
            ErrorCode.UNAUTHORIZED: (self._key_field, self._key),
            ErrorCode.KEY_MISSING: (self._key_field, self._key),
            ErrorCode.KEY_REJECTED: (self._key_field, self._key),
            ErrorCode.MODEL_NOT_FOUND: (self._model_field, self._model),
            ErrorCode.ADDRESS_INVALID: (self._address, self._address),
            ErrorCode.SERVICE_RETIRED: (self._address, self._address),
        }
        if code in fields:
            field, line = fields[code]
            field.mark(wrong=True)
            line.setFocus()

    @property
    def _way(self) -> SignIn:
        return SignIn(self._sign_in.current())

    @property
    def _is_known(self) -> bool:
        """Whether there is a key for the host that the address names: none is ever sent to another one."""
        before = urlsplit(self._connection.base_url).netloc
        is_same = before in ("", urlsplit(self._address.base_url).netloc)
        return is_same and (self._has_key or bool(self._variable))

    def _add(self, caption: str, field: QWidget, hint: str = "") -> Field:
        result = Field(caption, field, hint)
        self._column.addWidget(result)
        return result

    def _on_name_edited(self) -> None:
        self._suggests = False
        self._on_edited()

    def _on_sign_in_picked(self) -> None:
        self._wanted_way = self._way
        self._on_edited()

    def _on_address_edited(self) -> None:
        self._take_from_address()
        self._on_edited()

    def _on_edited(self) -> None:
        self._refresh()
        self.edited.emit()

    def _take_from_address(self) -> None:
        """Fill in what the address says of the rest."""
        endpoint = self._address.endpoint
        if endpoint.problem is None:
            if endpoint.model and not self._model.value():
                self._model.setText(endpoint.model)
            if endpoint.agent and not self._agent.value() and self.kind is ConnectionKind.FOUNDRY:
                self._agent.setText(endpoint.agent)
        if self._suggests:
            self._name.setText(_free_name(endpoint.name or kind_name(self.kind), self._names))
        ways = sign_ins(self.kind, self._address.base_url or self._address.text)
        wanted = self._wanted_way or ways[0]
        choices = [(way.value, sign_in_name(way)) for way in ways]
        self._sign_in.set_choices(choices, (wanted if wanted in ways else ways[0]).value)
        self._sign_in_field.setVisible(len(ways) > 1)

    def _refresh(self) -> None:
        self._key_field.setVisible(self._way is SignIn.KEY)
        self._tenant_field.setVisible(self._way.is_entra)
        placeholder, hint = self._key_words()
        self._key.setPlaceholderText(placeholder)
        self._key_field.say(hint)
        for field in (self._address, self._key_field, self._model_field):
            field.mark(wrong=False)

    def _key_words(self) -> tuple[str, str]:
        """What stands in the empty field, and what below it."""
        kept = tr("Kept in your system's keychain, never in a file.")
        if not self._is_known:
            return "", kept
        if self._variable:
            taken = tr("Taken from {variable}").format(variable=self._variable)
            return taken, tr("It stays in the environment and is not copied. Enter another one to keep it here.")
        return tr("A key is stored; leave empty to keep it"), kept


def _model_hint(kind: ConnectionKind) -> str:
    if kind in _HAS_DEPLOYMENTS:
        return tr("The deployment's name, which need not be the model's. A test lists what there is.")
    return tr("For assistants that name no model of their own. A test lists what there is.")


def _free_name(name: str, taken: frozenset[str]) -> str:
    """A name that no other connection has."""
    numbered = (f"{name} {number}" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(each for each in numbered if each not in taken)
