"""The words for connections: what they are, how one signs in, and what goes wrong with that."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QCoreApplication

from desktop_app.domain.connection import ConnectionKind, SignIn
from desktop_app.domain.error import ErrorCode
from desktop_app.gui.text.form import Data, ErrorAction, ErrorText, Wording

tr = partial(QCoreApplication.translate, "text")


def kind_name(kind: ConnectionKind) -> str:
    """Return what people call such a service."""
    return {
        ConnectionKind.ENGINE: tr("This computer"),
        ConnectionKind.OPENAI: tr("OpenAI"),
        ConnectionKind.AZURE: tr("Azure OpenAI"),
        ConnectionKind.FOUNDRY: tr("Foundry project"),
        ConnectionKind.AGENT_SERVICE: tr("Agent Service (classic)"),
        ConnectionKind.ASSISTANTS: tr("Assistants API server"),
    }[kind]


def kind_help(kind: ConnectionKind) -> str:
    """Say in one line whom such a connection is for."""
    return {
        ConnectionKind.ENGINE: tr("Python in a sandbox, with any chat model or the built-in analyst."),
        ConnectionKind.OPENAI: tr("With a key from platform.openai.com; code runs in OpenAI's containers."),
        ConnectionKind.AZURE: tr("Your deployments in Azure, with a key or with your Microsoft account."),
        ConnectionKind.FOUNDRY: tr("A Microsoft Foundry project and its agents, with your Microsoft account."),
        ConnectionKind.AGENT_SERVICE: tr("Azure AI agents of the older kind, until their service ends in March 2027."),
        ConnectionKind.ASSISTANTS: tr("A server of your own that speaks the Assistants API."),
    }[kind]


def sign_in_name(sign_in: SignIn) -> str:
    """Say how one signs in."""
    return {
        SignIn.NONE: tr("None needed"),
        SignIn.KEY: tr("Key"),
        SignIn.BROWSER: tr("Microsoft account, in the browser"),
        SignIn.DEVICE_CODE: tr("Microsoft account, with a code on another device"),
        SignIn.AZURE_CLI: tr("As “az login” on this computer"),
    }[sign_in]


def _connection_gone(_data: Data) -> ErrorText:
    return ErrorText(
        tr("This thread's connection was removed"),
        tr("What was said is still here. Choose another connection to go on; it is told what was said before."),
        ErrorAction.CHOOSE,
    )


def _key_missing(data: Data) -> ErrorText:
    name, variable = data["name"], data["variable"]
    if variable:
        return ErrorText(
            tr("{variable} holds no key any more").format(variable=variable),
            tr("The connection takes its key from this environment variable. Set it and start anew, or enter a key."),
            ErrorAction.CONNECT,
        )
    return ErrorText(
        tr("There is no key for “{name}”").format(name=name) if name else tr("There is no key for this connection"),
        tr("Enter it in the connection's settings, then try again."),
        ErrorAction.CONNECT,
    )


def _service_retired(data: Data) -> ErrorText:
    host = data["host"]
    return ErrorText(
        tr("The Assistants API at {host} has ended").format(host=host) if host else tr("This Assistants API has ended"),
        tr("The same service answers over its Responses API. Add a connection with this address: it is put right."),
        ErrorAction.CONNECT,
    )


def _sign_in_unavailable(_data: Data) -> ErrorText:
    return ErrorText(
        tr("Signing in with a Microsoft account is not installed"),
        tr('Install it with: pip install "assistant-desk[entra]". Azure OpenAI works with a key as well.'),
        ErrorAction.CONNECT,
    )


def _sign_in_failed(data: Data) -> ErrorText:
    words = {
        "cancelled": (tr("The sign-in was cancelled"), tr("Try again, and finish it in the browser.")),
        "timeout": (
            tr("The sign-in took too long"),
            tr("Try again, and finish it in the browser within a few minutes."),
        ),
        "cli_missing": (
            tr("The Azure CLI is not installed"),
            tr("Install it and run “az login”, or choose another way to sign in."),
        ),
        "cli_signed_out": (
            tr("Nobody is signed in to the Azure CLI"),
            tr("Run “az login” in a terminal, then try again."),
        ),
        "browser": (
            tr("No browser could be opened"),
            tr("Choose to sign in with a code on another device instead."),
        ),
        "tenant": (
            tr("The directory does not know this account"),
            tr("Enter the directory's id (tenant) in the settings, or sign in with an account that belongs to it."),
        ),
    }
    general = (
        tr("Microsoft did not accept the sign-in"),
        tr("Try again. If it happens again, choose another way to sign in, or ask whoever runs your directory."),
    )
    title, help_text = words.get(data["cause"], general)
    return ErrorText(title, help_text + data.said(), ErrorAction.CONNECT)


def _container_expired(_data: Data) -> ErrorText:
    return ErrorText(
        tr("The sandbox at the service has expired"),
        tr("Try again: a new one is made, and your files are put into it."),
        ErrorAction.RETRY,
    )


WORDINGS: Mapping[ErrorCode, Wording] = {
    ErrorCode.CONNECTION_GONE: _connection_gone,
    ErrorCode.KEY_MISSING: _key_missing,
    ErrorCode.SERVICE_RETIRED: _service_retired,
    ErrorCode.SIGN_IN_UNAVAILABLE: _sign_in_unavailable,
    ErrorCode.SIGN_IN_FAILED: _sign_in_failed,
    ErrorCode.CONTAINER_EXPIRED: _container_expired,
}
