"""What a person changes while a question is on its way: Stop stops at once, and a connection can change or go."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.domain.connection import ENGINE_ID, Connection, ConnectionKind, Network
from desktop_app.domain.entity import MessageState, Question, RunState
from desktop_app.domain.error import ErrorCode
from desktop_app.services import listener
from desktop_app.services.activity import ActivityKind
from desktop_app.services.attachment import DraftState
from tests.contract.scenario import Say
from tests.harness.responses import Dialect, ResponsesService, served
from tests.harness.responses.refusal import RefusalError
from tests.harness.wait import until
from tests.unit.services.bench import Bench

HELD = Say("So far", hold=True)


def limit(seconds: int) -> RefusalError:
    return RefusalError(429, "Slow down", code="rate_limit_exceeded", headers={"retry-after": str(seconds)})


@pytest.fixture
async def service(bench: Bench) -> AsyncIterator[ResponsesService]:
    service = ResponsesService(Dialect.OPENAI)
    async with served(service) as base_url:
        connections = bench.services.connections
        connections.save(Connection("", ConnectionKind.OPENAI, "Cloud", base_url, "scripted"), service.key)
        await until(lambda: len(connections.items) == 2)
        connections.use(connections.items[1].id)
        service.will(Say("All of it."))
        yield service
        await bench.desk.aclose()  # before the service: what it says while it ends is nobody's business
        await bench.start()


def activity(bench: Bench, thread_id: str) -> ActivityKind | None:
    now = bench.services.conversation.activity(thread_id)
    return now.kind if now else None


async def begun(bench: Bench, service: ResponsesService) -> str:
    """A thread whose run is going on."""
    service.will(HELD)
    thread_id = bench.new_thread()
    bench.ask(thread_id, "Tell me")
    await until(lambda: "So far" in bench.text(thread_id))
    return thread_id


@pytest.mark.parametrize(
    "path", ["/files", "/conversations", "/conversations/[^/]+/items", "/containers", "/responses"]
)
async def test_stop_ends_every_wait_for_a_limit_and_retry_asks_once(
    bench: Bench, service: ResponsesService, table: Path, path: str
) -> None:
    thread_id = bench.new_thread()
    bench.services.threads.choose_connection(thread_id, ENGINE_ID)
    await bench.answer(thread_id, "Before")
    bench.services.attachments.add(thread_id, [table])  # goes to the engine, and then to the service
    await until(lambda: all(draft.file.remote_id for draft in bench.services.attachments.files(thread_id)))
    bench.services.threads.choose_connection(thread_id, bench.services.connections.items[1].id)
    service.fail("POST", path, limit(200))
    bench.ask(thread_id, "Tell me")
    await until(lambda: activity(bench, thread_id) is ActivityKind.RATE_LIMITED)
    bench.services.conversation.stop(thread_id)
    await bench.idle(thread_id)
    stopped = bench.item(thread_id)
    assert stopped.state is (MessageState.FAILED if isinstance(stopped, Question) else RunState.CANCELLED)
    bench.services.conversation.retry(thread_id)
    await bench.idle(thread_id)
    assert (bench.run(thread_id).state, bench.text(thread_id)) == (RunState.COMPLETED, "All of it.")
    thread = bench.services.threads.get(thread_id)
    assert thread is not None
    conversation = service.store.conversation(thread.remote_id)
    said = [item for item in conversation.items if "Tell me" in str(item)]
    assert (len(said), len(service.responses)) == (1, 1)


async def test_a_run_goes_on_over_a_connection_that_is_changed(bench: Bench, service: ResponsesService) -> None:
    thread_id = await begun(bench, service)
    connection = bench.services.connections.items[1]
    bench.services.connections.save(replace(connection, name="Renamed"), None)
    await until(lambda: bench.services.connections.items[1].name == "Renamed")
    bench.services.connections.set_network(Network(answer_seconds=30))
    service.release()
    await bench.idle(thread_id)
    assert (bench.run(thread_id).state, bench.text(thread_id)) == (RunState.COMPLETED, "So far")
    assert len(service.responses) == 1


async def test_a_run_of_a_connection_that_is_removed_says_so(
    bench: Bench, service: ResponsesService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "RECONNECT_DELAYS", (0.0,) * 3)
    thread_id = await begun(bench, service)
    bench.services.connections.remove(bench.services.connections.items[1].id)
    await bench.idle(thread_id)
    run = bench.run(thread_id)
    assert run.error is not None
    assert (run.state, run.error.code) == (RunState.FAILED, ErrorCode.CONNECTION_GONE)
    service.release()
    bench.services.threads.choose_connection(thread_id, ENGINE_ID)
    bench.services.conversation.retry(thread_id)
    await bench.idle(thread_id)
    assert (bench.run(thread_id).state, bench.run(thread_id).connection_id) == (RunState.COMPLETED, ENGINE_ID)


async def test_a_thread_that_is_deleted_while_it_moves_ends(bench: Bench, service: ResponsesService) -> None:
    thread_id = bench.new_thread()
    bench.services.threads.choose_connection(thread_id, ENGINE_ID)
    await bench.answer(thread_id, "Before")
    bench.services.threads.choose_connection(thread_id, bench.services.connections.items[1].id)
    service.fail("POST", "/conversations", limit(200))
    bench.ask(thread_id, "Tell me")
    await until(lambda: activity(bench, thread_id) is ActivityKind.RATE_LIMITED)
    bench.services.threads.delete(thread_id)
    await bench.idle(thread_id)
    assert service.responses == {}
    undo = bench.notices[-1].undo
    assert undo is not None
    undo()
    bench.services.conversation.open(thread_id)
    await until(lambda: bench.services.conversation.transcript(thread_id))
    bench.services.conversation.retry(thread_id)
    await bench.idle(thread_id)
    assert bench.run(thread_id).state is RunState.COMPLETED


async def test_a_limit_on_uploads_is_waited_for_with_the_question(
    bench: Bench, service: ResponsesService, table: Path
) -> None:
    thread_id = bench.new_thread()
    service.fail("POST", "/files", limit(0), times=2)
    bench.services.attachments.add(thread_id, [table])
    await until(lambda: [file.state for file in bench.services.attachments.files(thread_id)] == [DraftState.READY])
    run = await bench.answer(thread_id, "Tell me")
    assert run.state is RunState.COMPLETED
    assert len(service.asked("POST", "/files")) == 3
