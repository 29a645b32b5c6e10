"""All services of one window, as the views get them."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop_app.domain.entity import Question, Thread
from desktop_app.domain.error import DeskError
from desktop_app.domain.port import Archive, EngineProcess, Keychain, Settings
from desktop_app.services.assistant import Assistants
from desktop_app.services.attachment import Attachments
from desktop_app.services.local_engine import LocalEngine
from desktop_app.services.conversation import Conversation
from desktop_app.services.download import Downloads
from desktop_app.services.file import Files
from desktop_app.services.notice import NoticeBoard
from desktop_app.services.task import TaskScope
from desktop_app.services.thread import Threads
from desktop_app.services.transcript import Transcripts
from desktop_app.services.turn_port import TurnPorts


@dataclass(frozen=True, slots=True)
class Services:
    """What the views are given. Each is used on its own; nobody passes the whole on."""

    assistants: Assistants
    threads: Threads
    attachments: Attachments
    conversation: Conversation
    files: Files
    engine: LocalEngine
    notices: NoticeBoard
    settings: Settings


class Desk:
    """Owns the services and the order in which they start and end."""

    def __init__(
        self,
        archive: Archive,
        engine: EngineProcess,
        keychain: Keychain,
        memory: Keychain,
        settings: Settings,
        opened_folder: Path,
    ) -> None:
        self._archive = archive
        self._engine = engine
        self._scope = scope = TaskScope()
        notices = NoticeBoard()
        scope.failed.connect(notices.post_error)
        assistants = Assistants(archive, notices, scope)
        threads = Threads(archive, notices, scope)
        transcripts = Transcripts(archive)
        downloads = Downloads(archive, engine, transcripts, notices, scope)
        attachments = Attachments(archive, engine, scope)
        connection = LocalEngine(engine, keychain, memory, settings, notices, scope)
        ports = TurnPorts(
            archive,
            engine,
            assistants,
            threads,
            transcripts,
            downloads,
            lambda: connection.default_model,
        )
        self.services = Services(
            assistants,
            threads,
            attachments,
            Conversation(ports, attachments, notices, scope),
            Files(archive, downloads, opened_folder, notices, scope),
            connection,
            notices,
            settings,
        )

    async def start(self) -> None:
        """Reads the archive, then starts the engine and takes up what was going on."""
        deleted = await self._archive.deleted_threads()
        await self.services.assistants.load()
        await self.services.threads.load()
        await self.services.conversation.resume()
        # Last, and nothing is awaited after it: what it has to say finds the window listening.
        self.services.engine.start()
        self._scope.start("purge", self._purge(deleted))

    async def aclose(self) -> None:
        """Ends everything; what the person wrote is stored. Runs go on at the next start."""
        self._scope.write(self.services.threads.flush())
        await self._scope.aclose()
        await self._engine.aclose()
        await self._archive.aclose()

    async def _purge(self, deleted: Sequence[Thread]) -> None:
        """Removes threads deleted in an earlier session, which can no longer be restored: on the service first.

        If that cannot be reached, the next start tries again.
        """
        with contextlib.suppress(DeskError):
            for thread in deleted:
                if thread.remote_id:
                    await self._delete_on_service(thread)
            await self._archive.purge_deleted([thread.id for thread in deleted])

    async def _delete_on_service(self, thread: Thread) -> None:
        """The thread, and what was uploaded for it: on the service files outlive the threads they belong to."""
        backend = await self._engine.backend()
        await backend.delete_thread(thread.remote_id)
        for item in await self._archive.transcript(thread.id):
            if isinstance(item, Question):
                for file in item.files:
                    if file.remote_id:
                        await backend.delete_file(file.remote_id)
