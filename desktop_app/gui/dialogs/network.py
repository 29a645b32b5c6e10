"""How services are reached: proxy, certificates, patience."""

import ssl
from collections.abc import Callable
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from desktop_app.domain.connection import Network
from desktop_app.gui.dialogs.field import TextField, mark, set_hint
from desktop_app.gui.dialogs.file import choose_files
from desktop_app.gui.dialogs.sheet import Sheet
from desktop_app.gui.widgets.button import Button
from desktop_app.gui.widgets.label import label

tr = partial(QCoreApplication.translate, "network")

_MOST_SECONDS = 3600.0


class NetworkDialog(Sheet):
    """Asks for what the system's settings do not say. What cannot be used is marked and said, and not saved.

    Signals:
        saved: The settings as the person wants them (`Network`).
    """

    saved = Signal(object)

    def __init__(self, network: Network, parent: QWidget | None = None) -> None:
        super().__init__(tr("Network"), "network-dialog", parent, width=500)
        self.column.addWidget(
            label(
                tr("For all services but those on this computer. Takes effect at once, for what is sent from now on."),
                "muted",
                wrap=True,
            )
        )
        self._proxy = TextField("network-proxy", tr("Proxy"), network.proxy)
        self._proxy.setPlaceholderText(tr("The system's"))
        self._proxy_hint = self.add_field(tr("&Proxy"), self._proxy)
        self._file = TextField("network-certificates", tr("Certificate file"), network.ca_file)
        self._file.setPlaceholderText(tr("The system's only"))
        self._choose = Button(tr("Choose…"), "network-choose")
        self._choose.setAccessibleName(tr("Choose a certificate file"))
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self._file, 1)
        line.addWidget(self._choose)
        row.setFocusProxy(self._file)
        self._file_hint = self.add_field(tr("Further &certificates"), row)
        self._times = [
            self._add_time(tr("&Connecting may take"), "connect", network.connect_seconds),
            self._add_time(tr("&An answer may take to begin"), "answer", network.answer_seconds),
            self._add_time(tr("A &stream may be silent for"), "silence", network.silence_seconds),
        ]
        self.column.addStretch()
        self._defaults = self.add_button(tr("Defaults"), "network-defaults", at_start=True)
        cancel = self.add_button(tr("Cancel"), "network-cancel")
        self._save = self.add_button(tr("Save"), "network-save", primary=True)
        self._choose.clicked.connect(self._on_choose)
        self._defaults.clicked.connect(lambda: self._show(Network()))
        cancel.clicked.connect(self.reject)
        self._save.clicked.connect(self._on_save)
        for field in (self._proxy, self._file, *(time for time, _ in self._times)):
            field.textChanged.connect(self._check)
        self._check()
        self._proxy.setFocus()

    def _add_time(self, words: str, name: str, seconds: float) -> tuple[QLineEdit, QLabel]:
        field = TextField(f"network-{name}", words.replace("&", ""), f"{seconds:g}")
        field.setMaxLength(8)
        return field, self.add_field(tr("{what} (seconds)").format(what=words), field)

    def _show(self, network: Network) -> None:
        self._proxy.setText(network.proxy)
        self._file.setText(network.ca_file)
        times = (network.connect_seconds, network.answer_seconds, network.silence_seconds)
        for (field, _), seconds in zip(self._times, times, strict=True):
            field.setText(f"{seconds:g}")

    def _on_choose(self) -> None:
        choose_files(self, tr("Choose a certificate file"), lambda paths: self._file.setText(str(paths[0])))

    def _check(self) -> None:
        problems = [
            _judge(self._proxy, self._proxy_hint, wrong_proxy, tr("Such as http://proxy.example.com:8080")),
            _judge(self._file, self._file_hint, wrong_file, tr("A PEM file, such as your company's own authority")),
            *(_judge(field, hint, wrong_time, "") for field, hint in self._times),
        ]
        self._save.setEnabled(not any(problems))
        self.fit()

    def _on_save(self) -> None:
        connecting, answer, silence = (float(field.text().replace(",", ".")) for field, _ in self._times)
        self.saved.emit(Network(_proxy_url(self._proxy.value()), self._file.value(), connecting, answer, silence))
        self.accept()


def _judge(field: QLineEdit, hint: QLabel, wrong: Callable[[str], str], usual: str) -> bool:
    problem = wrong(field.text().strip())
    mark(field, wrong=bool(problem))
    set_hint(hint, problem or usual, wrong=bool(problem))
    return bool(problem)


def _proxy_url(text: str) -> str:
    return text if not text or "://" in text else f"http://{text}"


def wrong_proxy(text: str) -> str:
    """Say what is wrong with a proxy's address; empty for nothing."""
    try:
        parts = urlsplit(_proxy_url(text))
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not text:
        return ""
    if not is_address or any(map(str.isspace, text)):
        return tr("This is not the address of a proxy. It looks like http://proxy.example.com:8080")
    if parts.username is not None:
        return tr("A name or password in it would be kept in a file. Use a proxy that needs none, or the system's.")
    return ""


def wrong_file(text: str) -> str:
    """Say what is wrong with a file of certificates; empty for nothing."""
    if not text:
        return ""
    if not Path(text).is_file():
        return tr("There is no such file")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(text)
    except (ssl.SSLError, OSError):
        return tr("There is no certificate in it that can be read. It has to be in PEM form.")
    return ""


def wrong_time(text: str) -> str:
    """Say what is wrong with a number of seconds; empty for nothing."""
    try:
        seconds = float(text.replace(",", "."))
    except ValueError:
        return tr("This is not a number")
    if not 1 <= seconds <= _MOST_SECONDS:
        return tr("It has to be between 1 and {most:g}").format(most=_MOST_SECONDS)
    return ""
