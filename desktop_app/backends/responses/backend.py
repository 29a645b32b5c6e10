"""The port of the services, on a service of the Responses shape: Responses, Conversations, Containers, Files."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from desktop_app.backends.responses import check
from desktop_app.backends.responses.message import MOST_CHARACTERS, message, messages_before
from desktop_app.backends.responses.request import Requests
from desktop_app.backends.responses.run import Listening
from desktop_app.backends.responses.service import ResponsesService, connect
from desktop_app.backends.responses.silent_run import is_silent
from desktop_app.backends.responses.starter import Starter
from desktop_app.backends.responses.stream import ResponseDecoder
from desktop_app.backends.responses.thread_copy import thread_copy
from desktop_app.domain.connection import Connection, ConnectionReport, Network, RemoteAssistant
from desktop_app.domain.entity import Assistant, StoredFile, ThreadCopy, TranscriptItem
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.event import RemarkMade, RunEvent
from desktop_app.domain.port import Capabilities, Credential, LocalFile, ModelInfo, Progress, RunRequest

_CAPABILITIES = Capabilities(
    max_file_bytes=512 * 1024**2,
    max_files=50,
    max_message_characters=MOST_CHARACTERS,
    can_resume=True,
)


class ResponsesBackend:
    """Implements `domain.port.Backend`. The SDK is imported, in a thread, when it is first used.

    A thread is a conversation, a run is a response in it; assistants are definitions that live here.
    """

    def __init__(self, connection: Connection, credential: Credential, network: Network) -> None:
        """The connection's address ends before `/responses`: `https://api.openai.com/v1`."""
        self._connection = connection
        self._credential = credential
        self._network = network
        self._requests = Requests(connection)
        self._attached: dict[str, dict[str, StoredFile]] = {}  # files of messages by thread
        self._begun: dict[str, str] = {}  # runs by the app's ids
        self._connected: ResponsesService | None = None
        self._connecting = asyncio.Lock()
        self._is_closed = False

    @property
    def capabilities(self) -> Capabilities:
        """The limits of Responses and containers; streams go on where they broke."""
        return _CAPABILITIES

    async def check(self, model: str) -> ConnectionReport:
        """Lists models and, if one is named, lets it answer; leaves nothing behind."""
        try:
            return await check.check((await self._service()).client, self._requests, model)
        except DeskError as error:
            return ConnectionReport(error=error.info)

    async def list_models(self) -> tuple[ModelInfo, ...]:
        """Every model that the service lists; Azure lists those that could be deployed. This listing has no pages."""
        return await check.list_models((await self._service()).client)

    async def upload(self, path: Path, name: str, progress: Progress) -> str:
        """Uploads a file and returns its id. Cancelling the task stops it."""
        return await (await self._service()).files.upload(path, name, progress)

    async def delete_file(self, file_id: str) -> None:
        """Deletes a file. One that is gone already is no error."""
        await (await self._service()).files.delete(file_id)

    async def file_info(self, file_id: str) -> StoredFile:
        """Name, size and type of a file, without its bytes (`id` equals `remote_id`)."""
        return await (await self._service()).files.info(file_id)

    async def download(self, file_id: str, target: Path, progress: Progress) -> None:
        """Writes a file's bytes to `target`, which must not exist and is there only if all of them came."""
        await (await self._service()).files.download(file_id, target, progress)

    async def put_assistant(self, assistant: Assistant, model: str, remote_id: str = "") -> str:  # noqa: ARG002 - the port's
        """The definition's own id: the service keeps none, each run brings it along."""
        return assistant.id

    async def list_assistants(self) -> tuple[RemoteAssistant, ...]:
        """None: the service keeps none."""
        return ()

    async def delete_assistant(self, assistant_id: str) -> None:
        """Does nothing: the service keeps none."""

    async def create_thread(self, client_id: str, history: Sequence[TranscriptItem] = ()) -> str:
        """Creates a conversation marked with the app's id, which begins with `history`, and returns the service's."""
        return await (await self._service()).conversations.create(client_id, messages_before(history))

    async def delete_thread(self, thread_id: str) -> None:
        """Deletes a conversation. One that is gone already is no error."""
        self._attached.pop(thread_id, None)
        await (await self._service()).conversations.delete(thread_id)

    async def read_thread(self, thread_id: str) -> ThreadCopy:
        """The whole conversation, all pages.

        Raises:
            DeskError: NOT_FOUND, among others.
        """
        service = await self._service()
        conversation = await service.conversations.read(thread_id)
        listed = await service.conversations.items(thread_id)
        await service.links.cite(listed)
        return thread_copy(conversation, listed, service.source(thread_id))

    async def add_message(self, thread_id: str, text: str, files: Iterable[StoredFile], client_id: str) -> str:
        """Adds the person's message once: a message already there with this `client_id` is returned."""
        service, files = await self._service(), tuple(files)
        conversations = service.conversations
        try:
            message_id = await conversations.add_message(thread_id, message(text, files), client_id)
        except DeskError as error:
            plain = message(text, files, has_pictures=False)
            if error.code is not ErrorCode.REQUEST_REFUSED or plain == message(text, files):
                raise
            # Not every service takes every picture to be looked at; for the code it is there all the same.
            message_id = await conversations.add_message(thread_id, plain, client_id)
        self._attached.setdefault(thread_id, {}).update({file.remote_id: file for file in files})
        return message_id

    async def start_run(self, request: RunRequest) -> AsyncGenerator[RunEvent, None]:
        """Starts a run and streams it. The first event carries the run's id.

        Ends after a final state; raises `DeskError(STREAM_DROPPED)` if the stream ends before. Closing the iterator
        does not stop a run in the background; where the service has no such runs it does.
        """
        service = await self._service()
        starter = Starter(service, self._requests, self._with_attached(request))
        run, stream, first = await starter.start()
        remarks = starter.remarks
        async with aclosing(service.runs.begin(run, stream, first)) as events:
            async for event in events:
                self._begun[request.client_id] = event.run_id
                yield event
                for remark in remarks:
                    yield RemarkMade(event.run_id, remark)
                remarks = ()

    async def find_run(self, thread_id: str, client_id: str) -> str:
        """The id of the run started with this `client_id`, or empty: what to ask after an ambiguous failure.

        A run whose own id was never heard has one that stands for what came after the question.
        """
        if client_id in self._begun:
            return self._begun[client_id]
        return await (await self._service()).silent_runs.find(thread_id, client_id)

    async def follow_run(self, thread_id: str, run_id: str) -> AsyncGenerator[RunEvent, None]:
        """A run that is already there, until it is final: goes on where its stream broke, else begins anew."""
        service = await self._service()
        if is_silent(run_id):
            events = service.silent_runs.follow(thread_id, run_id)
        else:
            events = service.runs.follow(Listening(ResponseDecoder(service.source, run_id), is_background=True))
        async with aclosing(events):
            async for event in events:
                yield event

    async def cancel_run(self, thread_id: str, run_id: str) -> None:
        """Stops a run; what it has made stays. A run that has ended is no error."""
        if not is_silent(run_id):
            service = await self._service()
            await service.runs.cancel(run_id)
            service.conversations.stop(thread_id)

    async def aclose(self) -> None:
        """Ends all connections. Whoever still asks gets CONNECTION_FAILED."""
        async with self._connecting:
            self._is_closed = True
            if self._connected is not None:
                await self._connected.client.aclose()

    def _with_attached(self, request: RunRequest) -> RunRequest:
        """Everything that messages brought along is there for the code, also what is not here any more."""
        here = {local.file.remote_id for local in request.files}
        attached = self._attached.get(request.thread_id, {}).values()
        missing = tuple(LocalFile(file, Path()) for file in attached if file.remote_id not in here)
        return replace(request, files=(*missing, *request.files))

    async def _service(self) -> ResponsesService:
        async with self._connecting:
            if self._is_closed:
                raise DeskError(ErrorCode.CONNECTION_FAILED, "the connection was closed here")
            if self._connected is None:
                self._connected = await asyncio.to_thread(connect, self._connection, self._credential, self._network)
            return self._connected
