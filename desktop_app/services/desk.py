"""All services of one window, as the views get them."""

from dataclasses import dataclass
from pathlib import Path

from desktop_app.domain.port import Archive, EngineProcess, Keychain, Settings
from desktop_app.services.assistant import Assistants
from desktop_app.services.attachment import Attachments
from desktop_app.services.connection import Connection
from desktop_app.services.conversation import Conversation
from desktop_app.services.download import Downloads
from desktop_app.services.file import Files
from desktop_app.services.notice import NoticeBoard
from desktop_app.services.task import TaskScope
from desktop_app.services.thread import Threads
from desktop_app.services.transcript import Transcripts
from desktop_app.services.turn import TurnPorts


@dataclass(frozen=True, slots=True)
class Services:
    """What the views are given. Each is used on its own; nobody passes the whole on."""

    assistants: Assistants
    threads: Threads
    attachments: Attachments
    conversation: Conversation
    files: Files
    connection: Connection
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
        connection = Connection(engine, keychain, memory, settings, notices, scope)
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
        await self.services.assistants.load()
        await self.services.threads.load()
        self.services.connection.start()
        await self.services.conversation.resume()
        self._scope.start("purge", self._purge())

    async def aclose(self) -> None:
        """Ends everything; what the person wrote is stored. Runs go on at the next start."""
        await self.services.threads.flush()
        await self._scope.aclose()
        await self._engine.aclose()
        await self._archive.aclose()

    async def _purge(self) -> None:
        """Threads deleted in an earlier session can no longer be restored: they go on the service as well."""
        threads = await self._archive.purge_deleted()
        if threads:
            backend = await self._engine.backend()
            for thread in threads:
                if thread.remote_id:
                    await backend.delete_thread(thread.remote_id)
