"""Threads that were deleted in an earlier session, on several services of which not each can be reached."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from desktop_app.domain.connection import ENGINE_ID, Connection, ConnectionKind, RemoteFile, RemoteThread, SignIn
from desktop_app.domain.entity import Question
from tests.harness.wait import until
from tests.unit.services.abroad import Abroad, abroad
from tests.unit.services.bench import Bench

SIGNED_IN = Connection(
    "signed_in", ConnectionKind.AGENT_SERVICE, "Agents", "http://127.0.0.1:1", sign_in=SignIn.BROWSER
)
LOST = Connection("lost", ConnectionKind.ASSISTANTS, "Lost", "http://127.0.0.1:1/v1", sign_in=SignIn.NONE)


@pytest.fixture
async def service(bench: Bench) -> AsyncIterator[Abroad]:
    async with abroad(bench) as service:
        yield service
        await bench.desk.aclose()  # before the service ends
        await bench.start()


async def moved(bench: Bench, service: Abroad, table: Path) -> tuple[str, RemoteThread, str]:
    """A thread that went from the service to the engine with its file: its id, and those of both at the service."""
    thread_id = bench.new_thread()
    bench.services.threads.choose_connection(thread_id, service.connection_id)
    bench.services.attachments.add(thread_id, [table])
    await bench.answer(thread_id, "There")
    question = bench.services.conversation.transcript(thread_id)[0]
    assert isinstance(question, Question)
    bench.services.threads.choose_connection(thread_id, ENGINE_ID)
    await bench.answer(thread_id, "Here")
    (there,) = [kept for kept in await bench.archive.remote_threads() if kept.connection_id == service.connection_id]
    return thread_id, there, question.files[0].remote_id


async def purged(bench: Bench) -> None:
    """Begins the next session, and lets it clear the last one away."""
    await bench.restart()
    await until(lambda: not bench.desk._scope.is_running("purge"), seconds=30)


async def test_a_file_that_went_to_two_services_goes_on_both(bench: Bench, service: Abroad, table: Path) -> None:
    thread_id, there, file_id = await moved(bench, service, table)
    assert await service.has_file(file_id)
    bench.services.threads.delete(thread_id)
    await purged(bench)
    assert not await service.has_file(file_id)
    assert not await service.has_thread(there.remote_id)
    assert [file.filename async for file in bench.engine.client.files.list()] == []
    assert (await bench.archive.remote_files(), await bench.archive.remote_threads()) == ((), ())


async def test_a_service_cleans_up_what_has_gone_on_elsewhere(bench: Bench, service: Abroad, table: Path) -> None:
    _, _, file_id = await moved(bench, service, table)
    bench.services.connections.remove(service.connection_id, clean_up=True)
    await until(lambda: len(bench.services.connections.items) == 1)
    assert not await service.has_file(file_id)
    assert [kept.connection_id for kept in await bench.archive.remote_files()] == [ENGINE_ID]


async def test_one_service_that_cannot_be_reached_keeps_the_thread_and_no_other_waiting(
    bench: Bench, service: Abroad, table: Path
) -> None:
    thread_id, there, file_id = await moved(bench, service, table)
    await bench.archive.save_connection(LOST)
    lost = RemoteThread(LOST.id, "thread_lost", thread_id)
    await bench.archive.save_remote_thread(lost)
    bench.services.threads.delete(thread_id)
    await purged(bench)
    assert not await service.has_thread(there.remote_id)
    assert not await service.has_file(file_id)
    assert await bench.archive.remote_threads() == (lost,)
    assert [thread.id for thread in await bench.archive.deleted_threads()] == [thread_id]


async def test_nobody_is_asked_to_sign_in_to_clear_away(bench: Bench) -> None:
    thread_id = bench.new_thread()
    await bench.answer(thread_id, "Hello")
    await bench.archive.save_connection(SIGNED_IN)
    kept = RemoteThread(SIGNED_IN.id, "thread_there", thread_id)
    await bench.archive.save_remote_thread(kept)
    bench.services.threads.delete(thread_id)
    await purged(bench)
    assert bench.identity.given == 0
    assert (await bench.archive.remote_threads(), await bench.archive.deleted_threads()) == ((kept,), ())


async def test_what_a_removed_connection_had_is_forgotten(bench: Bench) -> None:
    thread_id = bench.new_thread()
    await bench.answer(thread_id, "Hello")
    await bench.archive.save_remote_thread(RemoteThread("gone", "thread_there", thread_id))
    await bench.archive.save_remote_file(RemoteFile("gone", "file_there", "file_here"))
    bench.services.threads.delete(thread_id)
    await purged(bench)
    assert await bench.archive.remote_threads() == ()
    assert await bench.archive.deleted_threads() == ()
