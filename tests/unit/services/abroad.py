"""A service of the Assistants shape that the app is connected to, and that others use as well."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from openai import AsyncOpenAI, NotFoundError

from desktop_app.domain.connection import Connection, ConnectionKind
from tests.engine.running import KEY, running
from tests.harness.wait import until
from tests.unit.services.bench import Bench
from tests.unit.services.importing import connected
from tests.unit.services.player import Player, Sandbox

Json = dict[str, Any]


class Abroad:
    """The service as somebody else's program sees it.

    Attributes:
        connection_id: What the app calls it.
    """

    def __init__(self, connection_id: str, client: AsyncOpenAI, player: Player) -> None:
        self.connection_id = connection_id
        self.player = player
        self._client = client

    async def get(self, address: str) -> Json:
        """An object."""
        found = await self._client.get(address, cast_to=object)
        assert isinstance(found, dict)
        return found

    async def post(self, address: str, body: Json) -> Json:
        """Makes an object."""
        made = await self._client.post(address, cast_to=object, body=body)
        assert isinstance(made, dict)
        return made

    async def upload(self, name: str, content: bytes) -> str:
        """Uploads a file and returns its id."""
        return (await self._client.files.create(file=(name, content), purpose="assistants")).id

    async def assistant(self, name: str = "Chemist", **fields: object) -> str:
        """Creates an assistant and returns its id."""
        body = {"name": name, "model": "scripted", "tools": [{"type": "code_interpreter"}], **fields}
        return str((await self.post("/assistants", body))["id"])

    async def thread(self, *questions: str, file_ids: tuple[str, ...] = ()) -> str:
        """Creates a thread in which each question has been answered, and returns its id."""
        assistant_id = await self.assistant()
        thread_id = str((await self.post("/threads", {}))["id"])
        attachments = [{"file_id": file_id, "tools": [{"type": "code_interpreter"}]} for file_id in file_ids]
        for question in questions:
            await self.say(thread_id, question, attachments=attachments)
            run = await self.run(thread_id, assistant_id)
            await self.ended(run)
        return thread_id

    async def say(self, thread_id: str, text: str, **fields: object) -> None:
        """Adds a message of the person."""
        await self.post(f"/threads/{thread_id}/messages", {"role": "user", "content": text, **fields})

    async def run(self, thread_id: str, assistant_id: str) -> Json:
        """Starts a run."""
        return await self.post(f"/threads/{thread_id}/runs", {"assistant_id": assistant_id})

    async def ended(self, run: Json) -> None:
        """Waits until the run is over."""
        while run["status"] in ("queued", "in_progress"):
            await asyncio.sleep(0.01)
            run = await self.get(f"/threads/{run['thread_id']}/runs/{run['id']}")

    async def delete(self, address: str) -> None:
        """Deletes something."""
        await self._client.delete(address, cast_to=object)

    async def has_thread(self, thread_id: str) -> bool:
        """Whether a thread is still there."""
        return await self._has(f"/threads/{thread_id}")

    async def has_file(self, file_id: str) -> bool:
        """Whether a file is still there."""
        return await self._has(f"/files/{file_id}")

    async def _has(self, address: str) -> bool:
        try:
            await self.get(address)
        except NotFoundError:
            return False
        return True

    async def questions(self, thread_id: str) -> list[str]:
        """What the person has said in a thread, oldest first."""
        listed = await self.get(f"/threads/{thread_id}/messages?order=asc&limit=100")
        asked = [message for message in listed["data"] if message["role"] == "user"]
        return ["".join(part["text"]["value"] for part in message["content"]) for message in asked]


@asynccontextmanager
async def abroad(bench: Bench) -> AsyncIterator[Abroad]:
    """Runs the service and connects the app to it."""
    player = Player()
    async with running(bench.folder / "abroad", player, Sandbox(player.play)) as service:
        connection = Connection("", ConnectionKind.ASSISTANTS, "Abroad", service.base_url, "scripted")
        connection_id = await connected(bench, connection, KEY)
        await until(lambda: bench.services.connections.models(connection_id))
        yield Abroad(connection_id, service.client, player)
