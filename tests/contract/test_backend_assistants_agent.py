"""The Assistants backend against Agent Service (classic): another address, a version, and tokens that change."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from desktop_app.backends.assistants import AssistantsBackend
from desktop_app.domain.connection import Connection, ConnectionKind, Network, SignIn
from desktop_app.domain.port import Backend, Credential, ModelInfo
from tests.contract.agent_service import AgentService
from tests.contract.backend import BackendContract
from tests.contract.engine_service import EngineService, scripted_engine
from tests.engine.running import KEY


class AgentEngine(EngineService):
    """The engine behind a project's endpoint."""

    connection_id = "agents"

    def __init__(self) -> None:
        super().__init__()
        self.front: AgentService

    def connect(self, credential: Credential) -> AssistantsBackend:
        """A backend, as a person's connection makes it."""
        kind = ConnectionKind.AGENT_SERVICE
        connection = Connection("agents", kind, "Agents", self.front.base_url, sign_in=SignIn.BROWSER)
        return AssistantsBackend(connection, credential, Network())

    def backend_with_key(self, key: str) -> Backend:
        async def credential() -> str:
            return key

        return self.connect(credential)


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[AgentEngine]:
    service = AgentEngine()
    async with (
        scripted_engine(tmp_path, service),
        AgentService(service.cutter.base_url, KEY).running() as service.front,
    ):
        service.backend = service.connect(service.front.credential)
        yield service
        await service.backend.aclose()


class TestAgentService(BackendContract):
    """Everything that the contract says."""

    async def test_deployments_are_the_models_on_every_page(self, backend: Backend) -> None:
        assert await backend.list_models() == (ModelInfo("scripted", "OpenAI"), ModelInfo("other", "Microsoft"))
