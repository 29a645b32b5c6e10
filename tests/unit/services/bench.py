"""All services over real parts: a real archive, a real engine over HTTP, real settings."""

import sqlite3
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

from openai.types.beta.threads import Message
from openai.types.beta.threads import Run as RemoteRun

from desktop_app.app.composition import make_backend
from desktop_app.domain.connection import Connection, DeviceCode, Network
from desktop_app.domain.entity import Answer, CodeStep, Question, Run, TextPart, TranscriptItem
from desktop_app.domain.port import Backend, Credential, Identity, Keychain
from desktop_app.services.desk import Desk, Outside, Services
from desktop_app.services.notice import Notice
from desktop_app.stores.archive import SqliteArchive
from desktop_app.stores.keychain import MemoryKeychain
from desktop_app.stores.settings import JsonSettings
from tests.harness.wait import until
from tests.unit.services.engine import LocalEngine
from tests.unit.services.player import Player


class Tokens(Identity):
    """Signs everybody in, with a new token for each request."""

    def __init__(self) -> None:
        self.given = 0
        self.forgotten: list[str] = []
        self.network = Network()

    def credential(self, connection: Connection, show_code: Callable[[DeviceCode], None]) -> Credential:
        del show_code  # nobody has to type anything

        async def token() -> str:
            self.given += 1
            return f"token-{self.given}-of-{connection.id}"

        return token

    def use_network(self, network: Network) -> None:
        self.network = network

    async def forget(self, connection_id: str) -> None:
        self.forgotten.append(connection_id)

    async def aclose(self) -> None:
        """Nothing is going on."""


class Bench:
    """What a test works with. `start` and `end` are one session of the program; there may be several.

    Attributes:
        environment: The variables in which keys may stand.
        secrets: What has to be kept out of logs.
        notices: Everything posted in this session.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.player = Player()
        self.engine = LocalEngine(folder / "engine", self.player)
        self.keychain: Keychain = MemoryKeychain()
        self.memory = MemoryKeychain()
        self.identity = Tokens()
        self.environment: dict[str, str] = {}
        self.secrets: list[str] = []
        self.archive: SqliteArchive
        self.desk: Desk
        self.notices: list[Notice] = []

    async def open(self) -> None:
        """Makes the services, without starting them."""
        self.archive = await SqliteArchive.open(self.folder / "archive")
        settings = JsonSettings(self.folder / "settings.json")
        outside = Outside(
            archive=self.archive,
            engine=self.engine,
            make_backend=make_backend,
            identity=self.identity,
            keychain=self.keychain,
            memory=self.memory,
            settings=settings,
            opened_folder=self.folder / "opened",
            environment=self.environment,
            on_secret=self.secrets.append,
        )
        self.desk = Desk(outside)
        self.notices = []
        self.services.notices.posted.connect(self.notices.append)

    async def start(self) -> None:
        """Begins a session."""
        await self.open()
        await self.desk.start()

    async def restart(self) -> None:
        """Ends the session and begins another one."""
        await self.desk.aclose()
        await self.start()

    @property
    def services(self) -> Services:
        return self.desk.services

    def backend(self, connection: Connection, key: str) -> Backend:
        """A backend of one's own, to look at what a service has."""

        async def credential() -> str:
            return key

        return make_backend(connection, credential, Network())

    def new_thread(self) -> str:
        """A thread of its own."""
        thread = self.services.threads.create(self.services.assistants.default.id)
        self.services.threads.rename(thread.id, f"Thread {len(self.services.threads.items)}")
        self.services.conversation.open(thread.id)
        return thread.id

    def ask(self, thread_id: str, text: str) -> None:
        """Asks, and does not wait."""
        assert self.services.conversation.ask(thread_id, text)

    async def idle(self, thread_id: str) -> None:
        """Waits for the turn's end."""
        await until(lambda: not self.services.conversation.is_busy(thread_id), seconds=20)

    async def answer(self, thread_id: str, text: str) -> Run:
        """Opens a thread, asks, and waits for the run."""
        self.services.conversation.open(thread_id)
        self.ask(thread_id, text)
        await self.idle(thread_id)
        return self.run(thread_id)

    def item(self, thread_id: str) -> TranscriptItem:
        """The newest one."""
        return self.services.conversation.transcript(thread_id)[-1]

    def run(self, thread_id: str) -> Run:
        """The newest item, which is a run."""
        item = self.item(thread_id)
        assert isinstance(item, Run)
        return item

    def question(self, thread_id: str) -> Question:
        """The newest item, which is a question."""
        item = self.item(thread_id)
        assert isinstance(item, Question)
        return item

    def text(self, thread_id: str) -> str:
        """What the newest run has answered so far."""
        return text_of(self.item(thread_id))

    def has_code(self, thread_id: str) -> bool:
        """Whether the newest run has a step that has printed something."""
        item = self.item(thread_id)
        return isinstance(item, Run) and any(isinstance(step, CodeStep) and step.outputs for step in item.items)

    async def remote(self, thread_id: str) -> tuple[list[Message], list[RemoteRun]]:
        """The person's messages, and the runs, as the engine lists them; oldest first."""
        await self.engine.backend()
        thread = self.services.threads.find(thread_id)
        assert thread is not None
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            threads = self.engine.client.beta.threads
            messages = threads.messages.list(thread.remote_id, order="asc", limit=100)
            runs = threads.runs.list(thread.remote_id, order="asc", limit=100)
        asked = [message async for message in messages if message.role == "user"]
        return asked, [run async for run in runs]

    def stored(self, statement: str, *parameters: str) -> str:
        """One value of the archive, read by a connection of its own; empty if there is none."""
        with closing(sqlite3.connect(self.folder / "archive" / "archive.sqlite")) as connection:
            row = connection.execute(statement, parameters).fetchone()
        return str(row[0]) if row else ""

    def codes(self) -> list[str]:
        """The errors that were posted."""
        return [notice.error.code for notice in self.notices if notice.error is not None]


def text_of(item: TranscriptItem) -> str:
    """The text of a run's answers, or of a question."""
    if isinstance(item, Question):
        return item.text
    parts = [part for answer in item.items if isinstance(answer, Answer) for part in answer.parts]
    return "".join(part.text for part in parts if isinstance(part, TextPart))


@asynccontextmanager
async def benched(folder: Path) -> AsyncIterator[Bench]:
    """A bench, started; ended and cleared away afterwards."""
    bench = Bench(folder)
    await bench.start()
    try:
        yield bench
    finally:
        bench.engine.may_start.set()
        await bench.desk.aclose()
