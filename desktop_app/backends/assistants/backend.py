"""The port of the services, on a service of the Assistants shape."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qsl, urlsplit

from desktop_app.backends.assistants import check
from desktop_app.backends.assistants.decode import remote_assistant, run_state, stored_file
from desktop_app.backends.assistants.origin import Origin
from desktop_app.backends.assistants.poll import follow
from desktop_app.backends.assistants.stream import StreamDecoder
from desktop_app.backends.assistants.thread_copy import read_thread
from desktop_app.backends.wire import shape
from desktop_app.backends.wire.doubt import may_have_arrived
from desktop_app.backends.wire.history import messages
from desktop_app.backends.wire.shape import Json, address, objects, optional_object, optional_text, text
from desktop_app.domain.connection import (
    ENGINE_ID,
    Connection,
    ConnectionKind,
    ConnectionReport,
    Network,
    RemoteAssistant,
    SignIn,
)
from desktop_app.domain.entity import Assistant, RunState, StoredFile, ThreadCopy, TranscriptItem
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.event import LimitsSeen, RunEvent
from desktop_app.domain.port import Capabilities, Credential, ModelInfo, Progress, RunRequest

if TYPE_CHECKING:
    from desktop_app.backends.wire.client import Client

_TOOL = {"type": "code_interpreter"}
_OUR_TOOLS = ("code_interpreter", "function")
"""What a definition decides. Functions would have to be served here, and there are none."""

_HEADERS = {"OpenAI-Beta": "assistants=v2"}
_CLIENT_ID = "client_id"
_MAX_NAME = 256
_MAX_DESCRIPTION = 512
_MAX_CHARACTERS = 256_000
_MAX_FIRST_MESSAGES = 32  # that a thread can be created with

_UNLISTED = ("404", "405")
"""What a service answers that has no list of models."""

_CAPABILITIES = Capabilities(
    max_file_bytes=512 * 1024**2,
    max_files=20,
    max_message_characters=_MAX_CHARACTERS,
    can_resume=False,
    has_assistants=True,
)


class AssistantsBackend:
    """Implements `domain.port.Backend`. The SDK is imported, in a thread, when it is first used."""

    def __init__(self, connection: Connection, credential: Credential, network: Network) -> None:
        """The connection's address ends before `/assistants`: `http://127.0.0.1:8000/v1`."""
        self._connection = connection
        self._credential = credential
        self._network = network
        self._origin = Origin(connection.id)
        self._connected: Client | None = None
        self._connecting = asyncio.Lock()
        self._is_closed = False

    @classmethod
    def local(cls, base_url: str, key: str) -> Self:
        """The backend of this computer's own engine."""

        async def credential() -> str:
            return key

        return cls(
            Connection(ENGINE_ID, ConnectionKind.ENGINE, "", base_url, sign_in=SignIn.NONE), credential, Network()
        )

    @property
    def capabilities(self) -> Capabilities:
        """The limits of the Assistants API; its streams cannot be resumed, only polled."""
        return _CAPABILITIES

    async def check(self, model: str) -> ConnectionReport:
        """Lists assistants and models and, if one is named, lets the model answer; leaves nothing behind."""
        models: tuple[ModelInfo, ...] = ()
        try:
            client = await self._client()
            await check.reach(client)
            with contextlib.suppress(DeskError):
                models = await self.list_models()
            if model:
                await check.ask(client, model, self._network.silence_seconds)
        except DeskError as error:
            return ConnectionReport(tuple(each.id for each in models), error.info)
        return ConnectionReport(tuple(each.id for each in models), is_model_tested=bool(model))

    async def list_models(self) -> tuple[ModelInfo, ...]:
        """Every model; none where the service has no such list. Agent Service lists its deployments."""
        client = await self._client()
        if self._connection.kind is ConnectionKind.AGENT_SERVICE:
            return await _deployments(client)
        try:
            listed = objects(await client.get("/models"), "data")
        except DeskError as error:
            if error.info.data.get("status") not in _UNLISTED:
                raise
            return ()
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
        text(info, "filename")
        return self._origin.of_file(stored_file(file_id, info))

    async def download(self, file_id: str, target: Path, progress: Progress) -> None:
        """Writes a file's bytes to `target`, which must not exist and is there only if all of them came."""
        await (await self._client()).download(address("files", file_id, "content"), target, progress)

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
        }
        tools = [_TOOL] if assistant.code_interpreter else []
        if remote_id:
            place = address("assistants", remote_id)
            try:
                # One that was taken over keeps its metadata, and the tools that are served there.
                there = objects(await client.get(place), "tools")
                kept = [tool for tool in there if tool.get("type") not in _OUR_TOOLS]
                return text(await client.post(place, {**body, "tools": [*tools, *kept]}, once=False), "id")
            except DeskError as error:
                if error.code is not ErrorCode.NOT_FOUND:
                    raise
        return text(
            await client.post("/assistants", {**body, "tools": tools, "metadata": {_CLIENT_ID: assistant.id}}), "id"
        )

    async def list_assistants(self) -> tuple[RemoteAssistant, ...]:
        """Every assistant that the service keeps, newest first."""
        listed = await (await self._client()).pages("/assistants", {"order": "desc"})
        return tuple(map(remote_assistant, listed))

    async def delete_assistant(self, assistant_id: str) -> None:
        """Deletes an assistant on the service. One that is gone already is no error."""
        await (await self._client()).delete(address("assistants", assistant_id))

    async def create_thread(self, client_id: str, history: Sequence[TranscriptItem] = ()) -> str:
        """Creates a thread marked with the app's id and returns the service's; whole, or not at all.

        `history` becomes its first messages.
        """
        client = await self._client()
        told = [{"role": role, "content": words} for role, words in messages(history, _MAX_CHARACTERS)]
        body: Json = {"metadata": {_CLIENT_ID: client_id}}
        if told:
            body["messages"] = told[:_MAX_FIRST_MESSAGES]
        thread_id = text(await client.post("/threads", body), "id")
        try:
            for message in told[_MAX_FIRST_MESSAGES:]:
                await client.post(address("threads", thread_id, "messages"), message)
        except BaseException:  # stopped in the middle, too: nobody has its id yet
            with contextlib.suppress(DeskError):
                await self.delete_thread(thread_id)
            raise
        return thread_id

    async def delete_thread(self, thread_id: str) -> None:
        """Deletes a thread. One that is gone already is no error."""
        await (await self._client()).delete(address("threads", thread_id))

    async def read_thread(self, thread_id: str) -> ThreadCopy:
        """A whole thread, all pages, as its service has it.

        Raises:
            DeskError: NOT_FOUND, among others.
        """
        return await read_thread(await self._client(), thread_id, self._connection.id)

    async def add_message(self, thread_id: str, text: str, files: Iterable[StoredFile], client_id: str) -> str:
        """Adds the person's message once: a message already there with this `client_id` is returned."""
        client = await self._client()
        place = address("threads", thread_id, "messages")
        known = await _find(client, place, client_id)
        if known:
            return known
        body = {
            "role": "user",
            "content": text or " ",  # services refuse an empty message, even one that brings files
            "attachments": [{"file_id": file.remote_id, "tools": [_TOOL]} for file in files],
            "metadata": {_CLIENT_ID: client_id},
        }
        try:
            return shape.text(await client.post(place, body), "id")
        except DeskError as error:
            if not may_have_arrived(error):
                raise
            known = await _find(client, place, client_id)
            if not known:
                raise
            return known

    async def start_run(self, request: RunRequest) -> AsyncGenerator[RunEvent, None]:
        """Starts a run and streams it. The first event carries the run's id.

        Ends after a final state; raises `DeskError(STREAM_DROPPED)` if the stream ends before. Closing the
        iterator does not stop the run.
        """
        client = await self._client()
        body: Json = {"assistant_id": request.assistant_id, "stream": True, "metadata": {_CLIENT_ID: request.client_id}}
        if request.model:
            body["model"] = request.model
        decoder = StreamDecoder()
        limits_told = False
        async with aclosing(client.stream(address("threads", request.thread_id, "runs"), body)) as stream:
            async for name, data in stream:
                for event in decoder.decode(name, data):
                    yield self._origin.of_event(event)
                    if stream.limits is not None and not limits_told:
                        limits_told = True
                        yield LimitsSeen(event.run_id, stream.limits)
                if decoder.is_over:
                    return
        raise DeskError(ErrorCode.STREAM_DROPPED)

    async def find_run(self, thread_id: str, client_id: str) -> str:
        """The id of the run started with this `client_id`, or empty: what to ask after an ambiguous failure."""
        return await _find(await self._client(), address("threads", thread_id, "runs"), client_id)

    async def follow_run(self, thread_id: str, run_id: str) -> AsyncGenerator[RunEvent, None]:
        """Snapshots of a run that is already there, until it is final: what a dropped stream goes on with."""
        async with aclosing(follow(await self._client(), thread_id, run_id)) as events:
            async for event in events:
                yield self._origin.of_event(event)

    async def cancel_run(self, thread_id: str, run_id: str) -> None:
        """Asks the service to stop the run. A run that has ended is no error."""
        client = await self._client()
        run = address("threads", thread_id, "runs", run_id)
        try:
            await client.post(f"{run}/cancel", {}, once=False)
        except DeskError as error:
            if error.code is not ErrorCode.REQUEST_REFUSED:
                raise
            state = run_state(await client.get(run)).state
            if not state.is_final and state is not RunState.CANCELLING:
                raise

    async def aclose(self) -> None:
        """Ends all connections. Whoever still asks gets CONNECTION_FAILED."""
        async with self._connecting:
            self._is_closed = True
            if self._connected is not None:
                await self._connected.aclose()

    async def _client(self) -> "Client":
        async with self._connecting:
            if self._is_closed:
                raise DeskError(ErrorCode.CONNECTION_FAILED, "the connection was closed here")
            if self._connected is None:
                self._connected = await asyncio.to_thread(self._connect)
            return self._connected

    def _connect(self) -> "Client":
        from desktop_app.backends.wire.client import Client  # noqa: PLC0415 - takes most of a second

        is_agents = self._connection.kind is ConnectionKind.AGENT_SERVICE
        query = {"api-version": "v1"} if is_agents else {}
        return Client(self._connection.base_url, self._credential, self._network, query=query, headers=_HEADERS)


async def _find(client: "Client", address: str, client_id: str) -> str:
    """The id of the newest object with this mark, or empty. What is looked for is among the last hundred."""
    newest = await client.page(address, {"order": "desc"})
    marked = (item for item in newest if optional_object(item, "metadata").get(_CLIENT_ID) == client_id)
    return next((shape.text(item, "id") for item in marked), "")


async def _deployments(client: "Client") -> tuple[ModelInfo, ...]:
    """The models that a project can use, under the names by which it does.

    Source: "Deployments - List" of Foundry's project REST API, version v1.
    """
    found: list[ModelInfo] = []
    seen: set[str] = set()
    link = "?"
    while link and link not in seen:
        seen.add(link)
        page = await client.get("/deployments", dict(parse_qsl(urlsplit(link).query)))
        found += [
            ModelInfo(text(each, "name"), optional_text(each, "modelPublisher")) for each in objects(page, "value")
        ]
        link = optional_text(page, "nextLink")
    return tuple(found)
