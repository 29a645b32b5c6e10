"""The threads that services keep for us."""

from collections.abc import AsyncIterator

import pytest

from desktop_app.domain.entity import Remark, RunState
from desktop_app.domain.error import ErrorCode
from desktop_app.services.remote_thread import ThreadListing
from tests.contract.scenario import Say
from tests.harness.wait import until
from tests.unit.services.abroad import Abroad, abroad
from tests.unit.services.bench import Bench


@pytest.fixture
async def service(bench: Bench) -> AsyncIterator[Abroad]:
    async with abroad(bench) as service:
        bench.services.connections.use(service.connection_id)
        yield service


async def listed(bench: Bench) -> ThreadListing:
    found: list[ThreadListing] = []
    disconnect = bench.services.remote_threads.listed.connect(found.append)
    bench.services.remote_threads.list()
    await until(lambda: found)
    disconnect()
    return found[-1]


async def deleted(bench: Bench, listing: ThreadListing) -> ThreadListing:
    """What is left after all of a listing was deleted."""
    found: list[ThreadListing] = []
    disconnect = bench.services.remote_threads.listed.connect(found.append)
    bench.services.remote_threads.delete(listing.rows)
    await until(lambda: found, seconds=20)
    disconnect()
    return found[-1]


async def asked(bench: Bench, text: str = "Hello") -> str:
    """A thread in which something was said."""
    thread_id = bench.new_thread()
    await bench.answer(thread_id, text)
    return thread_id


async def test_threads_are_listed_with_what_they_are_called_here(bench: Bench, service: Abroad) -> None:
    thread_id = await asked(bench)
    (row,) = (await listed(bench)).rows
    assert (row.title, row.is_current) == ("Thread 1", True)
    assert (row.remote.connection_id, row.remote.thread_id) == (service.connection_id, thread_id)
    assert await service.questions(row.remote.remote_id) == ["Hello"]


async def test_complaint_21_threads_that_are_gone_here_are_found_and_cleaned_up(bench: Bench, service: Abroad) -> None:
    hidden, purged = await asked(bench), await asked(bench)
    for thread_id in (hidden, purged):
        bench.services.threads.delete(thread_id)
    await bench.archive.purge_deleted([purged])
    listing = await listed(bench)
    assert [(row.remote.thread_id, row.title) for row in listing.rows] == [(hidden, ""), (purged, "")]
    assert await deleted(bench, listing) == ThreadListing(())
    for row in listing.rows:
        assert await service.has_thread(row.remote.remote_id) is False
    assert await bench.archive.remote_threads() == ()


async def test_complaint_6_a_thread_that_is_there_when_the_program_ends_is_listed_afterwards(
    bench: Bench, service: Abroad
) -> None:
    await asked(bench)
    listing = await listed(bench)
    await bench.restart()
    assert await listed(bench) == listing
    assert listing.rows[0].remote.connection_id == service.connection_id


async def test_one_that_is_gone_there_already_is_forgotten(bench: Bench, service: Abroad) -> None:
    await asked(bench)
    listing = await listed(bench)
    await service.delete(f"/threads/{listing.rows[0].remote.remote_id}")
    assert await deleted(bench, listing) == ThreadListing(())


async def test_the_thread_here_stays_and_goes_on_with_its_history(bench: Bench, service: Abroad) -> None:
    thread_id = await asked(bench)
    await deleted(bench, await listed(bench))
    thread = bench.services.threads.get(thread_id)
    assert thread is not None
    assert (thread.remote_id, thread.connection_id) == ("", service.connection_id)
    assert len(bench.services.conversation.transcript(thread_id)) == 2
    run = await bench.answer(thread_id, "And now?")
    assert run.state is RunState.COMPLETED
    assert any(isinstance(item, Remark) for item in run.items)
    (row,) = (await listed(bench)).rows
    assert row.is_current
    assert await service.questions(row.remote.remote_id) == ["Hello", "And now?"]


async def test_a_leftover_goes_and_the_thread_is_not_touched(bench: Bench, service: Abroad) -> None:
    thread_id = await asked(bench)
    bench.services.threads.choose_connection(thread_id, "engine")
    await bench.answer(thread_id, "And here?")
    thread = bench.services.threads.get(thread_id)
    left, current = (await listed(bench)).rows
    assert (left.is_current, current.is_current) == (False, True)
    assert (await deleted(bench, ThreadListing((left,)))).rows == (current,)
    assert await service.has_thread(left.remote.remote_id) is False
    assert bench.services.threads.get(thread_id) == thread


async def test_a_deleted_thread_that_is_brought_back_goes_on(bench: Bench, service: Abroad) -> None:
    thread_id = await asked(bench)
    bench.services.threads.delete(thread_id)
    await deleted(bench, await listed(bench))
    bench.services.threads.restore(thread_id)
    assert (await bench.answer(thread_id, "Still there?")).state is RunState.COMPLETED
    assert service.player.asked[-1] == "Still there?"


async def test_a_thread_with_a_run_going_on_is_left_alone(bench: Bench, service: Abroad) -> None:
    service.player.on("Slow", Say("It takes", hold=True))
    thread_id = bench.new_thread()
    bench.services.conversation.open(thread_id)
    bench.ask(thread_id, "Slow")
    await until(lambda: service.player.asked)
    listing = await listed(bench)
    left = await deleted(bench, listing)
    assert left.rows == listing.rows
    assert left.error is not None
    assert left.error.code is ErrorCode.THREAD_BUSY
    service.player.release.set()
    await bench.idle(thread_id)
    assert bench.run(thread_id).state is RunState.COMPLETED


async def test_a_service_that_cannot_be_reached_keeps_its_own_only(bench: Bench, service: Abroad) -> None:
    await asked(bench)
    bench.services.connections.use("engine")
    await asked(bench)
    bench.engine.is_broken = True
    left = await deleted(bench, await listed(bench))
    assert [row.remote.connection_id for row in left.rows] == ["engine"]
    assert left.error is not None
    assert left.error.code is ErrorCode.ENGINE_UNAVAILABLE
    assert service.player.asked == ["Hello"]


async def test_threads_of_a_connection_that_was_removed_are_listed_until_they_are_forgotten(
    bench: Bench, service: Abroad
) -> None:
    await asked(bench)
    bench.services.connections.remove(service.connection_id)
    await until(lambda: bench.services.connections.get(service.connection_id) is None)
    listing = await listed(bench)
    assert len(listing.rows) == 1
    left = await deleted(bench, listing)
    assert (left.rows, left.error) == ((), None)
