"""The engine is killed with SIGKILL in the middle of a run, and started again: nothing is lost, nothing is doubled."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from openai.types.beta import AssistantStreamEvent
from openai.types.beta.threads import Run

from tests.engine.running import code_of, ended, messages, steps, text_of, thread
from tests.harness.chat_server import ChatServer, Reply
from tests.harness.engine_process import EngineProcess, engine_process


@asynccontextmanager
async def _engine(home: Path, server: ChatServer) -> AsyncIterator[EngineProcess]:
    key_file = home.parent / "model-key"
    await asyncio.to_thread(key_file.write_text, server.key)
    options = ("--model-base-url", server.base_url, "--model-api-key-file", str(key_file))
    async with engine_process(home, *options) as engine:
        yield engine


async def _run_until(engine: EngineProcess, sign: str) -> Run:
    """Starts a run and kills the engine as soon as `sign` has come in a delta."""
    async with engine.client() as client:
        made = await client.beta.assistants.create(model="test-model", tools=[{"type": "code_interpreter"}])
        stream = await client.beta.threads.runs.create(await thread(client), assistant_id=made.id, stream=True)
        run: Run | None = None
        seen = ""
        async for event in stream:
            if event.event == "thread.run.created":
                run = event.data
            seen += _delta(event)
            if sign in seen:
                await engine.kill()
                break
    assert run is not None
    assert sign in seen
    return run


def _delta(event: AssistantStreamEvent) -> str:
    match event.event:
        case "thread.message.delta":
            return "".join(
                part.text.value or "" for part in event.data.delta.content or [] if part.type == "text" and part.text
            )
        case "thread.run.step.delta":
            return str(event.data.delta)
        case _:
            return ""


async def test_killed_in_the_middle_of_the_text(home: Path) -> None:
    script = [Reply(code="print(6 * 7)"), Reply("It is forty", hangs=True), Reply("It is forty-two.")]
    with ChatServer(script) as server:
        async with _engine(home, server) as engine:
            run = await _run_until(engine, "forty")
        async with _engine(home, server) as engine, engine.client() as client:
            run = await ended(client, run)
            (message,) = await messages(client, run)
            code, answer = await steps(client, run)
    assert (run.status, code.status, answer.status) == ("completed", "completed", "completed")
    assert (message.status, text_of(message)) == ("completed", "It is forty-two.")
    assert "42" in str(code_of(code).outputs)
    assert len(server.requests) == 3
    before, after = (request["messages"] for request in server.requests[1:])
    assert before[1:] == after[1:]  # the first is the system's, and tells of what is known about the endpoint


async def test_killed_in_the_middle_of_writing_code(home: Path) -> None:
    script = [
        Reply(code="print(6 *", hangs=True),
        Reply(code="print(6 * 7)"),
        Reply("It is 42."),
    ]
    with ChatServer(script) as server:
        async with _engine(home, server) as engine:
            run = await _run_until(engine, "print(6 *")
        async with _engine(home, server) as engine, engine.client() as client:
            run = await ended(client, run)
            (message,) = await messages(client, run)
            code, _ = await steps(client, run)
    assert (run.status, text_of(message)) == ("completed", "It is 42.")
    assert (code.status, code_of(code).input) == ("completed", "print(6 * 7)")


async def test_killed_in_the_middle_of_running_code(home: Path) -> None:
    endless = """
open('/mnt/data/kept.txt', 'w').write('1')
print('in the ' + 'middle', flush=True)
import time
time.sleep(600)
"""
    script = [
        Reply(code="open('/mnt/data/made.csv', 'w').write('a,b')"),
        Reply(code=endless),
        Reply(code="import os\nprint(sorted(os.listdir('/mnt/data')))"),
        Reply("See [it](sandbox:/mnt/data/made.csv)."),
    ]
    with ChatServer(script) as server:
        async with _engine(home, server) as engine:
            run = await _run_until(engine, "in the middle")
        async with _engine(home, server) as engine, engine.client() as client:
            run = await ended(client, run)
            (message,) = await messages(client, run)
            first, second, _ = await steps(client, run)
            (attachment,) = message.attachments or []
            content = await client.files.content(attachment.file_id or "")
    assert (run.status, first.status, second.status) == ("completed", "completed", "completed")
    assert "['kept.txt', 'made.csv']" in str(code_of(second).outputs)
    assert "in the middle" not in str(code_of(second).outputs)
    assert content.content == b"a,b"
