"""A service that says what a test wants, and a backend that talks to it."""

from collections.abc import AsyncIterator

import pytest

from desktop_app.backends.assistants import AssistantsBackend
from tests.contract.scripted_service import ScriptedService
from tests.contract.wire import KEY

pytest.register_assert_rewrite("tests.contract.backend", "tests.contract.backend_file", "tests.contract.backend_thread")


@pytest.fixture
async def service() -> AsyncIterator[ScriptedService]:
    async with ScriptedService().running() as service:
        yield service


@pytest.fixture
async def backend(service: ScriptedService) -> AsyncIterator[AssistantsBackend]:
    backend = AssistantsBackend.local(service.base_url, KEY)
    yield backend
    await backend.aclose()
