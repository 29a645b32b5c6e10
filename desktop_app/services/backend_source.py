"""The backend of each connection."""

from desktop_app.domain.connection import ENGINE_ID, Connection, Network
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import Backend, BackendMaker, Credential, EngineProcess


class Backends:
    """Makes a backend when it is first asked for, and another one after its connection or the network has changed.

    Whoever uses one that is closed meanwhile gets CONNECTION_FAILED, and finds the next one here.
    """

    def __init__(self, engine: EngineProcess, make: BackendMaker) -> None:
        self.network = Network()
        self._engine = engine
        self._make = make
        self._known: dict[str, tuple[Connection, Credential]] = {}
        self._made: dict[str, Backend] = {}

    async def of(self, connection_id: str) -> Backend:
        """The connection's backend.

        Raises:
            DeskError: CONNECTION_GONE, or ENGINE_UNAVAILABLE.
        """
        if connection_id == ENGINE_ID:
            return await self._engine.backend()
        if connection_id not in self._known:
            raise DeskError(ErrorCode.CONNECTION_GONE, connection_id)
        if connection_id not in self._made:
            self._made[connection_id] = self._make(*self._known[connection_id], self.network)
        return self._made[connection_id]

    def trial(self, connection: Connection, credential: Credential) -> Backend:
        """A backend for one test, which its caller closes."""
        return self._make(connection, credential, self.network)

    async def put(self, connection: Connection, credential: Credential) -> None:
        """Takes a connection up, or its new value."""
        self._known[connection.id] = connection, credential
        await self._drop(connection.id)

    async def remove(self, connection_id: str) -> None:
        """Lets a connection go."""
        self._known.pop(connection_id, None)
        await self._drop(connection_id)

    async def use_network(self, network: Network) -> None:
        """Reaches services this way from now on."""
        self.network = network
        for connection_id in tuple(self._made):
            await self._drop(connection_id)

    async def aclose(self) -> None:
        """Ends every connection but the engine's, which is the engine's own."""
        for connection_id in tuple(self._made):
            await self._drop(connection_id)

    async def _drop(self, connection_id: str) -> None:
        backend = self._made.pop(connection_id, None)
        if backend is not None:
            await backend.aclose()
