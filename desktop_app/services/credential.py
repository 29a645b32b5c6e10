"""How a connection proves who asks: a key of the keychain or the environment, or a token of Entra ID."""

import os
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from desktop_app.domain.connection import Connection, DeviceCode, Network, SignIn
from desktop_app.domain.emitter import Emitter
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import Credential, Identity
from desktop_app.services.key import Keys


class Credentials:
    """Makes credentials. A key is read when it is first used; from then on its credential holds it.

    Attributes:
        code_shown: A sign-in waits until the person has typed this code.
    """

    def __init__(
        self,
        keys: Keys,
        identity: Identity,
        on_secret: Callable[[str], None],
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self.code_shown: Emitter[DeviceCode] = Emitter()
        self._keys = keys
        self._identity = identity
        self._on_secret = on_secret
        self._environment = environment

    def of(self, connection: Connection, key: str | None = None, variable: str = "") -> Credential:
        """The connection's credential.

        Args:
            connection: Whose.
            key: A key to use instead of the one that is stored.
            variable: The environment variable that holds the key.
        """
        if connection.sign_in is SignIn.NONE:
            return _constant("")
        if connection.sign_in.is_entra:
            return self._noted(self._identity.credential(connection, self.code_shown.emit))
        if key is not None:
            self._on_secret(key)
            return _constant(key)
        return self._from_environment(connection, variable) if variable else self._stored(connection)

    def has_variable(self, variable: str) -> bool:
        """Whether this environment variable holds anything."""
        return self._environment.get(variable, "").strip() != ""

    def use_network(self, network: Network) -> None:
        """Signs people in this way from now on."""
        self._identity.use_network(network)

    async def sign_out(self, connection: Connection) -> None:
        """Forgets who signed in for the connection."""
        await self._identity.forget(connection.id)

    def _noted(self, credential: Credential) -> Credential:
        noted = ""

        async def token() -> str:
            nonlocal noted
            value = await credential()
            if value != noted:
                noted = value
                self._on_secret(value)
            return value

        return token

    def _from_environment(self, connection: Connection, variable: str) -> Credential:
        async def key() -> str:
            value = self._environment.get(variable, "").strip()
            if not value:
                raise DeskError(ErrorCode.KEY_MISSING, variable, name=connection.name, variable=variable)
            self._on_secret(value)
            return value

        return key

    def _stored(self, connection: Connection) -> Credential:
        found = ""

        async def key() -> str:
            nonlocal found
            found = found or await self._keys.get(key_name(connection))
            if not found:
                raise DeskError(ErrorCode.KEY_MISSING, name=connection.name)
            return found

        return key


def key_name(connection: Connection) -> str:
    """One name a connection and host, so that no key is ever sent to another host."""
    return f"connection {connection.id} {urlsplit(connection.base_url).netloc}"


def _constant(value: str) -> Credential:
    async def credential() -> str:
        return value

    return credential
