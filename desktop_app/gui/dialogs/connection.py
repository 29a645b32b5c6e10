"""Adds a connection to a service, or changes one; a test says precisely what is wrong."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QWidget

from desktop_app.domain.connection import Connection, ConnectionKind, ConnectionReport, DeviceCode, SignIn
from desktop_app.domain.endpoint import normalized
from desktop_app.gui.dialogs.code_card import CodeCard
from desktop_app.gui.dialogs.connection_form import ConnectionForm
from desktop_app.gui.dialogs.connection_start import ConnectionStart
from desktop_app.gui.dialogs.result import ResultCard
from desktop_app.gui.dialogs.sheet import Sheet
from desktop_app.gui.override import override
from desktop_app.gui.text import kind_name
from desktop_app.gui.theme.theme import Theme

tr = partial(QCoreApplication.translate, "connection-dialog")

Values = tuple[Connection, str | None, str]
"""A connection, its key (None: the one that is stored), and the environment variable that holds it."""


class ConnectionDialog(Sheet):
    """Asks which service, then for what it needs. It can be saved without a test, for a service may be down.

    Signals:
        check_requested, saved: A `Connection`, its key (None: the stored one), the variable that holds it.
        cancel_requested: The test is not wanted any more.
        link_activated: An address to open in the browser.
    """

    check_requested = Signal(object, object, str)
    saved = Signal(object, object, str)
    cancel_requested = Signal()
    link_activated = Signal(str)

    def __init__(
        self,
        theme: Theme,
        connection: Connection | None = None,
        *,
        has_key: bool = False,
        variable: str = "",
        models: Sequence[str] = (),
        offers: Sequence[tuple[str, Connection]] = (),
        names: Collection[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        """Change `connection`, or add one.

        Args:
            theme: The look.
            connection: What to change; None to add one.
            has_key: Its key is stored.
            variable: The environment variable that holds its key.
            models: What its service listed before.
            offers: Pairs of an environment variable that holds a key, and a connection that could use it.
            names: What other connections are called.
            parent: The window.
        """
        title = tr("Add a connection") if connection is None else tr("Edit the connection")
        super().__init__(title, "connection-dialog", parent, width=560)
        self._theme = theme
        self._offers = offers
        self._names = names
        self._form: ConnectionForm | None = None
        self._asked: Values | None = None
        self._save_after = False
        self._start = ConnectionStart([(kind_name(offer.kind), variable) for variable, offer in offers])
        self._start.setVisible(connection is None)
        self.column.addWidget(self._start)
        self._result = ResultCard(theme, "connection-result")
        self._code = CodeCard()
        self._result.words.addWidget(self._code)
        self.add_foot(self._result)
        self.column.addStretch()

        self._test = self.add_button(tr("Test"), "connection-test", at_start=True)
        self._back = self.add_button(tr("Back"), "connection-back", at_start=True)
        cancel = self.add_button(tr("Cancel"), "connection-cancel")
        self._anyway = self.add_button(tr("Save anyway"), "connection-save-anyway")
        self._continue = self.add_button(tr("Continue"), "connection-continue", primary=True)
        self._save = self.add_button(tr("Test and save"), "connection-save", primary=True)
        self._start.kind_chosen.connect(self._on_kind_chosen)
        self._start.offer_chosen.connect(self._on_offer_chosen)
        self._start.understood.connect(self._continue.setEnabled)
        self._code.link_activated.connect(self.link_activated)
        cancel.clicked.connect(self.reject)
        self._back.clicked.connect(self._on_back)
        self._test.clicked.connect(self._on_test)
        self._anyway.clicked.connect(self._finish)
        self._continue.clicked.connect(self._start.go_on)
        self._save.clicked.connect(self._on_save)
        self._continue.setEnabled(False)
        self._is_new = connection is None
        if connection is not None:
            self._show_form(ConnectionForm(theme, connection, has_key=has_key, variable=variable, names=names))
            self._form_now.set_models(models)
        else:
            self._refresh()
            self._start.setFocus()

    @property
    def is_testing(self) -> bool:
        """Whether a test is going on."""
        return self._asked is not None

    def show_code(self, code: DeviceCode) -> None:
        """Show what has to be typed elsewhere while the test waits for it."""
        if self._asked is not None:
            self._result.say_testing(tr("Waiting for you to sign in…"))
            self._code.show_code(code)

    def show_report(self, report: ConnectionReport) -> None:
        """Say what the test found, and save if that was wanted and it works."""
        if self._asked is None or self._form is None:
            return
        passed, self._asked = self._asked, None
        form = self._form
        lacked_model = form.needs_model
        form.set_models(report.models)
        self._code.hide()
        if report.error is not None:
            self._result.say_error(report.error)
            form.point_at(report.error.code)
        elif lacked_model:
            self._result.say("ok", tr("The service answers"), _models_listed(len(report.models)))
            form.begin()
        else:
            self._result.say("ok", tr("It works"), tr("The model has answered.") if report.is_model_tested else "")
        self._refresh()
        self._anyway.setVisible(report.error is not None and form.is_complete)
        if self._save_after and report.error is None and passed == self._values() and form.is_complete:
            self._finish()
        self._save_after = False

    @property
    def _form_now(self) -> ConnectionForm:
        if self._form is None:
            raise RuntimeError("there is no form yet")
        return self._form

    def _values(self) -> Values:
        form = self._form_now
        return form.connection, form.key, form.variable

    def _on_kind_chosen(self, kind: ConnectionKind, address: str, key: str) -> None:
        found = normalized(kind, address)
        connection = Connection("", kind, "", found.base_url(kind) or address, found.model)
        if kind is ConnectionKind.FOUNDRY:
            connection = replace(connection, agent=found.agent)
        self._show_form(ConnectionForm(self._theme, connection, key=key, names=self._names))

    def _on_offer_chosen(self, number: int) -> None:
        variable, offered = self._offers[number]
        connection = replace(offered, name="")  # another connection may have the usual one
        self._show_form(ConnectionForm(self._theme, connection, variable=variable, names=self._names))

    def _on_kind_suggested(self, kind: ConnectionKind, address: str) -> None:
        self._on_kind_chosen(kind, address, self._form_now.key or "")

    def _show_form(self, form: ConnectionForm) -> None:
        self._drop_form()
        self._form = form
        self._start.hide()
        self.column.insertWidget(0, form)
        form.show()
        form.edited.connect(self._on_edited)
        form.kind_suggested.connect(self._on_kind_suggested)
        self._refresh()
        self.fit(exactly=True)
        form.begin()

    def _drop_form(self) -> None:
        self._stop()
        self._result.clear()
        if self._form is not None:
            self.column.removeWidget(self._form)
            self._form.hide()
            self._form.deleteLater()
            self._form = None

    def _on_back(self) -> None:
        self._drop_form()
        self._start.show()
        self._refresh()
        self.fit(exactly=True)
        self._start.setFocus()

    def _on_edited(self) -> None:
        """A test of other values than those in the fields would say nothing."""
        self._stop()
        self._result.clear()
        self._refresh()

    def _on_test(self) -> None:
        if self._asked is not None:
            self._stop()
            self._result.clear()
            self._refresh()
            return
        self._asked = values = self._values()
        self._result.say_testing(tr("Testing {address}…").format(address=values[0].base_url), _how(values[0].sign_in))
        self._refresh()
        self.check_requested.emit(*values)

    def _on_save(self) -> None:
        if self._asked is None:
            self._save_after = True
            self._on_test()

    def _stop(self) -> None:
        self._save_after = False
        self._code.hide()
        if self._asked is not None:
            self._asked = None
            self.cancel_requested.emit()

    def _finish(self) -> None:
        self.saved.emit(*self._values())
        self.accept()

    def _refresh(self) -> None:
        form, is_testing = self._form, self._asked is not None
        self._continue.setVisible(form is None)
        self._save.setVisible(form is not None)
        self._test.setVisible(form is not None)
        self._back.setVisible(form is not None and self._is_new)
        self._anyway.hide()
        self._test.setText(tr("Stop the test") if is_testing else tr("Test"))
        self._test.setEnabled(form is not None and form.can_test)
        self._save.setEnabled(form is not None and form.can_test and not is_testing)
        (self._save if form is not None else self._continue).setDefault(True)

    @override
    def done(self, result: int) -> None:
        self._stop()
        super().done(result)


def _how(sign_in: SignIn) -> str:
    """Say what the person has to do meanwhile."""
    match sign_in:
        case SignIn.BROWSER:
            return tr("A page of Microsoft opens in your browser where you sign in.")
        case SignIn.DEVICE_CODE:
            return tr("A code to sign in with will be shown here.")
    return ""


def _models_listed(count: int) -> str:
    if count == 0:
        return tr("It lists no models. Type the name of the one to use.")
    if count == 1:
        return tr("It lists one model, which is chosen now.")
    return tr("It lists {count} models. Choose one.").format(count=count)
