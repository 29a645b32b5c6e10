"""Where the key of each connection is."""

from collections.abc import Coroutine
from typing import Any

from desktop_app.domain.connection import Connection, SignIn
from desktop_app.domain.error import DeskError
from desktop_app.domain.port import Credential, Settings
from desktop_app.services.credential import Credentials, key_name
from desktop_app.services.key import Keys
from desktop_app.services.task import TaskScope

_IN_KEYCHAIN = "keychain"


class KeyPlaces:
    """In the keychain, or in an environment variable, whose value is never copied: which of them, the settings say.

    A keychain may take its time, or wait for the person. Nothing waits for it: until it has a key, that is known here.
    """

    def __init__(self, credentials: Credentials, keys: Keys, settings: Settings, scope: TaskScope) -> None:
        self._credentials = credentials
        self._keys = keys
        self._settings = settings
        self._scope = scope
        self._known: set[str] = set()

    def has_key(self, connection: Connection) -> bool:
        """Whether its key is somewhere, as far as can be told without asking the keychain."""
        place = self._place(connection)
        return place == _IN_KEYCHAIN or self._credentials.has_variable(place)

    def variable(self, connection: Connection) -> str:
        """The environment variable that its key is taken from; empty if it is kept, or there is none."""
        place = self._place(connection)
        return "" if place == _IN_KEYCHAIN else place

    def credential(self, connection: Connection, key: str | None = None, variable: str = "") -> Credential:
        """Its credential, with this key or that of this variable instead of the one that is known."""
        if key is not None and not variable:
            return self._credentials.of(connection, key)
        return self._credentials.of(connection, variable=variable or self.variable(connection))

    def put(self, connection: Connection, key: str | None, variable: str) -> None:
        """Uses this variable or key from now on: None for the one that is known, an empty one for none."""
        if connection.sign_in is not SignIn.KEY or (key is None and not variable):
            return
        name = _setting(connection)
        if key and not variable:
            self._known.add(name)
            self._start(connection, self._store(connection, key))
            return
        was_in_keychain = self._place(connection) == _IN_KEYCHAIN
        self._known.discard(name)
        self._settings.set(name, variable)
        if was_in_keychain:
            self._start(connection, self._keys.delete(key_name(connection)))

    def replace(self, old: Connection, new: Connection) -> None:
        """Forgets a key that no connection has any more; signs out who signs in no more."""
        if old.sign_in is SignIn.KEY and (new.sign_in is not SignIn.KEY or key_name(old) != key_name(new)):
            self._forget(old)
        if old.sign_in.is_entra and not new.sign_in.is_entra:
            self._sign_out(old)

    def remove(self, connection: Connection) -> None:
        """Forgets a connection's key and signs it out."""
        if connection.sign_in is SignIn.KEY:
            self._forget(connection)
        if connection.sign_in.is_entra:
            self._sign_out(connection)

    def _place(self, connection: Connection) -> str:
        name = _setting(connection)
        return _IN_KEYCHAIN if name in self._known else self._settings.get(name) or ""

    async def _store(self, connection: Connection, key: str) -> None:
        """Where there is no keychain, the key is known until the program ends, and asked for at the next start."""
        try:
            is_kept = await self._keys.put(key_name(connection), key, connection.name)
        except DeskError:
            self._known.discard(_setting(connection))
            raise
        self._settings.set(_setting(connection), _IN_KEYCHAIN if is_kept else "")

    def _forget(self, connection: Connection) -> None:
        name = _setting(connection)
        self._known.discard(name)
        self._start(connection, self._keys.delete(key_name(connection)))
        self._settings.set(name, "")

    def _sign_out(self, connection: Connection) -> None:
        self._scope.start(f"sign-out:{connection.id}", self._credentials.sign_out(connection))

    def _start(self, connection: Connection, work: Coroutine[Any, Any, None]) -> None:
        """One at a time for each key, and not ended by what else happens to its connection."""
        self._scope.start(f"key:{key_name(connection)}", work)


def _setting(connection: Connection) -> str:
    """The setting that says where the key for this connection and host is."""
    return f"{key_name(connection)}/key"
