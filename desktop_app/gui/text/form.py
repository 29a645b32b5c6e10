"""What an error is worded as, and what came with it to be worded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from PySide6.QtCore import QCoreApplication

from desktop_app.gui.measure import duration, size

tr = partial(QCoreApplication.translate, "text")


class ErrorAction(StrEnum):
    """The one thing that helps most."""

    NONE = "none"
    RETRY = "retry"
    CONNECT = "connect"  # opens the settings of the connection
    CHOOSE = "choose"  # offers all connections
    SANDBOX = "sandbox"  # opens "Sandbox details"


@dataclass(frozen=True, slots=True)
class ErrorText:
    """An error in words.

    Attributes:
        title: What happened, in one sentence without a full stop.
        help: What it means and what to do next.
        action: The button to offer.
    """

    title: str
    help: str
    action: ErrorAction = ErrorAction.NONE


class Data:
    """What came with the error, worded; with a stand-in for what did not."""

    def __init__(self, data: Mapping[str, str]) -> None:
        self._data = data

    def __getitem__(self, name: str) -> str:
        return self._data.get(name, "")

    def name(self) -> str:
        """The file's name in quotes."""
        return f"“{self['name']}”" if self["name"] else tr("The file")

    def model(self) -> str:
        """The model's name in quotes."""
        return f"“{self['model']}”" if self["model"] else tr("The chosen model")

    def bytes(self, name: str, missing: str) -> str:
        """A size in words, or what stands for it."""
        return size(int(self[name])) if self[name].isdigit() else missing

    def seconds(self, name: str, missing: str) -> str:
        """A time in words, or what stands for it."""
        try:
            return duration(float(self[name]))
        except ValueError:
            return missing

    def place(self) -> str:
        """The host and the port, as they stand in an address."""
        host = f"[{self['host']}]" if ":" in self["host"] else self["host"]
        return f"{host}:{self['port']}" if self["port"] not in ("", "80", "443") else host

    def said(self, name: str = "message") -> str:
        """Return what the other side said as a sentence of its own, or nothing."""
        return " " + tr("It said: {message}").format(message=self[name]) if self[name] else ""


Wording = Callable[[Data], ErrorText]
"""Words one cause. Where data is missing, it says the same without it."""
