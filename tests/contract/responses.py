"""A service of the Responses shape as a service under test, and the backend that talks to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from desktop_app.backends.responses import ResponsesBackend
from desktop_app.domain.connection import Connection, ConnectionKind, Network, SignIn
from tests.harness.responses import Dialect, ResponsesService, served

_KINDS = {
    Dialect.OPENAI: ConnectionKind.OPENAI,
    Dialect.AZURE: ConnectionKind.AZURE,
    Dialect.FOUNDRY: ConnectionKind.FOUNDRY,
}


class ResponsesUnderTest(ResponsesService):
    """The service, and backends to it.

    Attributes:
        backend: The one under test.
        base_url: Where it is.
    """

    connection_id = "cloud"
    streams_logs = False

    backend: ResponsesBackend
    base_url: str

    def connect(self, key: str = "", *, agent: str = "", path: str = "") -> ResponsesBackend:
        """A new backend, as after a restart; the caller closes it."""

        async def credential() -> str:
            return key or self.key

        sign_in = SignIn.BROWSER if self.dialect is Dialect.FOUNDRY else SignIn.KEY
        base_url = self.base_url + path
        kind = _KINDS[self.dialect]
        connection = Connection(self.connection_id, kind, "Cloud", base_url, sign_in=sign_in, agent=agent)
        return ResponsesBackend(connection, credential, Network())

    def backend_with_key(self, key: str) -> ResponsesBackend:
        return self.connect(key)


@asynccontextmanager
async def under_test(dialect: Dialect) -> AsyncIterator[ResponsesUnderTest]:
    """A service that answers, and a backend to it."""
    service = ResponsesUnderTest(dialect)
    async with served(service) as service.base_url:
        service.backend = service.connect()
        try:
            yield service
        finally:
            await service.backend.aclose()
