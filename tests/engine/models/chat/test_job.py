"""The whole job, through the engine's API and the real sandbox, with a model behind every kind of server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from openai import AsyncOpenAI

from desktop_app.engine.interpreter.bubblewrap import Bubblewrap
from desktop_app.engine.interpreter.local import LocalInterpreter
from desktop_app.engine.port import Limits, Model, ModelEvent, ModelRequest
from tests.engine.models.chat.ask import model_of
from tests.engine.running import assistant, code_of, ended, messages, running, steps, text_of, thread
from tests.harness.chat_server import ChatServer, Dialect, Reply

FIRST = "total = 6\nprint(totl * 7)"
SECOND = "print(total * 7)"
DONE = ("completed", [FIRST, SECOND], [True, False], ["Let me see.", "It is **42**."])
pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")


class Current:
    """The model of the dialect whose turn it is."""

    model: Model

    def reply(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        return self.model.reply(request)


async def outcome(
    client: AsyncOpenAI, thread_id: str, assistant_id: str
) -> tuple[str, list[str], list[bool], list[str]]:
    """Runs the thread: the state, the code, whether each code failed, the answers."""
    run = await ended(client, await client.beta.threads.runs.create(thread_id, assistant_id=assistant_id))
    codes = [code_of(step) for step in await steps(client, run) if step.type == "tool_calls"]
    answers = [text_of(answer).strip() for answer in await messages(client, run)]
    failed = ["NameError" in str(code.outputs) for code in codes]
    return run.status, [code.input for code in codes], failed, answers


async def test_every_server_writes_fails_corrects_and_answers(tmp_path: Path) -> None:
    current, limits = Current(), Limits()
    interpreter = LocalInterpreter(tmp_path / "work", limits, Bubblewrap(limits), keeps_spare=False)
    found = {}
    async with running(tmp_path / "engine", current, interpreter) as engine:
        assistant_id, thread_id = await assistant(engine.client), await thread(engine.client)
        for dialect in Dialect:
            script = [Reply("Let me see.", FIRST, thought="Easy."), Reply(code=SECOND), Reply("It is **42**.")]
            with ChatServer(script, dialect) as server:
                current.model = model_of(server)
                await engine.client.beta.threads.messages.create(thread_id, role="user", content="And now?")
                found[dialect] = await outcome(engine.client, thread_id, assistant_id)
                assert "NameError" in str(server.requests[1]["messages"][-1]), dialect
                assert "42" in str(server.requests[2]["messages"][-1]), dialect
    assert found == dict.fromkeys(Dialect, DONE)
