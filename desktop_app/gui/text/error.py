"""Errors in words: what happened, what to do next, and which button helps."""

from functools import partial

from PySide6.QtCore import QCoreApplication

from desktop_app.domain.error import ErrorInfo
from desktop_app.gui.text import code, connection, file, run, service, storage
from desktop_app.gui.text.form import Data, ErrorAction, ErrorText

tr = partial(QCoreApplication.translate, "text")

_WORDINGS = {
    **service.WORDINGS,
    **connection.WORDINGS,
    **run.WORDINGS,
    **code.WORDINGS,
    **file.WORDINGS,
    **storage.WORDINGS,
}


def describe(error: ErrorInfo) -> ErrorText:
    """Word an error. Codes with data that is missing get the same sentence without it."""
    return _WORDINGS[error.code](Data(error.data))


def one_line(error: ErrorInfo) -> str:
    """Word an error where there is room for one line only."""
    return describe(error).title


def details(error: ErrorInfo) -> str:
    """Return what "Copy details" copies: the wording, the code and the technical text. Never a secret."""
    text = describe(error)
    lines = [text.title, text.help, "", f"Code: {error.code}"]
    lines += [f"{name}: {value}" for name, value in sorted(error.data.items())]
    if error.detail:
        lines += ["", error.detail]
    return "\n".join(lines)


def action_label(action: ErrorAction) -> str:
    """Return the words on the button; empty for no button."""
    return {
        ErrorAction.NONE: "",
        ErrorAction.RETRY: tr("Retry"),
        ErrorAction.CONNECT: tr("Connection settings…"),
        ErrorAction.CHOOSE: tr("Choose a connection…"),
        ErrorAction.SANDBOX: tr("Sandbox details…"),
    }[action]
