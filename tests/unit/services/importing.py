"""What tests of imports do again and again."""

from pathlib import Path

from desktop_app.domain.connection import Connection
from desktop_app.domain.entity import Question, Run, StoredFile, Thread, TranscriptItem
from desktop_app.domain.error import ErrorCode
from desktop_app.domain.item_file import files_of
from desktop_app.services.thread_import import ImportProgress
from tests.contract.scenario import Code, Say
from tests.harness.wait import until
from tests.unit.services.bench import Bench

PLOT = (
    Code("plot()", picture=True, saves="made.csv"),
    Say("Here is [the table](sandbox:/mnt/data/made.csv)."),
)
"""A question's answer: a picture, a file, and a link to it."""


async def connected(bench: Bench, connection: Connection, key: str | None) -> str:
    """The id of a connection that is new."""
    known = {item.id for item in bench.services.connections.items}
    bench.services.connections.save(connection, key)
    await until(lambda: len(bench.services.connections.items) > len(known))
    (new_id,) = {item.id for item in bench.services.connections.items} - known
    return new_id


async def imported(bench: Bench, connection_id: str, source: str | Path) -> ImportProgress:
    """The last report of an import."""
    reports: list[ImportProgress] = []
    disconnect = bench.services.thread_import.progressed.connect(reports.append)
    bench.services.thread_import.start(connection_id, source)
    await until(lambda: reports and reports[-1].is_over, seconds=20)
    disconnect()
    return reports[-1]


def codes(report: ImportProgress) -> dict[str, ErrorCode]:
    """Why threads were not imported."""
    return {name: error.code for name, error in report.errors}


def the_thread(bench: Bench) -> Thread:
    """The only one."""
    (thread,) = bench.services.threads.items
    return thread


async def opened(bench: Bench, thread_id: str) -> tuple[TranscriptItem, ...]:
    """The transcript of a thread, once it is there."""
    bench.services.conversation.open(thread_id)
    await until(lambda: bench.services.conversation.transcript(thread_id))
    return bench.services.conversation.transcript(thread_id)


def files_in(bench: Bench, thread_id: str) -> list[StoredFile]:
    """What was given, and what was made."""
    items = bench.services.conversation.transcript(thread_id)
    given = [file for item in items if isinstance(item, Question) for file in item.files]
    return given + [file for run in items if isinstance(run, Run) for item in run.items for file in files_of(item)]
