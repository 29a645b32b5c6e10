"""A question's way to the service: its files, its thread, then itself."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile

from desktop_app.domain.connection import ENGINE_ID, RemoteThread
from desktop_app.domain.entity import MessageState, Question, Run, StoredFile, TranscriptItem
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.item_file import files_of
from desktop_app.domain.port import Backend
from desktop_app.services.activity import ActivityKind, ActivityLight
from desktop_app.services.identity import now
from desktop_app.services.patience import Patience
from desktop_app.services.turn_port import TurnPorts
from desktop_app.services.upload import upload


class Delivery:
    """Brings one question that is in the archive to the service, once: what an earlier try left there is used.

    A thread that the service does not have, because it went on elsewhere before or was lost there, begins with what
    was said so far.

    Attributes:
        has_sent_history: Whether the service was told what was said before.
    """

    def __init__(self, ports: TurnPorts, question: Question, light: ActivityLight, patience: Patience) -> None:
        self.has_sent_history = False
        self._ports = ports
        self._question = question
        self._thread_id = question.thread_id
        self._light = light
        self._patience = patience

    async def run(self) -> None:
        """Delivers the question.

        Raises:
            DeskError: The question is as it was when it went wrong; it is up to the caller to mark it.
        """
        is_here = self._connection_id == ENGINE_ID
        self._light.set(ActivityKind.STARTING_ENGINE if is_here else ActivityKind.WAITING_FOR_MODEL)
        backend = await self._ports.backends.of(self._connection_id)
        await self._ports.transcripts.load(self._thread_id)
        await self._keep(replace(self._question, state=MessageState.SENDING, error=None))
        had_thread = bool(self._ports.thread(self._thread_id).remote_id)
        try:
            await self._deliver(backend)
        except DeskError as error:
            if error.code is not ErrorCode.NOT_FOUND or not had_thread:
                raise
            await self._forget_thread()
            await self._deliver(backend)

    async def _deliver(self, backend: Backend) -> None:
        remote_id = self._ports.thread(self._thread_id).remote_id
        history = () if remote_id else tuple(self._history())
        brought = await self._bring(backend, history)
        await self._upload(backend, self._question)
        self._light.set(ActivityKind.WAITING_FOR_MODEL)
        if not remote_id:
            remote_id = await self._make_thread(backend)
        question = self._question
        own = (file for file in question.files if self._is_there(file))  # an imported one may have lost some
        files = (*brought, *own)[-backend.capabilities.max_files :]
        message_id = await self._patience.during(
            lambda: backend.add_message(remote_id, question.text, files, question.id)
        )
        await self._keep(replace(self._question, state=MessageState.SENT, remote_id=message_id))

    async def _bring(self, backend: Backend, history: tuple[TranscriptItem, ...]) -> tuple[StoredFile, ...]:
        """Uploads the files of an earlier conversation. Pictures that the code made are only to be looked at."""
        brought: dict[str, StoredFile] = {}
        for item in history:
            if isinstance(item, Question):
                await self._upload(backend, item)
                kept = self._ports.transcripts.item(self._thread_id, item.id)
                files = kept.files if isinstance(kept, Question) else ()
                brought |= {file.id: file for file in files if self._is_there(file)}
                continue
            for file in (file for part in item.items for file in files_of(part)):
                if file.sha256 and file.id not in brought and not file.media_type.startswith("image/"):
                    brought[file.id] = await self._uploaded(backend, replace(file, remote_id=""))
        return tuple(brought.values())

    async def _upload(self, backend: Backend, question: Question) -> None:
        for place, file in enumerate(question.files):
            if file.sha256 and not self._is_there(file):
                self._light.set(ActivityKind.UPLOADING, place + 1, len(question.files))
                uploaded = await self._uploaded(backend, file)
                question = replace(question, files=(*question.files[:place], uploaded, *question.files[place + 1 :]))
                await self._keep(question)

    def _is_there(self, file: StoredFile) -> bool:
        return bool(file.remote_id) and file.connection_id == self._connection_id

    async def _uploaded(self, backend: Backend, file: StoredFile) -> StoredFile:
        return await self._patience.during(lambda: upload(backend, self._ports.archive, self._connection_id, file))

    async def _make_thread(self, backend: Backend) -> str:
        history = tuple(self._history())
        remote_id = await self._patience.during(lambda: backend.create_thread(self._thread_id, history))
        await self._ports.archive.save_remote_thread(
            RemoteThread(self._connection_id, remote_id, self._thread_id, now())
        )
        await self._ports.threads.store(replace(self._ports.thread(self._thread_id), remote_id=remote_id))
        self.has_sent_history = bool(history)
        return remote_id

    async def _forget_thread(self) -> None:
        """What the service does not have any more, files included, is brought there anew."""
        await self._ports.threads.store(replace(self._ports.thread(self._thread_id), remote_id=""))
        for question in (*self._history(), self._question):
            if isinstance(question, Question):
                files = tuple(replace(file, remote_id="") for file in question.files)
                await self._keep(replace(question, files=files))

    def _history(self) -> Iterator[TranscriptItem]:
        """What the service could know: not what was never sent."""
        items = takewhile(lambda item: item.id != self._question.id, self._ports.transcripts.items(self._thread_id))
        return (item for item in items if isinstance(item, Run) or item.state is MessageState.SENT)

    @property
    def _connection_id(self) -> str:
        return self._ports.thread(self._thread_id).connection_id

    async def _keep(self, question: Question) -> None:
        await keep_question(self._ports, question)
        if question.id == self._question.id:
            self._question = question


async def keep_question(ports: TurnPorts, question: Question) -> Question:
    """Shows a question's new value and stores it; it is shown even if it cannot be stored."""
    ports.transcripts.put(question)
    await ports.archive.save_question(question)
    return question
