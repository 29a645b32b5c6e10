"""The port of the services, on a service of the Assistants shape."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from desktop_app.backends.wire import shape
from desktop_app.backends.assistants.decode import items, media_type, run_state
from desktop_app.backends.wire.shape import (
    address,
    objects,
    optional_number,
    optional_object,
    optional_text,
    text,
)
from desktop_app.backends.assistants.stream import StreamDecoder
from desktop_app.domain.entity import Answer, Assistant, RunItem, RunState, StoredFile
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.event import AnswerSnapshot, CodeSnapshot, RunEvent, RunStateChanged
from desktop_app.domain.port import Capabilities, ModelInfo, Progress

if TYPE_CHECKING:
    from desktop_app.backends.wire.client import Client

_TOOL = {"type": "code_interpreter"}
_CLIENT_ID = "client_id"
_MAX_NAME = 256
_MAX_DESCRIPTION = 512
_FIRST_POLL_SECONDS = 0.2
_LAST_POLL_SECONDS = 1.0
_POLL_GROWTH = 1.4

_AMBIGUOUS = frozenset(
    {ErrorCode.CONNECTION_FAILED, ErrorCode.TIMED_OUT, ErrorCode.SERVER_FAILED, ErrorCode.RESPONSE_INVALID}
)
"""Errors after which the service may have done what it was asked."""

_CAPABILITIES = Capabilities(
    max_file_bytes=512 * 1024**2,
    max_files=20,
    max_message_characters=256_000,
    can_resume=False,
)


class AssistantsBackend:
    """Implements `domain.port.Backend`. The SDK is imported, in a thread, when it is first used."""

    def __init__(self, base_url: str, api_key: str) -> None:
        """`base_url` ends before `/assistants`: `http://127.0.0.1:8000/v1`."""
        self._base_url = base_url
        self._api_key = api_key
        self._connected: Client | None = None
        self._connecting = asyncio.Lock()

    @property
    def capabilities(self) -> Capabilities:
        """The limits of the Assistants API; its streams cannot be resumed, only polled."""
        return _CAPABILITIES

    async def list_models(self) -> tuple[ModelInfo, ...]:
        """Every model; this listing has no pages."""
        client = await self._client()
        listed = objects(await client.get("/models"), "data")
        return tuple(ModelInfo(text(model, "id"), optional_text(model, "owned_by")) for model in listed)

    async def upload(self, path: Path, name: str, progress: Progress) -> str:
        """Uploads a file for the code interpreter and returns its id. Cancelling the task stops it."""
        client = await self._client()
        return text(await client.upload(path, name, progress), "id")

    async def delete_file(self, file_id: str) -> None:
        """Deletes an uploaded file. One that is gone already is no error."""
        await (await self._client()).delete(address("files", file_id))

    async def file_info(self, file_id: str) -> StoredFile:
        """Name, size and type of a file, without its bytes (`id` equals `remote_id`)."""
        info = await (await self._client()).get(address("files", file_id))
        name = PurePosixPath(text(info, "filename")).name or file_id
        return StoredFile(
            id=file_id,
            name=name,
            size=int(optional_number(info, "bytes") or 0),
            media_type=media_type(name),
            remote_id=file_id,
            created_at=optional_number(info, "created_at") or 0.0,
        )

    async def download(self, file_id: str, target: Path, progress: Progress) -> None:
        """Writes a file's bytes to `target`, which must not exist and is there only if all of them came."""
        await (await self._client()).download(file_id, target, progress)

    async def put_assistant(self, assistant: Assistant, model: str, remote_id: str = "") -> str:
        """Makes the service's assistant equal to this definition and returns its id.

        `remote_id` is the id it had; one that is empty or gone is created anew.
        """
        client = await self._client()
        body = {
            "name": assistant.name[:_MAX_NAME],
            "description": assistant.description[:_MAX_DESCRIPTION],
            "instructions": assistant.instructions,
            "model": model,
            "tools": [_TOOL] if assistant.code_interpreter else [],
            "metadata": {_CLIENT_ID: assistant.id},
        }
        if remote_id:
            try:
                return text(await client.post(address("assistants", remote_id), body), "id")
            except DeskError as error:
                if error.code is not ErrorCode.NOT_FOUND:
                    raise
        return text(await client.post("/assistants", body), "id")

    async def create_thread(self, client_id: str) -> str:
        """Creates a thread marked with the app's id and returns the service's."""
        client = await self._client()
        return text(await client.post("/threads", {"metadata": {_CLIENT_ID: client_id}}), "id")

    async def delete_thread(self, thread_id: str) -> None:
        """Deletes a thread. One that is gone already is no error."""
        await (await self._client()).delete(address("threads", thread_id))

    async def add_message(self, thread_id: str, text: str, file_ids: Iterable[str], client_id: str) -> str:
        """Adds the person's message once: a message already there with this `client_id` is returned."""
        client = await self._client()
        messages = address("threads", thread_id, "messages")
        known = await _find(client, messages, client_id)
        if known:
            return known
        body = {
            "role": "user",
            "content": text or " ",  # services refuse an empty message, even one that brings files
            "attachments": [{"file_id": file_id, "tools": [_TOOL]} for file_id in file_ids],
            "metadata": {_CLIENT_ID: client_id},
        }
        try:
            return shape.text(await client.post(messages, body, once=True), "id")
        except DeskError as error:
            if error.code not in _AMBIGUOUS:
                raise
            known = await _find(client, messages, client_id)
            if not known:
                raise
            return known

    async def start_run(
        self, thread_id: str, assistant_id: str, model: str, client_id: str
    ) -> AsyncGenerator[RunEvent, None]:
        """Starts a run and streams it. The first event carries the run's id.

        Ends after a final state; raises `DeskError(STREAM_DROPPED)` if the stream ends before. Closing the
        iterator does not stop the run.
        """
        client = await self._client()
        body = {"assistant_id": assistant_id, "model": model, "stream": True, "metadata": {_CLIENT_ID: client_id}}
        decoder = StreamDecoder()
        async with aclosing(client.stream(address("threads", thread_id, "runs"), body)) as stream:
            async for name, data in stream:
                for event in decoder.decode(name, data):
                    yield event
                if decoder.is_over:
                    return
        raise DeskError(ErrorCode.STREAM_DROPPED)

    async def find_run(self, thread_id: str, client_id: str) -> str:
        """The id of the run started with this `client_id`, or empty: what to ask after an ambiguous failure."""
        return await _find(await self._client(), address("threads", thread_id, "runs"), client_id)

    async def follow_run(self, thread_id: str, run_id: str) -> AsyncGenerator[RunEvent, None]:
        """Snapshots of a run that is already there, until it is final: what a dropped stream goes on with."""
        client = await self._client()
        seen: dict[str, RunEvent] = {}
        seconds = _FIRST_POLL_SECONDS
        while True:
            state, snapshots = await _poll(client, thread_id, run_id)
            # A final state comes last: it closes what is open.
            events = {item.key: event for item, event in snapshots} | {"": state}
            news = [event for key, event in events.items() if seen.get(key) != event]
            for event in news:
                yield event
            if state.state.is_final:
                return
            seen = events
            seconds = _FIRST_POLL_SECONDS if news else min(seconds * _POLL_GROWTH, _LAST_POLL_SECONDS)
            await asyncio.sleep(seconds)

    async def cancel_run(self, thread_id: str, run_id: str) -> None:
        """Asks the service to stop the run. A run that has ended is no error."""
        client = await self._client()
        run = address("threads", thread_id, "runs", run_id)
        try:
            await client.post(f"{run}/cancel", {})
        except DeskError as error:
            if error.code is not ErrorCode.REQUEST_REFUSED:
                raise
            state = run_state(await client.get(run)).state
            if not state.is_final and state is not RunState.CANCELLING:
                raise

    async def aclose(self) -> None:
        """Ends all connections."""
        async with self._connecting:
            if self._connected is not None:
                await self._connected.aclose()
                self._connected = None

    async def _client(self) -> "Client":
        async with self._connecting:
            if self._connected is None:
                self._connected = await asyncio.to_thread(_connect, self._base_url, self._api_key)
            return self._connected


