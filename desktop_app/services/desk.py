"""All services of one window, as the views get them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from desktop_app.domain.connection import ENGINE, ENGINE_ID
from desktop_app.domain.entity import Assistant, Run
from desktop_app.domain.port import Archive, BackendMaker, EngineProcess, Identity, Keychain, Settings
from desktop_app.services.assistant import Assistants
from desktop_app.services.attachment import Attachments
from desktop_app.services.backend_source import Backends
from desktop_app.services.connection import Connections
from desktop_app.services.conversation import Conversation
from desktop_app.services.credential import Credentials
from desktop_app.services.download import Downloads
from desktop_app.services.file import Files
from desktop_app.services.key import Keys
from desktop_app.services.key_place import KeyPlaces
from desktop_app.services.local_engine import ANALYST_MODEL, LocalEngine
from desktop_app.services.model_choice import chosen_model
from desktop_app.services.notice import NoticeBoard
from desktop_app.services.price import Prices
from desktop_app.services.purge import Purge
from desktop_app.services.remote_assistant import RemoteAssistants
from desktop_app.services.remote_thread import RemoteThreads
from desktop_app.services.task import TaskScope
from desktop_app.services.thread import Threads
from desktop_app.services.thread_import import ThreadImport
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
    connections: Connections
    prices: Prices
    thread_import: ThreadImport
    remote_assistants: RemoteAssistants
    remote_threads: RemoteThreads
    notices: NoticeBoard
    settings: Settings


@dataclass(frozen=True, slots=True)
class Outside:
    """What the services work with, as the composition provides it.

    Attributes:
        memory: Keeps the keys that `keychain` does not take, until the program ends.
        opened_folder: Where copies for other programs go.
        environment: The program's, in which keys may stand.
        on_secret: Told every secret, to keep it out of the log.
    """

    archive: Archive
    engine: EngineProcess
    make_backend: BackendMaker
    identity: Identity
    keychain: Keychain
    memory: Keychain
    settings: Settings
    opened_folder: Path
    environment: Mapping[str, str]
    on_secret: Callable[[str], None]


class Desk:
    """Owns the services and the order in which they start and end."""

    def __init__(self, outside: Outside) -> None:
        self._archive = archive = outside.archive
        self._engine = outside.engine
        self._identity = outside.identity
        self._scope = scope = TaskScope()
        self._backends = backends = Backends(outside.engine, outside.make_backend)
        settings = outside.settings
        notices = NoticeBoard()
        scope.failed.connect(notices.post_error)
        keys = Keys(outside.keychain, outside.memory, notices, outside.on_secret)
        credentials = Credentials(keys, outside.identity, outside.on_secret, outside.environment)
        places = KeyPlaces(credentials, keys, settings, scope)
        connections = Connections(archive, backends, credentials, places, settings, scope, outside.environment)
        assistants = Assistants(archive, notices, scope)
        threads = Threads(archive, notices, scope, lambda: connections.current_id)
        transcripts = Transcripts(archive)
        downloads = Downloads(archive, backends, transcripts, notices, scope)
        attachments = Attachments(archive, backends, threads, scope)
        engine = LocalEngine(outside.engine, keys, settings, notices, scope)

        def model_of(assistant: Assistant, connection_id: str) -> str:
            is_here = connection_id == ENGINE_ID
            connection = connections.get(connection_id) or ENGINE
            default = engine.default_model if is_here else connection.model
            listed = {model.id for model in (engine.models if is_here else connections.models(connection_id))}
            return chosen_model(assistant.model, connection.kind, default, listed)

        async def ready(run: Run) -> None:
            if run.connection_id == ENGINE_ID and run.model != ANALYST_MODEL:
                await engine.has_been_told()

        ports = TurnPorts(archive, backends, assistants, threads, transcripts, downloads, model_of, ready)
        self.services = Services(
            assistants,
            threads,
            attachments,
            Conversation(ports, attachments, notices, scope),
            Files(archive, downloads, outside.opened_folder, notices, scope),
            engine,
            connections,
            Prices(settings, notices),
            ThreadImport(archive, backends, assistants, threads, scope),
            RemoteAssistants(archive, backends, assistants, scope),
            RemoteThreads(archive, backends, threads, scope),
            notices,
            settings,
        )

        self._purge = Purge(archive, backends, connections, threads)

    async def start(self) -> None:
        """Reads the archive, then starts the engine and takes up what was going on."""
        deleted = await self._archive.deleted_threads()
        await self.services.connections.load()
        await self.services.assistants.load()
        await self.services.threads.load()
        await self.services.conversation.resume()
        # Last, and nothing is awaited after it: what it has to say finds the window listening.
        self.services.engine.start()
        self._scope.start("purge", self._purge.run(deleted))

    async def aclose(self) -> None:
        """Ends everything; what the person wrote is stored. Runs go on at the next start."""
        self._scope.write(self.services.threads.flush())
        await self._scope.aclose()
        await self._backends.aclose()
        await self._identity.aclose()
        await self._engine.aclose()
        await self._archive.aclose()
