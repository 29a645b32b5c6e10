"""The key of an endpoint stays in memory: it is looked for wherever it must not be, during the job and after it."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from openai import AsyncOpenAI

from tests.engine.running import KEY, ended, messages, text_of, thread
from tests.harness.chat_server import ChatServer, Failure, Reply

pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")


@asynccontextmanager
async def piped_engine(home: Path, server: ChatServer) -> AsyncIterator[AsyncOpenAI]:
    """An engine that gets its keys as the window hands them over."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "desktop_app", "engine", "--control"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "ASSISTANT_DESK_HOME": str(home)},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    endpoint = {"base_url": server.base_url, "key": server.key, "model": "test-model"}
    process.stdin.write(json.dumps({"api_key": KEY, "endpoint": endpoint}).encode() + b"\n")
    try:
        base_url = json.loads(await process.stdout.readline())["base_url"]
        async with AsyncOpenAI(base_url=base_url, api_key=KEY, max_retries=0) as client:
            yield client
    finally:
        process.stdin.close()
        await process.wait()


def holding(key: str, paths: list[Path]) -> list[str]:
    return [str(path) for path in paths if holds(path, key)]


def holds(path: Path, key: str) -> bool:
    try:
        return path.is_file() and key.encode() in path.read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False  # the process has ended, or is another person's


def files_of(folder: Path) -> list[Path]:
    return [*folder.rglob("*")]


def process_files() -> list[Path]:
    """Where the system shows every process's arguments and environment."""
    return [*Path("/proc").glob("[0-9]*/cmdline"), *Path("/proc").glob("[0-9]*/environ")]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_complaint_16_the_key_is_in_no_file_and_no_process(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with ChatServer([Reply(code="print(6 * 7)"), Reply("It is 42.")]) as server:
        server.add(*[Failure(400, f"Your key {server.key} is not good enough.")] * 2)
        async with piped_engine(home, server) as client:
            made = await client.beta.assistants.create(model="test-model", tools=[{"type": "code_interpreter"}])
            thread_id = await thread(client)
            good = await ended(client, await client.beta.threads.runs.create(thread_id, assistant_id=made.id))
            bad = await ended(client, await client.beta.threads.runs.create(thread_id, assistant_id=made.id))
            (message,) = await messages(client, good)
            during = holding(server.key, process_files() + files_of(home))
            found = [holding("--control", process_files()) != [], holding("It is 42.", files_of(home)) != []]
    assert text_of(message) == "It is 42."
    assert bad.last_error is not None
    assert "***" in bad.last_error.message
    assert found == [True, True], "what is there would be found"
    assert (during, holding(server.key, files_of(home))) == ([], [])
    assert server.key not in "".join(capfd.readouterr())