def _connect(base_url: str, api_key: str) -> "Client":
    from desktop_app.backends.wire.client import Client  # noqa: PLC0415 - takes most of a second

    return Client(base_url, api_key)


async def _find(client: "Client", address: str, client_id: str) -> str:
    """The id of the newest object with this mark, or empty. What is looked for is among the last hundred."""
    newest = await client.page(address, {"order": "desc"})
    marked = (item for item in newest if optional_object(item, "metadata").get(_CLIENT_ID) == client_id)
    return next((shape.text(item, "id") for item in marked), "")


async def _poll(
    client: "Client", thread_id: str, run_id: str
) -> tuple[RunStateChanged, list[tuple[RunItem, RunEvent]]]:
    """The run's state, then what it has made: so nothing of a final run is missing."""
    run = address("threads", thread_id, "runs", run_id)
    state = run_state(await client.get(run))
    steps = await client.pages(f"{run}/steps", {})
    messages = await client.pages(address("threads", thread_id, "messages"), {"run_id": run_id})
    made = items(steps, (message for message in messages if message.get("run_id") == run_id))
    return state, [(item, _snapshot(run_id, item)) for item in made]


def _snapshot(run_id: str, item: RunItem) -> RunEvent:
    return AnswerSnapshot(run_id, item) if isinstance(item, Answer) else CodeSnapshot(run_id, item)
