"""The services that a person has connected."""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

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
from desktop_app.domain.error import DeskError, ErrorInfo
from desktop_app.domain.port import Archive, ModelInfo, Settings
from desktop_app.services.backend_source import Backends
from desktop_app.services.credential import Credentials
from desktop_app.services.environment import Offer, offers
from desktop_app.services.identity import new_id, now
from desktop_app.services.key_place import KeyPlaces
from desktop_app.services.network import store_network, stored_network
from desktop_app.services.task import TaskScope

_CURRENT = "connection"


class Connections:
    """Keeps the list, the archive and the backends the same.

    Attributes:
        changed: The list, a connection's models or its key are different.
        checked: `check` has an answer.
        not_removed: The id of a connection that stays, and why its service was not cleaned up.
        code_shown: A sign-in waits until the person has typed this code.
        offers: Services whose keys stand in the environment.
    """

    def __init__(
        self,
        archive: Archive,
        backends: Backends,
        credentials: Credentials,
        keys: KeyPlaces,
        settings: Settings,
        scope: TaskScope,
        environment: Mapping[str, str],
    ) -> None:
        self.changed: Emitter[None] = Emitter()
        self.checked: Emitter[ConnectionReport] = Emitter()
        self.not_removed: Emitter[tuple[str, ErrorInfo]] = Emitter()
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
        self._draft_id = new_id("connection")
        self._lock = asyncio.Lock()

    async def load(self) -> None:
        """Reads the archive. Nothing is asked of any service, nor of the keychain."""
        self._backends.network = stored_network(self._settings)
        self._credentials.use_network(self._backends.network)
        for connection in await self._archive.connections():
            self._by_id[connection.id] = connection
            await self._backends.put(connection, self._keys.credential(connection))
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
            with self._told():
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
        return self._keys.has_key(connection)

    def variable(self, connection_id: str) -> str:
        """The environment variable that holds the connection's key; empty where it is kept elsewhere or not needed."""
        connection = self._by_id.get(connection_id)
        has_key = connection is not None and connection.sign_in is SignIn.KEY
        return self._keys.variable(connection) if connection and has_key else ""

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

    def save(self, connection: Connection, key: str | None, variable: str = "") -> str:
        """Adds a connection (whose `id` is empty) or replaces one; `key` and `variable` as in `check`.

        Returns:
            The id that the connection has, or will have as soon as it is there.
        """
        is_new = connection.id == ""
        named = self._named(connection)
        if is_new:
            self._draft_id = new_id("connection")
            named = replace(named, created_at=now())
        self._scope.write(self._save(named, key, variable))
        return named.id

    def remove(self, connection_id: str, *, clean_up: bool = False) -> None:
        """Removes a connection and its key; its threads stay and can go on elsewhere.

        With `clean_up` the service first deletes what it keeps for us; if it does not, the connection stays.
        """
        if connection_id in self._by_id and connection_id != ENGINE_ID:
            removal = self._remove(connection_id, clean_up=clean_up)
            self._scope.start(f"connection:{connection_id}", removal, partial(self._on_not_removed, connection_id))

    @property
    def network(self) -> Network:
        """How services are reached."""
        return self._backends.network

    def set_network(self, network: Network) -> None:
        """Reaches services this way from now on."""
        with self._told():
            store_network(self._settings, network)
        self._credentials.use_network(network)
        self._scope.write(self._backends.use_network(network))

    def _named(self, connection: Connection) -> Connection:
        """One that is new keeps its id from its first check to its being saved: a sign-in belongs to it."""
        return connection if connection.id else replace(connection, id=self._draft_id)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Settings that are not stored hold until the program ends: that is said, and stops nothing."""
        try:
            yield
        except DeskError as error:
            self._scope.failed.emit(error.info)

    async def _check(self, connection: Connection, key: str | None, variable: str) -> None:
        backend = self._backends.trial(connection, self._keys.credential(connection, key, variable))
        try:
            report = await backend.check(connection.model)
        finally:
            await backend.aclose()
        is_other = connection.id in self._by_id and self._by_id[connection.id].base_url != connection.base_url
        if report.models and not is_other:
            self._models[connection.id] = tuple(ModelInfo(model) for model in report.models)
        self.checked.emit(report)

    async def _refresh_models(self, connection_id: str) -> None:
        backend = await self._backends.of(connection_id)
        models = await backend.list_models()
        if connection_id in self._by_id:
            self._models[connection_id] = models
            self.changed.emit(None)

    async def _save(self, connection: Connection, key: str | None, variable: str) -> None:
        async with self._lock:  # one change after the other, each whole
            old = self._by_id.get(connection.id)
            await self._archive.save_connection(connection)
            self._by_id[connection.id] = connection
            self._keys.put(connection, key, variable)
            if old is not None:
                self._keys.replace(old, connection)
            await self._backends.put(connection, self._keys.credential(connection))
        self.changed.emit(None)
        self.refresh_models(connection.id)

    async def _remove(self, connection_id: str, *, clean_up: bool) -> None:
        if clean_up:
            await self._clean_up(connection_id)
        async with self._lock:
            await self._archive.delete_connection(connection_id)
            self._models.pop(connection_id, None)
            connection = self._by_id.pop(connection_id, None)
            if connection is not None:
                self._keys.remove(connection)
            await self._backends.remove(connection_id)
        self.changed.emit(None)

    def _on_not_removed(self, connection_id: str, error: ErrorInfo) -> None:
        self.not_removed.emit((connection_id, error))
        self._scope.failed.emit(error)

    async def _clean_up(self, connection_id: str) -> None:
        backend = await self._backends.of(connection_id)
        for thread in await self._archive.remote_threads():
            if thread.connection_id == connection_id:
                await backend.delete_thread(thread.remote_id)
                await self._archive.delete_remote_thread(connection_id, thread.remote_id)
        for file in await self._archive.remote_files():
            if file.connection_id == connection_id:
                await backend.delete_file(file.remote_id)
                await self._archive.delete_remote_file(connection_id, file.remote_id)
