"""Connections: where their keys are, which thread works where, and how a thread moves."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.domain.connection import (
    ENGINE,
    ENGINE_ID,
    Connection,
    ConnectionKind,
    ConnectionReport,
    Network,
    SignIn,
)
from desktop_app.domain.entity import MessageState, Question, Remark, RemarkKind, RunState
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.item_file import files_of
from tests.contract.scenario import Break, Code, Say
from tests.engine.running import KEY, running
from tests.harness.wait import until
from tests.unit.services.bench import Bench, text_of
from tests.unit.services.player import Player, Sandbox

VARIABLE = "OPENAI_API_KEY"


class Elsewhere:
    """Another server of the Assistants shape, with a model of its own."""

    def __init__(self, base_url: str, player: Player) -> None:
        self.base_url = base_url
        self.player = player

    @property
    def connection(self) -> Connection:
        return Connection("", ConnectionKind.ASSISTANTS, "Elsewhere", self.base_url, "other-model")


@pytest.fixture
async def elsewhere(tmp_path: Path) -> AsyncIterator[Elsewhere]:
    player = Player()
    async with AsyncExitStack() as stack:
        engine = await stack.enter_async_context(running(tmp_path / "elsewhere", player, Sandbox(player.play)))
        yield Elsewhere(engine.base_url, player)


async def added(bench: Bench, connection: Connection, key: str | None = KEY, variable: str = "") -> Connection:
    """The connection as it is once it has been saved."""
    known = {item.id for item in bench.services.connections.items}
    bench.services.connections.save(connection, key, variable)
    await until(lambda: len(bench.services.connections.items) > len(known))
    (new,) = [item for item in bench.services.connections.items if item.id not in known]
    await until(lambda: bench.services.connections.models(new.id))
    return new


async def checked(bench: Bench, connection: Connection, key: str | None) -> ConnectionReport:
    reports: list[ConnectionReport] = []
    disconnect = bench.services.connections.checked.connect(reports.append)
    bench.services.connections.check(connection, key)
    await until(lambda: reports)
    disconnect()
    return reports[0]


def switch(bench: Bench, thread_id: str, connection_id: str) -> None:
    bench.services.threads.choose_connection(thread_id, connection_id)


async def test_complaint_16_a_connections_key_is_in_the_keychain_only(bench: Bench, elsewhere: Elsewhere) -> None:
    connection = await added(bench, elsewhere.connection)
    assert bench.services.connections.has_key(connection.id)
    assert KEY in bench.secrets
    await bench.restart()
    assert bench.services.connections.items == (ENGINE, connection)
    assert bench.services.connections.has_key(connection.id)
    holders = [path for path in bench.folder.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert holders == []


async def test_a_new_thread_begins_on_the_connection_chosen_last(bench: Bench, elsewhere: Elsewhere) -> None:
    connection = await added(bench, elsewhere.connection)
    bench.services.connections.use(connection.id)
    thread_id = bench.new_thread()
    run = await bench.answer(thread_id, "Hello")
    assert (run.state, run.connection_id, run.model) == (RunState.COMPLETED, connection.id, "other-model")
    assert (elsewhere.player.asked, bench.player.asked) == (["Hello"], [])
    await bench.restart()
    assert bench.services.connections.current_id == connection.id


async def test_a_thread_that_moves_takes_its_history_and_files_along(
    bench: Bench, elsewhere: Elsewhere, table: Path
) -> None:
    bench.player.on("First", Code("make()", saves="made.csv"), Say("Made [it](sandbox:/mnt/data/made.csv)."))
    connection = await added(bench, elsewhere.connection)
    thread_id = bench.new_thread()
    bench.services.attachments.add(thread_id, [table])
    await bench.answer(thread_id, "First")
    await until(lambda: all(file.sha256 for part in bench.run(thread_id).items for file in files_of(part)))
    switch(bench, thread_id, connection.id)
    run = await bench.answer(thread_id, "Second")
    assert (run.state, run.items[0]) == (RunState.COMPLETED, Remark("history-sent", RemarkKind.HISTORY_SENT))
    request = elsewhere.player.requests[-1]
    said = [turn.text for turn in request.turns if hasattr(turn, "text")]
    assert [text.split("\n")[0] for text in said if "First" in text or "Second" in text] == ["First", "Second"]
    assert any("Made" in text for text in said)
    names = {file.name for turn in request.turns for file in getattr(turn, "files", ())}
    assert names == {"table.csv", "made.csv"}
    third = await bench.answer(thread_id, "Third")
    assert not any(isinstance(item, Remark) for item in third.items)


async def test_a_thread_that_the_service_lost_goes_on(bench: Bench) -> None:
    thread_id = bench.new_thread()
    await bench.answer(thread_id, "First")
    thread = bench.services.threads.get(thread_id)
    assert thread is not None
    await (await bench.engine.backend()).delete_thread(thread.remote_id)
    run = await bench.answer(thread_id, "Second")
    assert (run.state, run.items[0]) == (RunState.COMPLETED, Remark("history-sent", RemarkKind.HISTORY_SENT))


async def test_a_busy_thread_stays_where_it_is(bench: Bench, elsewhere: Elsewhere) -> None:
    connection = await added(bench, elsewhere.connection)
    bench.player.on("Wait", Say("So far", hold=True))
    thread_id = bench.new_thread()
    bench.ask(thread_id, "Wait")
    await until(lambda: bench.services.conversation.activity(thread_id))
    switch(bench, thread_id, connection.id)
    thread = bench.services.threads.get(thread_id)
    assert thread is not None
    assert thread.connection_id == ENGINE_ID
    bench.player.release.set()
    await bench.idle(thread_id)


async def test_a_key_in_the_environment_is_used_and_not_copied(bench: Bench, elsewhere: Elsewhere) -> None:
    bench.environment |= {VARIABLE: KEY}
    connection = await added(bench, elsewhere.connection, None, VARIABLE)
    thread_id = bench.new_thread()
    switch(bench, thread_id, connection.id)
    assert (await bench.answer(thread_id, "Hello")).state is RunState.COMPLETED
    await bench.restart()
    bench.environment.pop(VARIABLE)
    await bench.restart()
    bench.services.conversation.open(thread_id)
    bench.ask(thread_id, "And now?")
    await bench.idle(thread_id)
    question = bench.question(thread_id)
    assert question.error is not None
    assert (question.state, question.error.code) == (MessageState.FAILED, ErrorCode.KEY_MISSING)
    assert question.error.data["variable"] == VARIABLE
    assert not bench.services.connections.has_key(connection.id)
    assert bench.services.connections.variable(connection.id) == VARIABLE


async def test_no_key_is_sent_to_another_host(bench: Bench, elsewhere: Elsewhere) -> None:
    connection = await added(bench, elsewhere.connection)
    moved = replace(connection, base_url=elsewhere.base_url.replace("127.0.0.1", "localhost"))
    report = await checked(bench, moved, None)
    assert report.error is not None
    assert report.error.code is ErrorCode.KEY_MISSING


@pytest.mark.parametrize(("key", "code"), [(KEY, None), ("sk-wrong", ErrorCode.UNAUTHORIZED)])
async def test_a_check_says_what_is_wrong(bench: Bench, elsewhere: Elsewhere, key: str, code: ErrorCode | None) -> None:
    report = await checked(bench, elsewhere.connection, key)
    assert (report.error and report.error.code) == code
    assert bench.services.connections.items == (ENGINE,)


async def test_a_removed_connections_threads_stay_and_say_what_is_missing(bench: Bench, elsewhere: Elsewhere) -> None:
    connection = await added(bench, elsewhere.connection)
    thread_id = bench.new_thread()
    switch(bench, thread_id, connection.id)
    await bench.answer(thread_id, "Hello")
    bench.services.connections.remove(connection.id)
    await until(lambda: bench.services.connections.items == (ENGINE,))
    bench.ask(thread_id, "Still there?")
    await bench.idle(thread_id)
    question = bench.question(thread_id)
    assert question.error is not None
    assert question.error.code is ErrorCode.CONNECTION_GONE
    switch(bench, thread_id, ENGINE_ID)
    bench.services.conversation.retry(thread_id)
    await bench.idle(thread_id)
    assert "Still there?" in text_of(bench.item(thread_id))


async def test_complaint_21_a_removed_connection_can_be_cleaned_up(
    bench: Bench, elsewhere: Elsewhere, table: Path
) -> None:
    connection = await added(bench, elsewhere.connection)
    thread_id = bench.new_thread()
    switch(bench, thread_id, connection.id)
    bench.services.attachments.add(thread_id, [table])
    await bench.answer(thread_id, "Hello")
    thread = bench.services.threads.get(thread_id)
    question = next(item for item in bench.services.conversation.transcript(thread_id) if isinstance(item, Question))
    assert thread is not None
    trial = bench.backend(connection, KEY)
    assert (await trial.file_info(question.files[0].remote_id)).name == "table.csv"
    bench.services.connections.remove(connection.id, clean_up=True)
    await until(lambda: bench.services.connections.items == (ENGINE,))
    for gone in (trial.read_thread(thread.remote_id), trial.file_info(question.files[0].remote_id)):
        with pytest.raises(DeskError) as caught:
            await gone
        assert caught.value.code is ErrorCode.NOT_FOUND
    await trial.aclose()


async def test_a_sign_in_gives_a_fresh_token_to_each_request(bench: Bench, elsewhere: Elsewhere) -> None:
    signed_in = Connection("", ConnectionKind.ASSISTANTS, "Entra", elsewhere.base_url, sign_in=SignIn.AZURE_CLI)
    report = await checked(bench, signed_in, None)
    assert report.error is not None
    assert report.error.code is ErrorCode.UNAUTHORIZED  # this server knows no such token
    assert bench.identity.given >= 1
    assert "token-" not in report.error.detail


async def test_people_are_signed_in_on_the_way_that_all_requests_take(bench: Bench) -> None:
    network = Network(proxy="http://proxy.example:3128")
    bench.services.connections.set_network(network)
    assert bench.identity.network == network
    bench.identity.network = Network()
    await bench.restart()
    assert bench.identity.network == network


async def test_a_new_name_signs_nobody_out(bench: Bench, elsewhere: Elsewhere) -> None:
    services = bench.services.connections
    saved: list[None] = []
    services.changed.connect(saved.append)
    services.save(
        Connection("", ConnectionKind.ASSISTANTS, "Entra", elsewhere.base_url, sign_in=SignIn.AZURE_CLI), None
    )
    await until(lambda: len(saved) == 1)
    connection = services.items[1]
    services.save(replace(connection, name="Renamed"), None)
    await until(lambda: len(saved) == 2)
    assert bench.identity.forgotten == []
    services.save(replace(connection, sign_in=SignIn.NONE), None)
    await until(lambda: len(saved) == 3)
    assert bench.identity.forgotten == [connection.id]


async def test_retry_after_a_move_brings_the_question_along(bench: Bench, elsewhere: Elsewhere) -> None:
    connection = await added(bench, elsewhere.connection)
    bench.player.on("First", Break())
    thread_id = bench.new_thread()
    assert (await bench.answer(thread_id, "First")).state is RunState.FAILED
    switch(bench, thread_id, connection.id)
    # The program ended when the new service had the thread, and the question not yet.
    service = bench.backend(connection, KEY)
    thread = bench.services.threads.get(thread_id)
    assert thread is not None
    bench.services.threads.put(replace(thread, remote_id=await service.create_thread(thread_id)))
    await service.aclose()
    bench.services.conversation.retry(thread_id)
    await bench.idle(thread_id)
    assert (bench.run(thread_id).state, elsewhere.player.asked) == (RunState.COMPLETED, ["First"])


async def test_a_run_whose_thread_has_moved_meanwhile_ends(bench: Bench, elsewhere: Elsewhere) -> None:
    connection = await added(bench, elsewhere.connection)
    thread_id = bench.new_thread()
    run = await bench.answer(thread_id, "First")
    lost = replace(run, id="run_lost", connection_id=connection.id, state=RunState.IN_PROGRESS)
    await bench.archive.save_run(lost)
    await bench.restart()
    bench.services.conversation.open(thread_id)
    await bench.idle(thread_id)
    ended = bench.run(thread_id)
    assert ended.error is not None
    assert (ended.id, ended.state, ended.error.code) == ("run_lost", RunState.FAILED, ErrorCode.INTERRUPTED)
