"""What services of the Assistants shape say, in JSON."""

from typing import Any

import pytest

from desktop_app.backends.assistants import AssistantsBackend
from desktop_app.domain.entity import Assistant
from desktop_app.domain.error import DeskError
from desktop_app.domain.port import RunRequest
from tests.contract.chat import reduced
from tests.contract.scripted_service import Reply, as_json

KEY = "sk-secret-key"
REQUEST = RunRequest("thread", "assistant", Assistant("a", "A"), "model", "mine")
EMPTY: dict[str, Any] = {"object": "list", "data": [], "has_more": False}


def run(status: str, **fields: object) -> dict[str, object]:
    """Return a run as the service writes it."""
    return {"id": "run_1", "object": "thread.run", "status": status, "metadata": {"client_id": "mine"}, **fields}


def code_step(status: str = "completed", *, logs: str = "", **fields: object) -> dict[str, object]:
    """Return a run step of code as the service writes it."""
    outputs = [{"type": "logs", "logs": logs}] if logs else []
    call = {"id": "call", "type": "code_interpreter", "code_interpreter": {"input": "x", "outputs": outputs}}
    details = {"type": "tool_calls", "tool_calls": [call]}
    return {"id": "step_1", "run_id": "run_1", "status": status, "created_at": 5, "step_details": details, **fields}


def refusal(status: int, code: str | None = None, message: str = "No.", **headers: str) -> Reply:
    """Return an error answer."""
    return as_json({"error": {"message": message, "type": "x", "param": None, "code": code}}, status, **headers)


async def error_of(backend: AssistantsBackend) -> DeskError:
    """Return the error of a request that is never sent twice."""
    with pytest.raises(DeskError) as caught:
        await reduced(backend.start_run(REQUEST))
    return caught.value
