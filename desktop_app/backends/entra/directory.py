"""Entra ID as azure-identity reaches it. Importing this needs that package, and blocks for a quarter of a second."""

import contextlib
import logging
import socket
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from azure.core.exceptions import AzureError
from azure.core.pipeline.policies import ContentDecodePolicy, RetryPolicy
from azure.identity import (
    AuthenticationRequiredError,
    AzureCliCredential,
    DeviceCodeCredential,
    InteractiveBrowserCredential,
)

from desktop_app.backends.entra.call import Stop
from desktop_app.backends.entra.fault import from_azure
from desktop_app.backends.entra.token import Audience, Token
from desktop_app.backends.entra.transport import Transport
from desktop_app.domain.connection import DeviceCode, Network, SignIn

Interactive = InteractiveBrowserCredential | DeviceCodeCredential

_CLI_SECONDS = 30  # it is a Python program too, and slow when it starts cold

for _name in ("azure", "msal"):  # they log accounts with their warnings; what they warn of, they also raise
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class Directory:
    """Asks for tokens, and signs the person in where that is needed. Blocks: use it in a thread."""

    def __init__(self, audience: Audience, seconds: float) -> None:
        self._audience = audience
        self._seconds = seconds
        self._signed_in: tuple[Interactive, Transport] | None = None

    def token(self, network: Network, show_code: Callable[[DeviceCode], None], stop: Stop) -> Token:
        """A token that is new, or as good as new.

        Args:
            network: The way to Entra ID.
            show_code: Called with what the person has to type somewhere, while this waits for it.
            stop: When it is said, a sign-in ends soon. A token that comes without the person is waited for: the
                next one who asks will need it.

        Raises:
            DeskError: SIGN_IN_FAILED, CONNECTION_FAILED, TIMED_OUT, CERTIFICATE_INVALID.
        """
        try:
            if self._audience.sign_in is SignIn.AZURE_CLI:
                return self._from_cli()
            return self._silent(network) or self._from_person(network, show_code, stop)
        except (AzureError, ValueError) as error:
            failure = from_azure(error)
        raise failure  # without the exception, which holds requests and answers

    def _from_cli(self) -> Token:
        # Not the asynchronous one: it forgets the tenant on Windows, and needs a loop that can start processes.
        credential = AzureCliCredential(tenant_id=self._audience.tenant, process_timeout=_CLI_SECONDS)
        return self._ask(credential)

    def _silent(self, network: Network) -> Token | None:
        """What the last sign-in is still good for, if anything."""
        if self._signed_in is None:
            return None
        credential, transport = self._signed_in
        transport.network = network
        with contextlib.suppress(AuthenticationRequiredError):
            return self._ask(credential)
        return None

    def _from_person(self, network: Network, show_code: Callable[[DeviceCode], None], stop: Stop) -> Token:
        """Signs in anew, with nothing left of a sign-in that was given up."""
        transport = Transport(network, stop)
        options = {
            "authority": f"https://{self._audience.authority}",
            "tenant_id": self._audience.tenant or None,
            "timeout": self._seconds,
            "transport": transport,
            "policies": [ContentDecodePolicy(), RetryPolicy(retry_total=2)],  # and none that logs
            "disable_automatic_authentication": True,  # only here a person may be asked
            "disable_instance_discovery": True,  # the authorities are our own constants
        }
        if self._audience.sign_in is SignIn.DEVICE_CODE:
            credential: Interactive = _with_code(options, show_code)
        else:
            port = _free_port()
            credential = InteractiveBrowserCredential(redirect_uri=f"http://localhost:{port}", **options)
            # It waits for the browser's answer: this is one.
            stop.then(threading.Thread(target=_refuse, args=(port,), daemon=True).start)
        credential.authenticate(scopes=[self._audience.scope])
        token = self._ask(credential)
        transport.stop = Stop()
        self._signed_in = credential, transport
        return token

    def _ask(self, credential: Interactive | AzureCliCredential) -> Token:
        found = credential.get_token_info(self._audience.scope)
        return Token(found.token, found.expires_on, found.refresh_on)


def _with_code(options: dict[str, Any], show_code: Callable[[DeviceCode], None]) -> DeviceCodeCredential:
    def prompt(url: str, code: str, _expires: datetime) -> None:
        show_code(DeviceCode(url, code))

    return DeviceCodeCredential(prompt_callback=prompt, **options)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _refuse(port: int) -> None:
    """Answers in the browser's place that nobody signs in."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"GET /?error=access_denied HTTP/1.0\r\n\r\n")
        while connection.recv(1024):  # whoever hangs up before the end makes the server complain
            pass
