"""The Assistants backend against the app's own engine, over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from desktop_app.backends.assistants import AssistantsBackend
from desktop_app.domain.entity import CodeStep, StepState
from desktop_app.domain.event import CodeRunning
from desktop_app.domain.port import Backend
from desktop_app.domain.reduce import apply
from tests.contract.backend import BackendContract
from tests.contract.chat import NEW, Chat
from tests.contract.engine_service import EngineService, scripted_engine
from tests.contract.scenario import Code
from tests.engine.running import KEY


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[EngineService]:
    service = EngineService()
    async with scripted_engine(tmp_path, service):
        service.backend = AssistantsBackend.local(service.cutter.base_url, KEY)
        yield service
        await service.backend.aclose()


class TestAssistantsBackend(BackendContract):
    """Everything that the contract says."""

    async def test_code_that_prints_nothing_is_shown_as_running(self, service: EngineService, backend: Backend) -> None:
        service.will(Code("sleep(60)", hold=True))
        chat = await Chat.begin(backend)
        run = NEW
        async for event in chat.start():
            run = apply(run, event).run
            if isinstance(event, CodeRunning):
                await backend.cancel_run(chat.thread_id, run.remote_id)
        (step,) = run.items
        assert isinstance(step, CodeStep)
        assert (step.code, step.state, step.outputs) == ("sleep(60)", StepState.CANCELLED, ())
