"""The port `Identity` by Entra ID."""

from collections.abc import Callable

from desktop_app.backends.entra.account import Account
from desktop_app.backends.entra.token import Audience
from desktop_app.domain.cloud import cloud, scope
from desktop_app.domain.connection import Connection, DeviceCode, Network
from desktop_app.domain.port import Credential

_SIGN_IN_SECONDS = 300.0


class EntraIdentity:
    """Signs people in, once for each connection and each way to sign in. Keeps tokens in memory only.

    Args:
        authority: The host that signs in; empty for that of each connection's cloud.
        seconds: How long a person may take.
    """

    def __init__(self, authority: str = "", seconds: float = _SIGN_IN_SECONDS) -> None:
        self._authority = authority
        self._seconds = seconds
        self._network = Network()
        self._accounts: dict[tuple[str, Audience], Account] = {}

    def use_network(self, network: Network) -> None:
        """Reaches Entra ID this way from now on."""
        self._network = network

    def credential(self, connection: Connection, show_code: Callable[[DeviceCode], None]) -> Credential:
        """Signs in when first called (once at a time), and from then on gives tokens that are fresh.

        Raises (when called):
            DeskError: SIGN_IN_UNAVAILABLE, SIGN_IN_FAILED, CONNECTION_FAILED, TIMED_OUT or CERTIFICATE_INVALID.
        """
        authority = self._authority or cloud(connection.base_url).authority
        key = connection.id, Audience(connection.sign_in, authority, connection.tenant, scope(connection))

        async def token() -> str:
            account = self._accounts.setdefault(key, Account(key[1], self._seconds))
            return await account.token(self._network, show_code)

        return token

    async def forget(self, connection_id: str) -> None:
        """Signs a connection out."""
        for key in [key for key in self._accounts if key[0] == connection_id]:
            self._accounts.pop(key).close()

    async def aclose(self) -> None:
        """Ends what is going on."""
        for account in self._accounts.values():
            account.close()
        self._accounts.clear()
