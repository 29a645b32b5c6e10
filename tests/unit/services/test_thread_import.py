"""Threads brought in by their ids."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.domain.connection import ENGINE_ID, Connection, ConnectionKind, SignIn
from desktop_app.domain.entity import (
    CodeStep,
    MessageState,
    Question,
    Run,
    RunState,
    Thread,
)
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.services.thread_import import ImportProgress
from tests.contract.scenario import Say
from tests.contract.scripted_service import Reply, Request, ScriptedService, as_json
from tests.harness.responses import ResponsesService, served
from tests.harness.wait import until
from tests.unit.services.abroad import Abroad, abroad
from tests.unit.services.bench import Bench, benched, text_of
from tests.unit.services.importing import PLOT, codes, connected, files_in, imported, opened, the_thread


@pytest.fixture
async def service(bench: Bench) -> AsyncIterator[Abroad]:
    async with abroad(bench) as service:
        yield service


async def test_a_thread_comes_in_whole_with_ids_of_its_own(bench: Bench, service: Abroad) -> None:
    service.player.on("Plot it", *PLOT)
    file_id = await service.upload("table.csv", b"a,b\n")
    remote_id = await service.thread("Plot it", "Thanks", file_ids=(file_id,))
    report = await imported(bench, service.connection_id, remote_id)
    assert report == ImportProgress(1, 1, 1, is_over=True)
    thread = the_thread(bench)
    assert (thread.title, thread.connection_id, thread.remote_id) == ("Plot it", service.connection_id, remote_id)
    question, run, thanks, again = await opened(bench, thread.id)
    assert isinstance(question, Question)
    assert isinstance(run, Run)
    assert (question.text, question.state) == ("Plot it", MessageState.SENT)
    assert [(file.name, file.remote_id) for file in question.files] == [("table.csv", file_id)]
    assert (run.question_id, run.state, run.assistant_name) == (question.id, RunState.COMPLETED, "Chemist")
    step = run.items[0]
    assert isinstance(step, CodeStep)
    assert step.code == "plot()"
    assert text_of(run).startswith("Here is")
    assert (text_of(thanks), text_of(again)) == ("Thanks", "You said Thanks. ")
    ids = {thread.id, *(item.id for item in (question, run, thanks, again)), question.files[0].id}
    assert not ids & {remote_id, question.remote_id, run.remote_id, file_id}


async def test_what_the_service_still_has_is_fetched_when_the_thread_is_opened(bench: Bench, service: Abroad) -> None:
    service.player.on("Plot it", *PLOT)
    file_id = await service.upload("table.csv", b"a,b\n")
    await imported(bench, service.connection_id, await service.thread("Plot it", file_ids=(file_id,)))
    thread = the_thread(bench)
    await opened(bench, thread.id)
    await until(lambda: all(file.sha256 for file in files_in(bench, thread.id)))
    files = files_in(bench, thread.id)
    assert {file.connection_id for file in files} == {service.connection_id}
    assert len({file.id for file in files}) == len({file.remote_id for file in files}) == 3
    path = bench.services.files.path(files[0])
    assert path is not None
    assert path.read_bytes() == b"a,b\n"


async def test_what_a_person_gave_and_the_service_does_not_give_back_is_no_alarm(bench: Bench, service: Abroad) -> None:
    file_id = await service.upload("table.csv", b"a,b\n")
    remote_id = await service.thread("Look", file_ids=(file_id,))
    await imported(bench, service.connection_id, remote_id)
    await service.delete(f"/files/{file_id}")
    thread = the_thread(bench)
    await opened(bench, thread.id)
    run = await bench.answer(thread.id, "And now?")
    assert text_of(run) == "You said And now?. "
    assert bench.codes() == []
    (file,) = files_in(bench, thread.id)
    bench.services.files.fetch(file)  # who asks for it is told
    await until(bench.codes)
    assert bench.codes() == [ErrorCode.NOT_FOUND]


async def test_it_goes_on_there_and_is_known_as_kept_there(bench: Bench, service: Abroad) -> None:
    remote_id = await service.thread("Hello")
    await imported(bench, service.connection_id, remote_id)
    thread = the_thread(bench)
    kept = [(kept.connection_id, kept.remote_id, kept.thread_id) for kept in await bench.archive.remote_threads()]
    assert kept == [(service.connection_id, remote_id, thread.id)]
    await opened(bench, thread.id)
    run = await bench.answer(thread.id, "And now?")
    assert text_of(run) == "You said And now?. "
    assert await service.questions(remote_id) == ["Hello", "And now?"]


async def test_it_is_there_after_a_restart(bench: Bench, service: Abroad) -> None:
    await imported(bench, service.connection_id, await service.thread("Hello"))
    thread = the_thread(bench)
    items = await opened(bench, thread.id)
    await bench.restart()
    assert the_thread(bench) == thread
    assert await opened(bench, thread.id) == items
    assert bench.codes() == []


IDS = ["thread_9aF3kQ", "conv_0123456789abcdef"]


@pytest.mark.parametrize(
    "text",
    [
        "thread_9aF3kQ\nconv_0123456789abcdef\n",
        "  thread_9aF3kQ , conv_0123456789abcdef;thread_9aF3kQ",
        "thread_9aF3kQ conv_0123456789abcdef",
        '["thread_9aF3kQ", "conv_0123456789abcdef"]',
        '{"threads": [{"id": "thread_9aF3kQ"}, {"id": "conv_0123456789abcdef"}]}',
        "thread_ids = ['thread_9aF3kQ', 'conv_0123456789abcdef']",
        'thread_id,title\n"thread_9aF3kQ","My thread_id"\n"conv_0123456789abcdef",conv_title\n',
        "https://example.org/threads/thread_9aF3kQ/messages?x=1\nhttps://example.org/c/conv_0123456789abcdef",
    ],
)
async def test_ids_are_found_however_they_are_written_down(bench: Bench, text: str) -> None:
    report = await imported(bench, ENGINE_ID, text)
    assert codes(report) == dict.fromkeys(IDS, ErrorCode.NOT_FOUND)
    assert (report.done, report.total, report.imported) == (2, 2, 0)


@pytest.mark.parametrize("text", ["", "hello", "thread_id,title", "asst_123 msg_456 my_thread_789x", "[]", "{"])
async def test_a_text_without_ids_says_so(bench: Bench, text: str) -> None:
    report = await imported(bench, ENGINE_ID, text)
    assert codes(report) == {"": ErrorCode.IMPORT_EMPTY}
    assert report.total == 0


async def test_one_that_fails_leaves_the_others_alone(bench: Bench, service: Abroad) -> None:
    first, last = await service.thread("First"), await service.thread("Last")
    report = await imported(bench, service.connection_id, f"{first}\nthread_gone1\n{last}")
    assert (report.done, report.imported) == (3, 2)
    assert codes(report) == {"thread_gone1": ErrorCode.NOT_FOUND}
    assert {thread.title for thread in bench.services.threads.items} == {"First", "Last"}


async def test_a_thread_that_is_here_is_not_imported_twice(bench: Bench, service: Abroad) -> None:
    remote_id = await service.thread("Hello")
    await imported(bench, service.connection_id, remote_id)
    report = await imported(bench, service.connection_id, remote_id)
    assert codes(report) == {remote_id: ErrorCode.ALREADY_HERE}
    assert report.errors[0][1].data == {"title": "Hello"}
    assert the_thread(bench).remote_id == remote_id


@pytest.mark.parametrize("in_between", ["nothing", "restart"])
async def test_a_deleted_thread_is_brought_back(bench: Bench, in_between: str) -> None:
    thread_id = bench.new_thread()
    await bench.answer(thread_id, "Hello")
    remote_id = the_thread(bench).remote_id
    bench.services.threads.delete(thread_id)
    if in_between == "restart":
        bench.engine.is_broken = True  # it cannot be purged
        await bench.restart()
    report = await imported(bench, ENGINE_ID, remote_id)
    assert (report.imported, report.errors) == (1, ())
    assert the_thread(bench).id == thread_id
    assert len(await opened(bench, thread_id)) == 2


async def test_a_service_that_cannot_be_used_is_asked_once(bench: Bench) -> None:
    bench.engine.is_broken = True
    report = await imported(bench, ENGINE_ID, "thread_1, thread_2, thread_3")
    assert codes(report) == dict.fromkeys(["thread_1", "thread_2", "thread_3"], ErrorCode.ENGINE_UNAVAILABLE)
    assert report.done == 3


async def test_a_connection_that_is_gone_says_so(bench: Bench) -> None:
    assert codes(await imported(bench, "gone", "thread_1")) == {"thread_1": ErrorCode.CONNECTION_GONE}


async def test_cancelling_keeps_what_is_done(bench: Bench, service: Abroad) -> None:
    ids = [await service.thread(text) for text in ("First", "Second")]

    def cancel(report: ImportProgress) -> None:
        if report.done == 1:
            bench.services.thread_import.cancel()

    bench.services.thread_import.progressed.connect(cancel)
    report = await imported(bench, service.connection_id, "\n".join(ids))
    assert report == ImportProgress(1, 2, 1, is_over=True)
    assert the_thread(bench).remote_id == ids[0]


async def test_cancelling_does_not_wait_for_the_service(bench: Bench) -> None:
    bench.engine.may_start.clear()
    await bench.engine.die()
    reports: list[ImportProgress] = []
    bench.services.thread_import.progressed.connect(reports.append)
    bench.services.thread_import.start(ENGINE_ID, "thread_1")
    await until(lambda: reports)
    bench.services.thread_import.cancel()
    await until(lambda: reports[-1].is_over)
    assert reports[-1] == ImportProgress(0, 1, is_over=True)


async def test_a_second_import_takes_the_place_of_the_first(bench: Bench) -> None:
    bench.engine.may_start.clear()
    await bench.engine.die()
    reports: list[ImportProgress] = []
    bench.services.thread_import.progressed.connect(reports.append)
    bench.services.thread_import.start(ENGINE_ID, "thread_1")
    await until(lambda: reports)
    assert (await imported(bench, "gone", "thread_2 thread_3")).total == 2
    assert sum(report.is_over for report in reports) == 1


async def test_an_end_in_the_middle_leaves_whole_threads_only(bench: Bench, service: Abroad) -> None:
    first = await service.thread("First", "Second")
    bench.services.thread_import.start(service.connection_id, f"{first} {await service.thread('Third')}")
    await until(lambda: bench.services.threads.items)
    await bench.restart()
    for thread in bench.services.threads.items:
        items = await opened(bench, thread.id)
        assert len(items) == (4 if thread.remote_id == first else 2)
    assert bench.codes() == []


async def test_a_thread_is_stored_whole_or_not_at_all(bench: Bench) -> None:
    thread = Thread("thread", "Half", "assistant", 1, 1, remote_id="thread_1")
    question = Question("question", "thread", "Hello", (), 1, MessageState.SENT)
    stray = replace(question, id="stray", thread_id="unknown")
    with pytest.raises(DeskError):
        await bench.archive.add_thread(thread, (question, stray))
    assert await bench.archive.threads() == ()
    assert await bench.archive.remote_threads() == ()
    assert await bench.archive.search("Half") == await bench.archive.search("Hello") == ()


async def test_a_question_that_nobody_answered_can_be_answered_and_is_not_asked_twice(
    bench: Bench, service: Abroad
) -> None:
    remote_id = await service.thread("Hello")
    await service.say(remote_id, "Still there?")
    await imported(bench, service.connection_id, remote_id)
    thread = the_thread(bench)
    await bench.restart()
    last = (await opened(bench, thread.id))[-1]
    assert isinstance(last, Run)
    assert last.state is RunState.FAILED
    assert last.error is not None
    assert last.error.code is ErrorCode.INTERRUPTED
    bench.services.conversation.retry(thread.id)
    await bench.idle(thread.id)
    assert bench.text(thread.id) == "You said Still there?. "
    assert await service.questions(remote_id) == ["Hello", "Still there?"]


async def test_a_run_that_was_going_on_is_found_again(bench: Bench, service: Abroad) -> None:
    service.player.on("Slow", Say("It takes", hold=True))
    remote_id = await service.thread()
    await service.say(remote_id, "Slow")
    run = await service.run(remote_id, await service.assistant())
    await until(lambda: service.player.asked)
    await imported(bench, service.connection_id, remote_id)
    thread = the_thread(bench)
    last = (await opened(bench, thread.id))[-1]
    assert isinstance(last, Run)
    assert (last.state, last.remote_id) == (RunState.FAILED, run["id"])
    service.player.release.set()
    bench.services.conversation.retry(thread.id)
    await bench.idle(thread.id)
    assert (bench.run(thread.id).remote_id, bench.run(thread.id).state) == (run["id"], RunState.COMPLETED)
    assert bench.text(thread.id).endswith("And the rest.")


async def test_the_assistant_that_answered_goes_on_if_it_is_here(bench: Bench, service: Abroad) -> None:
    chemist = bench.services.assistants.create(replace(bench.services.assistants.default, name="Chemist"))
    await imported(bench, service.connection_id, await service.thread("Hello"))
    assert the_thread(bench).assistant_id == chemist.id


async def test_a_service_that_asks_to_wait_is_waited_for(bench: Bench) -> None:
    limits = iter([as_json({"error": {"message": "Slow down"}}, 429, retry_after="0")] * 3)
    thread = {"id": "thread_1", "created_at": 1, "metadata": {"title": "Patience"}}

    def answer(request: Request) -> Reply:
        if "/threads/thread_1" not in request.path:
            return as_json({"data": []})
        limit = next(limits, None)
        return limit or as_json({"data": []} if request.path.count("/") > 3 else thread)

    reports: list[ImportProgress] = []
    bench.services.thread_import.progressed.connect(reports.append)
    async with ScriptedService().running() as limited:
        limited.will_answer(answer)
        slow = Connection("", ConnectionKind.ASSISTANTS, "Slow", limited.base_url, sign_in=SignIn.NONE)
        connection_id = await connected(bench, slow, None)
        assert await imported(bench, connection_id, "thread_1") == ImportProgress(1, 1, 1, is_over=True)
    assert the_thread(bench).title == "Patience"
    assert any(report.until for report in reports)


async def test_a_conversation_comes_in_and_goes_on(bench: Bench, tmp_path: Path) -> None:
    cloud = ResponsesService()
    async with served(cloud) as base_url, benched(tmp_path / "another computer") as other:
        connection = Connection("", ConnectionKind.OPENAI, "Cloud", base_url, "scripted")
        connection_id = await connected(bench, connection, cloud.key)
        other.services.connections.use(await connected(other, connection, cloud.key))
        there = await other.answer(other.new_thread(), "Add them up")
        remote_id = the_thread(other).remote_id
        assert await imported(bench, connection_id, remote_id) == ImportProgress(1, 1, 1, is_over=True)
        thread = the_thread(bench)
        _question, here = await opened(bench, thread.id)
        assert isinstance(here, Run)
        assert [type(item) for item in here.items] == [type(item) for item in there.items]
        assert text_of(here) == text_of(there)
        await until(lambda: all(file.sha256 for file in files_in(bench, thread.id)))
        run = await bench.answer(thread.id, "Once more")
        assert run.state is RunState.COMPLETED
        assert the_thread(bench).remote_id == remote_id
