"""A conversation with a backend under test, and what is made of its events."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace

from desktop_app.domain.entity import Answer, Assistant, CodeStep, Run, RunItem, StoredFile, TextPart
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.event import RunEvent
from desktop_app.domain.item_file import map_files
from desktop_app.domain.port import Backend, LocalFile, RunRequest
from desktop_app.domain.reduce import apply
from tests.contract.scenario import Code, Say

NEW = Run("run", "thread", "question", "Analyst", "model", created_at=1.0)
ASSISTANT = Assistant("assistant", "Analyst", "Looks at data", "Be brief.")
MODEL = "scripted"

WHOLE = (
    Code("frame.plot()", logs="two rows\n", picture=True),
    Code("frame.to_csv('made.csv')", saves="made.csv"),
    Say("Here is [the table](sandbox:/mnt/data/made.csv)."),
)


def ignore(_done: int, _total: int) -> None:
    """For tests that do not look at the progress."""


class Chat:
    """One thread of a backend, and the assistant that answers in it."""

    def __init__(self, backend: Backend, thread_id: str, assistant_id: str) -> None:
        self.backend = backend
        self.thread_id = thread_id
        self._assistant_id = assistant_id

    @classmethod
    async def begin(cls, backend: Backend, text: str = "Plot it") -> "Chat":
        assistant_id = await backend.put_assistant(ASSISTANT, MODEL)
        chat = cls(backend, await backend.create_thread("client_thread"), assistant_id)
        await chat.say(text, "client_question")
        return chat

    async def say(self, text: str, client_id: str, files: Iterable[StoredFile] = ()) -> str:
        return await self.backend.add_message(self.thread_id, text, files, client_id)

    def start(
        self, client_id: str = "client_run", *, model: str = MODEL, files: tuple[LocalFile, ...] = ()
    ) -> AsyncIterator[RunEvent]:
        return self.backend.start_run(
            RunRequest(self.thread_id, self._assistant_id, ASSISTANT, model, client_id, files)
        )

    def follow(self, run_id: str) -> AsyncIterator[RunEvent]:
        return self.backend.follow_run(self.thread_id, run_id)


async def reduced(events: AsyncIterator[RunEvent], run: Run = NEW) -> Run:
    """The run after all the events."""
    async for event in events:
        run = apply(run, event).run
    return run


async def cut_off(events: AsyncIterator[RunEvent]) -> Run:
    """The run after what came before the stream was dropped, if it was."""
    run = NEW
    try:
        async for event in events:
            run = apply(run, event).run
    except DeskError as error:
        if error.code not in (ErrorCode.STREAM_DROPPED, ErrorCode.CONNECTION_FAILED):
            raise
    return run


def words(run: Run) -> str:
    """What the answers say."""
    parts = (part for item in run.items if isinstance(item, Answer) for part in item.parts)
    return "".join(part.text for part in parts if isinstance(part, TextPart))


def anonymous(run: Run) -> Run:
    """The run without what differs from one run to the next: ids, times, and whether a container was begun for it."""
    numbers: dict[str, str] = {}

    def number(value: str) -> str:
        return numbers.setdefault(value, f"id{len(numbers)}")

    def renamed(item: RunItem) -> RunItem:
        item = map_files(item, lambda file: StoredFile(number(file.id), "", 0, file.media_type))
        if isinstance(item, CodeStep):
            return replace(item, key=number(item.key), started_at=None, ended_at=None)
        return replace(item, key=number(item.key))

    usage = replace(run.usage, container_sessions=0) if run.usage else None
    return replace(run, remote_id="", ended_at=None, usage=usage, items=tuple(renamed(item) for item in run.items))
