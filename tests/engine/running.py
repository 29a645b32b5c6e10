"""A real engine on a real port, with whatever model and interpreter a test wants."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from openai import AsyncOpenAI

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
