"""The services that a person has connected."""

from collections.abc import Mapping
from dataclasses import replace

from desktop_app.domain.connection import (
    ENGINE,
    ENGINE_ID,
    Connection,
    ConnectionReport,
    DeviceCode,
    Network,
    SignIn,
)
from desktop_app.domain.emitter import Emitter
from desktop_app.domain.port import Archive, Credential, ModelInfo, Settings
from desktop_app.services.backend_source import Backends
from desktop_app.services.credential import Credentials, key_name
from desktop_app.services.environment import Offer, offers
from desktop_app.services.identity import new_id, now
from desktop_app.services.key import Keys
from desktop_app.services.network import store_network, stored_network
from desktop_app.services.task import TaskScope

_CURRENT = "connection"
_IN_KEYCHAIN = "keychain"


class Connections:
    """Keeps the list, the archive and the backends the same.

    Where a connection's key is stands in the settings: in the keychain, or in an environment variable, whose value is
    never copied.

    Attributes:
        changed: The list, a connection's models or its key are different.
        checked: `check` has an answer.
        code_shown: A sign-in waits until the person has typed this code.
        offers: Services whose keys stand in the environment.
    """

    def __init__(
        self,
        archive: Archive,
        backends: Backends,
        credentials: Credentials,
        keys: Keys,
        settings: Settings,
        scope: TaskScope,
        environment: Mapping[str, str],
    ) -> None:
        self.changed: Emitter[None] = Emitter()
        self.checked: Emitter[ConnectionReport] = Emitter()
        self.code_shown: Emitter[DeviceCode] = credentials.code_shown
        self.offers: tuple[Offer, ...] = offers(environment)
        self._archive = archive
        self._backends = backends
        self._credentials = credentials
        self._keys = keys
        self._settings = settings
        self._scope = scope
        self._by_id: dict[str, Connection] = {ENGINE_ID: ENGINE}
        self._models: dict[str, tuple[ModelInfo, ...]] = {}
        self._in_memory: dict[str, str] = {}
        self._draft_id = new_id("connection")

    async def load(self) -> None:
        """Reads the archive. Nothing is asked of any service, nor of the keychain."""
        self._backends.network = stored_network(self._settings)
        self._credentials.use_network(self._backends.network)
        for connection in await self._archive.connections():
            self._by_id[connection.id] = connection
            await self._backends.put(connection, self._credential(connection))
        self.changed.emit(None)

    @property
    def items(self) -> tuple[Connection, ...]:
        """All of them: the engine first, then in the order in which they were added."""
        return tuple(sorted(self._by_id.values(), key=lambda connection: connection.created_at))

    def get(self, connection_id: str) -> Connection | None:
        """A connection, or None if it was removed."""
        return self._by_id.get(connection_id)

    @property
    def current_id(self) -> str:
        """The connection of new threads: the one that was chosen last."""
        chosen = self._settings.get(_CURRENT) or ENGINE_ID
        return chosen if chosen in self._by_id else ENGINE_ID

    def use(self, connection_id: str) -> None:
        """Lets new threads begin there."""
        if connection_id in self._by_id:
            self._settings.set(_CURRENT, connection_id)
            self.changed.emit(None)

    def models(self, connection_id: str) -> tuple[ModelInfo, ...]:
        """What the service listed last; empty until then."""
        return self._models.get(connection_id, ())

    def refresh_models(self, connection_id: str) -> None:
        """Asks the service for its models; a failure changes nothing, since nobody has asked for anything yet.

        For the same reason nobody is asked to sign in: such a service is listed by `check`.
        """
        connection = self._by_id.get(connection_id)
        if connection is None or connection.sign_in in (SignIn.BROWSER, SignIn.DEVICE_CODE):
            return
        self._scope.start(f"models:{connection_id}", self._refresh_models(connection_id), lambda _error: None)

    def has_key(self, connection_id: str) -> bool:
        """Whether the connection's key is somewhere; True where none is needed."""
        connection = self._by_id.get(connection_id)
        if connection is None or connection.sign_in is not SignIn.KEY:
            return connection is not None
        return self._key_place(connection) != ""

    def variable(self, connection_id: str) -> str:
        """The environment variable that holds the connection's key; empty where it is kept elsewhere or not needed."""
        connection = self._by_id.get(connection_id)
        if connection is None or connection.sign_in is not SignIn.KEY:
            return ""
        place = self._key_place(connection)
        return "" if place == _IN_KEYCHAIN else place

    def check(self, connection: Connection, key: str | None, variable: str = "") -> None:
        """Tries a connection, saved or not; the answer comes on `checked`.

        Args:
            connection: What to try; `id` is empty for one that has not been saved.
            key: What the person typed; None for the key that is stored.
            variable: The environment variable that holds the key.
        """
        self._scope.start("check-connection", self._check(self._named(connection), key, variable))

    def cancel_check(self) -> None:
        """Gives the check up."""
        self._scope.cancel("check-connection")

    def save(self, connection: Connection, key: str | None, variable: str = "") -> None:
        """Adds a connection (whose `id` is empty) or replaces one; `key` and `variable` as in `check`."""
        is_new = connection.id == ""
        named = self._named(connection)
        if is_new:
            self._draft_id = new_id("connection")
            named = replace(named, created_at=now())
        self._scope.start(f"connection:{named.id}", self._save(named, key, variable))

    def remove(self, connection_id: str, *, clean_up: bool = False) -> None:
        """Removes a connection and its key; its threads stay and can go on elsewhere.

        With `clean_up` the service first deletes what it keeps for us; if it does not, the connection stays.
        """
        connection = self._by_id.get(connection_id)
        if connection is not None and connection_id != ENGINE_ID:
            self._scope.start(f"connection:{connection_id}", self._remove(connection, clean_up=clean_up))

    @property
    def network(self) -> Network:
        """How services are reached."""
        return self._backends.network

    def set_network(self, network: Network) -> None:
        """Reaches services this way from now on."""
        store_network(self._settings, network)
        self._credentials.use_network(network)
        self._scope.start("network", self._backends.use_network(network))

    def _named(self, connection: Connection) -> Connection:
        """One that is new keeps its id from its first check to its being saved: a sign-in belongs to it."""
        return connection if connection.id else replace(connection, id=self._draft_id)

    def _key_place(self, connection: Connection) -> str:
        name = _place_setting(connection)
        return self._in_memory.get(name) or self._settings.get(name) or ""

    def _credential(self, connection: Connection) -> Credential:
        place = self._key_place(connection)
        return self._credentials.of(connection, variable="" if place == _IN_KEYCHAIN else place)

    async def _check(self, connection: Connection, key: str | None, variable: str) -> None:
        if key is None and not variable:
            credential = self._credential(connection)
        else:
            credential = self._credentials.of(connection, None if variable else key, variable)
        backend = self._backends.trial(connection, credential)
        try:
            report = await backend.check(connection.model)
        finally:
            await backend.aclose()
        if report.models:
            self._models[connection.id] = tuple(ModelInfo(model) for model in report.models)
        self.checked.emit(report)

    async def _refresh_models(self, connection_id: str) -> None:
        backend = await self._backends.of(connection_id)
        self._models[connection_id] = await backend.list_models()
        self.changed.emit(None)

    async def _save(self, connection: Connection, key: str | None, variable: str) -> None:
        old = self._by_id.get(connection.id)
        await self._archive.save_connection(connection)
        self._by_id[connection.id] = connection
        if variable and connection.sign_in is SignIn.KEY:
            self._in_memory.pop(_place_setting(connection), None)
            self._settings.set(_place_setting(connection), variable)
        is_typed = key is not None and not variable
        credential = self._credentials.of(connection, key) if is_typed else self._credential(connection)
        await self._backends.put(connection, credential)
        self.changed.emit(None)
        self.refresh_models(connection.id)
        # Only now: a keychain may take its time, and the next question is for this service already.
        if old is not None and (key_name(old) != key_name(connection) or old.sign_in is not connection.sign_in):
            await self._forget_key(old)
        if key is not None and is_typed and connection.sign_in is SignIn.KEY:
            await self._save_key(connection, key)

    async def _save_key(self, connection: Connection, key: str) -> None:
        """Where there is no keychain, the key is known until the program ends, and asked for at the next start."""
        name = _place_setting(connection)
        if not key:
            await self._forget_key(connection)
            return
        is_kept = await self._keys.put(key_name(connection), key, connection.name)
        self._in_memory[name] = _IN_KEYCHAIN
        self._settings.set(name, _IN_KEYCHAIN if is_kept else "")
        self.changed.emit(None)

    async def _forget_key(self, connection: Connection) -> None:
        name = _place_setting(connection)
        self._in_memory.pop(name, None)
        self._settings.set(name, "")
        await self._credentials.forget(connection)

    async def _remove(self, connection: Connection, *, clean_up: bool) -> None:
        if clean_up:
            await self._clean_up(connection.id)
        await self._archive.delete_connection(connection.id)
        del self._by_id[connection.id]
        self._models.pop(connection.id, None)
        await self._backends.remove(connection.id)
        self.changed.emit(None)
        await self._forget_key(connection)

    async def _clean_up(self, connection_id: str) -> None:
        backend = await self._backends.of(connection_id)
        for thread in await self._archive.remote_threads():
            if thread.connection_id == connection_id:
                await backend.delete_thread(thread.remote_id)
                await self._archive.delete_remote_thread(connection_id, thread.remote_id)
        for file in await self._archive.uploaded_files(connection_id):
            await backend.delete_file(file.remote_id)
            await self._archive.save_file(replace(file, remote_id=""))


def _place_setting(connection: Connection) -> str:
    """The setting that says where the key for this connection and host is."""
    return f"{key_name(connection)}/key"
