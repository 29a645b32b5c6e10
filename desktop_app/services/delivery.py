"""A question's way to the service: its files, its thread, then itself."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from desktop_app.domain.connection import ENGINE_ID, RemoteThread
from desktop_app.domain.entity import (
    MessageState,
    Question,
    Remark,
    RemarkKind,
    Run,
    StoredFile,
    TranscriptItem,
)
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
        remarks: What the transcript shall say of it.
    """

    def __init__(self, ports: TurnPorts, question: Question, light: ActivityLight, patience: Patience) -> None:
        self.remarks: tuple[Remark, ...] = ()
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
        await self._backend()
        await self._ports.transcripts.load(self._thread_id)
        await self._keep(replace(self._question, state=MessageState.SENDING, error=None))
        had_thread = bool(self._ports.thread(self._thread_id).remote_id)
        try:
            await self._deliver()
        except DeskError as error:
            if error.code is not ErrorCode.NOT_FOUND or not had_thread:
                raise
            await self._forget_thread()
            await self._deliver()

    async def _deliver(self) -> None:
        remote_id = self._ports.thread(self._thread_id).remote_id
        history = () if remote_id else tuple(self._history())
        brought = await self._bring(history)
        await self._upload(self._question)
        self._light.set(ActivityKind.WAITING_FOR_MODEL)
        if not remote_id:
            remote_id = await self._make_thread(history)
        if not history:
            await self._use_thread(remote_id)
        message_id = await self._patience.during(lambda: self._add_message(remote_id, brought))
        # A thread that begins with what was said before is no thread to go on with until it has its files, too.
        await self._use_thread(remote_id)
        await self._keep(replace(self._question, state=MessageState.SENT, remote_id=message_id))
        self.remarks = self._remarks(history)

    async def _bring(self, history: Iterable[TranscriptItem]) -> tuple[StoredFile, ...]:
        """Uploads the files of an earlier conversation. Pictures that the code made are only to be looked at."""
        brought: dict[str, StoredFile] = {}
        for item in history:
            if isinstance(item, Question):
                await self._upload(item)
                kept = self._ports.transcripts.item(self._thread_id, item.id)
                files = kept.files if isinstance(kept, Question) else ()
                brought |= {file.id: file for file in files if self._is_there(file)}
                continue
            for file in _made(item):
                if file.sha256 and file.id not in brought:
                    brought[file.id] = await self._uploaded(replace(file, remote_id=""))
        return tuple(brought.values())

    async def _upload(self, question: Question) -> None:
        for place, file in enumerate(question.files):
            if file.sha256 and not self._is_there(file):
                self._light.set(ActivityKind.UPLOADING, place + 1, len(question.files))
                uploaded = await self._uploaded(file)
                question = replace(question, files=(*question.files[:place], uploaded, *question.files[place + 1 :]))
                await self._keep(question)

    async def _uploaded(self, file: StoredFile) -> StoredFile:
        async def work() -> StoredFile:
            return await upload(await self._backend(), self._ports.archive, self._connection_id, file)

        return await self._patience.during(work)

    async def _make_thread(self, history: Sequence[TranscriptItem]) -> str:
        async def work() -> str:
            return await (await self._backend()).create_thread(self._thread_id, history)

        remote_id = await self._patience.during(work)
        thread = RemoteThread(self._connection_id, remote_id, self._thread_id, now())
        await self._ports.archive.save_remote_thread(thread)
        return remote_id

    async def _use_thread(self, remote_id: str) -> None:
        thread = self._ports.thread(self._thread_id)
        if thread.remote_id != remote_id:
            await self._ports.threads.store(replace(thread, remote_id=remote_id))

    async def _add_message(self, remote_id: str, brought: Iterable[StoredFile]) -> str:
        backend, question = await self._backend(), self._question
        own = (file for file in question.files if self._is_there(file))  # an imported one may have lost some
        files = (*brought, *own)[-backend.capabilities.max_files :]
        return await backend.add_message(remote_id, question.text, files, question.id)

    async def _forget_thread(self) -> None:
        """What the service does not have any more, files included, is brought there anew."""
        await self._use_thread("")
        for question in (*self._history(), self._question):
            if isinstance(question, Question):
                files = tuple(replace(file, remote_id="") for file in question.files)
                await self._keep(replace(question, files=files))

    def _remarks(self, history: Sequence[TranscriptItem]) -> tuple[Remark, ...]:
        told = (Remark("history-sent", RemarkKind.HISTORY_SENT),) if history else ()
        lost: dict[str, str] = {}
        for item in (*history, self._question):
            files = item.files if isinstance(item, Question) else _made(item)
            lost |= {file.id: file.name for file in files if not (file.sha256 or self._is_there(file))}
        if not lost:
            return told
        names = ", ".join(dict.fromkeys(lost.values()))
        return (*told, Remark("files-not-here", RemarkKind.FILES_LOST, {"names": names}))

    def _history(self) -> Iterator[TranscriptItem]:
        """What the service could know: not what was never sent."""
        items = takewhile(lambda item: item.id != self._question.id, self._ports.transcripts.items(self._thread_id))
        return (item for item in items if isinstance(item, Run) or item.state is MessageState.SENT)

    def _is_there(self, file: StoredFile) -> bool:
        return bool(file.remote_id) and file.connection_id == self._connection_id

    @property
    def _connection_id(self) -> str:
        return self._ports.thread(self._thread_id).connection_id

    async def _backend(self) -> Backend:
        """Asked for before each request: the connection may have been changed since."""
        return await self._ports.backends.of(self._connection_id)

    async def _keep(self, question: Question) -> None:
        await keep_question(self._ports, question)
        if question.id == self._question.id:
            self._question = question


def _made(run: Run) -> Iterator[StoredFile]:
    """The files that a run offers."""
    files = (file for item in run.items for file in files_of(item))
    return (file for file in files if not file.media_type.startswith("image/"))


async def keep_question(ports: TurnPorts, question: Question) -> Question:
    """Shows a question's new value and stores it; it is shown even if it cannot be stored."""
    ports.transcripts.put(question)
    await ports.archive.save_question(question)
    return question
