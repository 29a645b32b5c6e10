"""A real engine on a real port, with whatever model and interpreter a test wants."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from openai import AsyncOpenAI
from openai.types.beta import AssistantStreamEvent
from openai.types.beta.threads import Message, Run
from openai.types.beta.threads.runs import RunStep
from openai.types.beta.threads.runs.code_interpreter_tool_call import CodeInterpreter

from desktop_app.engine.port import Interpreter, Model
from desktop_app.engine.runs.router import ANALYST, Endpoint, ModelRouter
from desktop_app.engine.server import Address, serve

KEY = "test-key"


@dataclass
class Running:
    """An engine that answers."""

    base_url: str
    client: AsyncOpenAI


async def _no_models(_base_url: str, _key: str) -> tuple[str, ...]:
    return ("scripted",)


def router(model: Model) -> ModelRouter:
    """The model under the analyst's id, and under every other as well."""
    made = ModelRouter(model, lambda _url, _key: model, _no_models)
    made.use_endpoint(Endpoint("http://endpoint.invalid/v1", "endpoint-key"))
    return made


@asynccontextmanager
async def running(folder: Path, model: Model, interpreter: Interpreter) -> AsyncIterator[Running]:
    """Runs an engine, and a client that takes no wrong shape from it."""
    async with (
        serve(folder, Address("127.0.0.1", 0, KEY), router(model), interpreter) as base_url,
        AsyncOpenAI(base_url=base_url, api_key=KEY, max_retries=0, _strict_response_validation=True) as client,
    ):
        yield Running(base_url, client)


async def assistant(client: AsyncOpenAI) -> str:
    """Creates an assistant with the code interpreter."""
    made = await client.beta.assistants.create(model=ANALYST, name="A", tools=[{"type": "code_interpreter"}])
    return made.id


async def thread(client: AsyncOpenAI, text: str = "Hello") -> str:
    """Creates a thread with one message."""
    made = await client.beta.threads.create(messages=[{"role": "user", "content": text}])
    return made.id


async def ask(client: AsyncOpenAI, text: str = "Hello") -> list[AssistantStreamEvent]:
    """Asks on a new thread and returns the events of the run."""
    assistant_id, thread_id = await assistant(client), await thread(client, text)
    stream = await client.beta.threads.runs.create(thread_id, assistant_id=assistant_id, stream=True)
    return [event async for event in stream]


async def ended(client: AsyncOpenAI, run: Run) -> Run:
    """Polls until the run is final."""
    async with asyncio.timeout(30):
        while run.status in ("queued", "in_progress", "cancelling"):
            await asyncio.sleep(0.02)
            run = await client.beta.threads.runs.retrieve(run.id, thread_id=run.thread_id)
    return run


async def started(client: AsyncOpenAI) -> Run:
    """Starts a run on a new thread without a stream."""
    return await client.beta.threads.runs.create(await thread(client), assistant_id=await assistant(client))


async def steps(client: AsyncOpenAI, run: Run) -> list[RunStep]:
    """The run's steps, oldest first."""
    listed = client.beta.threads.runs.steps.list(run.id, thread_id=run.thread_id, order="asc")
    return [step async for step in listed]


async def messages(client: AsyncOpenAI, run: Run) -> list[Message]:
    """The messages that the run wrote, oldest first."""
    listed = client.beta.threads.messages.list(run.thread_id, run_id=run.id, order="asc")
    return [message async for message in listed]


def text_of(message: Message) -> str:
    """The text of a message."""
    return "".join(part.text.value for part in message.content if part.type == "text")


def code_of(step: RunStep) -> CodeInterpreter:
    """The one call of a code step."""
    assert step.step_details.type == "tool_calls"
    (call,) = step.step_details.tool_calls
    assert call.type == "code_interpreter"
    return call.code_interpreter
