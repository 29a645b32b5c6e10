"""Connects a language model: address, key, model, a test that says precisely what is wrong."""

from functools import partial
from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_app.domain.entity import EndpointReport
from desktop_app.gui.dialogs.field import KeyField, ModelField, TextField
from desktop_app.gui.dialogs.result import ResultCard
from desktop_app.gui.dialogs.sheet import Sheet
from desktop_app.gui.override import override
from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.widgets.button import Button
from desktop_app.gui.widgets.label import label

tr = partial(QCoreApplication.translate, "connect")

PRESETS = (
    ("Ollama", "http://localhost:11434/v1"),
    ("LM Studio", "http://localhost:1234/v1"),
    ("llama.cpp", "http://localhost:8080/v1"),
    ("vLLM", "http://localhost:8000/v1"),
)


class ConnectDialog(Sheet):
    """Asks for an endpoint. Nothing is connected that has not passed the test with the very same values.

    Signals:
        check_requested: Address, key (None: the stored one), model.
        cancel_requested: The test is not wanted any more.
        connected: The same three, after a test that found them usable.
    """

    check_requested = Signal(str, object, str)
    cancel_requested = Signal()
    connected = Signal(str, object, str)

    def __init__(
        self, theme: Theme, base_url: str, model: str, *, has_key: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(tr("Connect a model"), "connect-dialog", parent, width=560)
        self._theme = theme
        self._stored_for = base_url if has_key else ""
        self._testing = False
        self._passed: tuple[str, str | None, str] | None = None
        self._connect_after = False
        self.column.addWidget(
            label(
                tr("Any OpenAI-compatible chat server works, on this computer or elsewhere.")
                + " "
                + tr("Files stay here; the model sees your messages, the code and what it prints."),
                "muted",
                wrap=True,
            )
        )
        presets = QHBoxLayout()
        presets.setSpacing(6)
        for name, address in PRESETS:
            button = Button(name, f"preset-{name}", kind="chip")
            button.clicked.connect(lambda _checked=False, address=address: self._on_preset(address))
            presets.addWidget(button)
        presets.addStretch()
        self.column.addLayout(presets)

        self._url = TextField("endpoint-url", tr("Address"), base_url)
        self._url.setPlaceholderText(PRESETS[0][1])
        self.add_field(tr("&Address"), self._url)
        self._key = KeyField("endpoint-key", tr("Key"))
        self.add_field(
            tr("&Key"), self._key, tr("Kept in your system's keychain, never in a file. Local servers need none.")
        )
        self._model = ModelField(theme, "endpoint-model", tr("Model"), model)
        self._model.setPlaceholderText(tr("Choose from the server's list after a test, or type its id"))
        self.add_field(tr("&Model"), self._model)
        self._result = ResultCard(theme, "endpoint-result")
        self.add_foot(self._result)

        self._test = self.add_button(tr("Test"), "endpoint-test", at_start=True)
        cancel = self.add_button(tr("Cancel"), "endpoint-cancel")
        self._connect = self.add_button(tr("Connect"), "endpoint-connect", primary=True)
        self._test.clicked.connect(self._on_test)
        cancel.clicked.connect(self.reject)
        self._connect.clicked.connect(self._on_connect)
        for field in (self._url, self._key, self._model):
            field.textChanged.connect(self._on_edited)
        self._on_edited()
        self._url.setFocus()

    def show_report(self, report: EndpointReport) -> None:
        """Say what the test found, and connect if that was wanted and it can be used."""
        if not self._testing:
            return
        self._testing = False
        self._model.set_models(report.models)
        if report.error is None and report.base_url != self._url.value():
            self._url.setText(report.base_url)
        had_model = bool(self._model.value())
        if report.error is None and had_model:
            self._passed = self._values()
        elif report.error is None and len(report.models) == 1:
            self._model.setText(report.models[0])
        _say_report(self._result, report, has_model=had_model)
        self._refresh()
        if self._connect_after and self._passed == self._values():
            self._finish()
        self._connect_after = False

    def _values(self) -> tuple[str, str | None, str]:
        url, key = self._url.value(), self._key.value()
        stored = not key and url == self._stored_for
        return url, None if stored else key, self._model.value()

    def _on_preset(self, address: str) -> None:
        self._url.setText(address)
        self._on_test()

    def _on_edited(self) -> None:
        if self._testing:
            self._stop()  # it would tell of other values than those that stand here now
        if self._passed is not None and self._passed != self._values():
            self._passed = None
        is_stored = bool(self._stored_for) and self._url.value() == self._stored_for
        self._key.setPlaceholderText(tr("A key is stored; leave empty to keep it") if is_stored else tr("None"))
        self._refresh()

    def _on_test(self) -> None:
        if self._testing:
            self._stop()
            self._refresh()
            return
        self._testing = True
        self._result.say_testing(tr("Testing {address}…").format(address=self._url.value()))
        self._refresh()
        self.check_requested.emit(*self._values())

    def _stop(self) -> None:
        self._testing = self._connect_after = False
        self.cancel_requested.emit()
        self._result.clear()

    def _on_connect(self) -> None:
        if self._passed == self._values():
            self._finish()
        elif not self._testing:
            self._connect_after = True
            self._on_test()

    def _finish(self) -> None:
        self.connected.emit(*self._values())
        self.accept()

    def _refresh(self) -> None:
        url, _, model = self._values()
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.netloc)
        self._test.setText(tr("Stop the test") if self._testing else tr("Test"))
        self._test.setEnabled(is_address)
        self._connect.setEnabled(is_address and bool(model) and not self._testing)

    @override
    def done(self, result: int) -> None:
        if self._testing:
            self._stop()
        super().done(result)


def _say_report(card: ResultCard, report: EndpointReport, *, has_model: bool) -> None:
    """Say what was found and what to do next."""
    if report.error is not None:
        card.say_error(report.error)
    elif not has_model:
        card.say("ok", tr("The server answers"), _models_listed(len(report.models)))
    elif report.can_call_tools is False:
        card.say(
            "running",
            tr("The model answers, but cannot run code"),
            tr("It did not call a tool when asked to. It can chat; for code choose another model."),
        )
    elif report.can_call_tools is None:
        card.say("ok", tr("The server answers"), "")
    else:
        card.say("ok", tr("The model answers and can run code"), tr("Everything is ready to connect."))


def _models_listed(count: int) -> str:
    if count == 0:
        return tr("It lists no models. Type the id of the one to use.")
    if count == 1:
        return tr("It lists one model. Connect to use it.")
    return tr("It lists {count} models. Choose one.").format(count=count)
