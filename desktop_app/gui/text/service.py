"""The words for what goes wrong on the way to a service."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QCoreApplication

from desktop_app.domain.error import ErrorCode
from desktop_app.gui.text.form import Data, ErrorAction, ErrorText, Wording

tr = partial(QCoreApplication.translate, "text")

_SERVERS = {"11434": "Ollama", "1234": "LM Studio", "8080": "llama.cpp", "8000": "vLLM"}
"""Who usually listens at a port of this computer."""


def _engine_unavailable(_data: Data) -> ErrorText:
    return ErrorText(
        tr("The engine on this computer is not running"),
        tr("It starts with the window and is started again when you retry. Your threads are safe."),
        ErrorAction.RETRY,
    )


def _connection_failed(data: Data) -> ErrorText:
    place, host = data.place(), data["host"]
    words = {
        "refused": (tr("Nothing answers at {place}"), _is_it_running(data)),
        "reset": (
            tr("{place} ended the connection"),
            tr("It gave no answer. The server may be starting, or have crashed. Try again in a moment."),
        ),
        "unreachable": (
            tr("There is no way to {host}"),
            tr("Check the network, a VPN and firewalls, then try again."),
        ),
        "name": (
            tr("There is no computer named “{host}”"),
            tr("Check the spelling of the address, and that this computer is online."),
        ),
        "proxy": (
            tr("The proxy does not let the connection to {host} through"),
            tr("It wants a name and a password, which the system's settings can hold.")
            if data["status"] == "407"
            else tr("Check the proxy in the network settings, or let it make an exception for this address."),
        ),
    }
    general = (
        tr("The model's server cannot be reached"),
        tr("Check that it is running and that its address is right, then try again."),
    )
    title, help_text = words.get(data["cause"], general) if host else general
    return ErrorText(title.format(place=place, host=host), help_text, ErrorAction.RETRY)


def _is_it_running(data: Data) -> str:
    server = _SERVERS.get(data["port"], "") if data["host"] in ("localhost", "127.0.0.1", "::1") else ""
    if server:
        return tr("Is {server} running? Start it and try again.").format(server=server)
    return tr("Check that the server is running, and that the port is right.")


def _timed_out(data: Data) -> ErrorText:
    if data["host"] and data["cause"] == "connect":
        return ErrorText(
            tr("{place} does not answer").format(place=data.place()),
            tr("Check the address, and whether a firewall is in between."),
            ErrorAction.RETRY,
        )
    return ErrorText(
        tr("The server took too long to answer"),
        tr("It may be loading the model or be busy. Try again in a moment."),
        ErrorAction.RETRY,
    )


def _certificate_invalid(data: Data) -> ErrorText:
    words = {
        "expired": (
            tr("The certificate of {host} has expired"),
            tr("Whoever runs the server has to renew it. Check this computer's date, too."),
        ),
        "hostname": (
            tr("The certificate is not one for {host}"),
            tr("Check the address: the name in it has to be the one in the server's certificate."),
        ),
    }
    general = (
        tr("The server's certificate is not trusted"),
        tr("Check the address. If your company has its own certificates, name their file in the network settings."),
    )
    title, help_text = words.get(data["cause"], general) if data["host"] else general
    return ErrorText(title.format(host=data["host"]), help_text, ErrorAction.CONNECT)


def _address_invalid(data: Data) -> ErrorText:
    example = tr("It should look like http://localhost:11434/v1.")
    no_service = tr("No model service answers at this address")
    words = {
        "address": (tr("This is not an address of a server"), example),
        "scheme": (tr("The address has to begin with http:// or https://"), example),
        "credentials": (
            tr("The address holds a user name or a password"),
            tr("Take it out of the address, and put the key into its own field."),
        ),
        "not_http": (no_service, tr("Something else than a web server listens there. Check the port.")),
        "not_tls": (
            tr("The server does not speak https"),
            tr("If it is a server that you trust in your own network, begin the address with http://."),
        ),
        "html": (no_service, tr("A web page does. The address may lack a part such as /v1.")),
        "not_json": (
            no_service,
            tr("Something else does. The port may be wrong, or the address lack a part like /v1."),
        ),
        "not_models": (no_service, tr("It has no list of models. The address may lack a part such as /v1.")),
        "path": (
            tr("The service has nothing at this address"),
            tr("The host is right, but what follows it is not. Paste the endpoint as the service shows it.")
            + data.said(),
        ),
        "redirect": (tr("The address leads to another one"), tr("Enter the address that it leads to.") + data.said()),
    }
    general = (no_service, example + " " + tr("Something else may be listening there."))
    title, help_text = words.get(data["cause"], general)
    return ErrorText(title, help_text, ErrorAction.CONNECT)


def _unauthorized(data: Data) -> ErrorText:
    help_text = (
        tr("It holds characters that no key has. Copy it again, without anything around it.")
        if data["cause"] == "characters"
        else tr("It is missing, mistyped or no longer valid. Enter it again.") + data.said()
    )
    if data["status"]:  # a service that may know accounts as well
        return ErrorText(
            tr("The service does not accept the key or the account"),
            tr("It is missing, mistyped, no longer valid, or belongs elsewhere. Enter it or sign in again.")
            + data.said(),
            ErrorAction.CONNECT,
        )
    return ErrorText(tr("The service does not accept the key"), help_text, ErrorAction.CONNECT)


def _forbidden(data: Data) -> ErrorText:
    return ErrorText(
        tr("The service does not allow this with your key or account"),
        tr("It is valid but lacks the permission. Use another one, or ask the service's owner for access.")
        + data.said(),
        ErrorAction.CONNECT,
    )


def _not_found(data: Data) -> ErrorText:
    return ErrorText(
        tr("The service does not have what was asked for"),
        tr("It may have been deleted there, or the address lacks a part such as /v1.") + data.said(),
        ErrorAction.RETRY,
    )


def _rate_limited(data: Data) -> ErrorText:
    wait = data.seconds("retry_after", tr("a minute"))
    return ErrorText(
        tr("The service asks to slow down"),
        tr("Too many requests in a short time. Try again in {wait}.").format(wait=wait),
        ErrorAction.RETRY,
    )


def _quota_exhausted(_data: Data) -> ErrorText:
    return ErrorText(
        tr("The account's quota is used up"),
        tr("Waiting does not help: raise the limit or add credit at the service, or connect another model."),
        ErrorAction.CONNECT,
    )


def _request_refused(data: Data) -> ErrorText:
    return ErrorText(
        tr("The service refused the request"),
        tr("Change the message, its files or the assistant's settings, and try again.") + data.said(),
        ErrorAction.RETRY,
    )


def _server_failed(data: Data) -> ErrorText:
    return ErrorText(
        tr("The service has a problem of its own"),
        tr("Nothing is wrong with your message. Try again in a moment.") + data.said(),
        ErrorAction.RETRY,
    )


def _response_invalid(data: Data) -> ErrorText:
    if data["cause"] == "empty":
        return ErrorText(
            tr("The model answered with nothing"),
            tr("Try again, or ask in other words. If it happens often, choose another model."),
            ErrorAction.RETRY,
        )
    return ErrorText(
        tr("The service answered in a way that cannot be understood"),
        tr("It may not be a chat-completions service, or speak a different version of it."),
        ErrorAction.CONNECT,
    )


def _stream_dropped(_data: Data) -> ErrorText:
    return ErrorText(
        tr("The connection broke before the answer was complete"),
        tr("What has arrived is kept. Try again to get the rest."),
        ErrorAction.RETRY,
    )


WORDINGS: Mapping[ErrorCode, Wording] = {
    ErrorCode.ENGINE_UNAVAILABLE: _engine_unavailable,
    ErrorCode.CONNECTION_FAILED: _connection_failed,
    ErrorCode.TIMED_OUT: _timed_out,
    ErrorCode.CERTIFICATE_INVALID: _certificate_invalid,
    ErrorCode.ADDRESS_INVALID: _address_invalid,
    ErrorCode.UNAUTHORIZED: _unauthorized,
    ErrorCode.FORBIDDEN: _forbidden,
    ErrorCode.NOT_FOUND: _not_found,
    ErrorCode.RATE_LIMITED: _rate_limited,
    ErrorCode.QUOTA_EXHAUSTED: _quota_exhausted,
    ErrorCode.REQUEST_REFUSED: _request_refused,
    ErrorCode.SERVER_FAILED: _server_failed,
    ErrorCode.RESPONSE_INVALID: _response_invalid,
    ErrorCode.STREAM_DROPPED: _stream_dropped,
}
