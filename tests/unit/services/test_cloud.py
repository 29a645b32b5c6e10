"""A whole desk on a service of the Responses shape: what a crash, a dropped answer or a dead container costs."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.domain.connection import ENGINE_ID, Connection, ConnectionKind
from desktop_app.domain.entity import CodeStep, MessageState, Question, Remark, RemarkKind, Run, RunState
from desktop_app.domain.error import ErrorCode
from desktop_app.domain.item_file import files_of
from desktop_app.services import listener
from tests.contract.scenario import Code, Say, Think
from tests.harness.responses import Dialect, ResponsesService, served
from tests.harness.responses.refusal import RefusalError
from tests.harness.wait import until
from tests.unit.services.bench import Bench, text_of

JOB = (
    Think("First the columns."),
    Code("frame.to_csv('made.csv')", logs="two rows\n", picture=True, saves="made.csv"),
    Say("Here is [the table](sandbox:/mnt/data/made.csv)."),
)


class Cloud:
    """The service, and a thread that works there."""

    def __init__(self, service: ResponsesService, connection_id: str, thread_id: str) -> None:
        self.service = service
        self.connection_id = connection_id
        self.thread_id = thread_id

    def posted(self) -> tuple[int, int]:
        """How many messages and how many runs were asked for."""
        messages = self.service.asked("POST", "/conversations/[^/]+/items")
        return len(messages), len(self.service.asked("POST", "/responses"))


@pytest.fixture
async def cloud(bench: Bench) -> AsyncIterator[Cloud]:
    service = ResponsesService(Dialect.OPENAI)
    async with served(service) as base_url:
        connections = bench.services.connections
        connections.save(Connection("", ConnectionKind.OPENAI, "Cloud", base_url, "scripted"), service.key)
        await until(lambda: len(connections.items) == 2)
        connection_id = connections.items[1].id
        thread_id = bench.new_thread()
        bench.services.threads.choose_connection(thread_id, connection_id)
        service.will(*JOB)
        yield Cloud(service, connection_id, thread_id)
        await bench.desk.aclose()  # before the service: what it says while it ends is nobody's business
        await bench.start()


def all_here(run: Run) -> bool:
    return all(file.sha256 for item in run.items for file in files_of(item))


async def test_a_run_is_found_again_after_a_crash_and_asked_for_once(bench: Bench, cloud: Cloud) -> None:
    cloud.service.will(Code("slow()", logs="so far\n"), Say("And", hold=True))
    bench.ask(cloud.thread_id, "Wait for it")
    await until(lambda: "And" in bench.text(cloud.thread_id))
    await bench.restart()
    bench.services.conversation.open(cloud.thread_id)
    await until(lambda: bench.services.conversation.is_busy(cloud.thread_id))
    await until(lambda: isinstance(bench.item(cloud.thread_id), Run) and "And" in bench.text(cloud.thread_id))
    cloud.service.release()
    await bench.idle(cloud.thread_id)
    run = bench.run(cloud.thread_id)
    assert run.state is RunState.COMPLETED
    assert [item.code for item in run.items if isinstance(item, CodeStep)] == ["slow()"]
    assert cloud.posted() == (1, 1)


@pytest.mark.parametrize("path", ["/conversations/[^/]+/items", "/responses", "/conversations"])
async def test_what_the_service_did_without_saying_so_is_not_asked_for_again(
    bench: Bench, cloud: Cloud, path: str
) -> None:
    cloud.service.fail("POST", path, None, is_done=True)
    bench.services.conversation.open(cloud.thread_id)
    bench.ask(cloud.thread_id, "Plot it")
    await bench.idle(cloud.thread_id)
    if isinstance(bench.item(cloud.thread_id), Question):
        bench.services.conversation.retry(cloud.thread_id)
        await bench.idle(cloud.thread_id)
    run = bench.run(cloud.thread_id)
    assert (run.state, text_of(run)) == (RunState.COMPLETED, "Here is [the table](sandbox:/mnt/data/made.csv).")
    assert cloud.posted() == (1, 1)


async def test_complaint_18_a_thread_goes_on_when_its_container_is_gone(
    bench: Bench, cloud: Cloud, table: Path
) -> None:
    bench.services.attachments.add(cloud.thread_id, [table])
    await bench.answer(cloud.thread_id, "Plot it")
    await until(lambda: all_here(bench.run(cloud.thread_id)))
    cloud.service.expire_containers()
    cloud.service.will(Say("{files}"))
    run = await bench.answer(cloud.thread_id, "What is there?")
    remark = run.items[0]
    assert isinstance(remark, Remark)
    assert remark.kind is RemarkKind.CONTAINER_REPLACED
    assert {"table.csv", "made.csv"} <= set(text_of(run).split(","))
    assert bench.stored("SELECT body FROM item WHERE body LIKE '%container_replaced%'")


async def test_a_rate_limit_is_waited_for_and_an_empty_account_is_not(bench: Bench, cloud: Cloud) -> None:
    limit = RefusalError(429, "Slow down", code="rate_limit_exceeded", headers={"retry-after": "0"})
    cloud.service.fail("POST", "/responses", limit, times=2)
    assert (await bench.answer(cloud.thread_id, "Plot it")).state is RunState.COMPLETED
    cloud.service.fail("POST", "/responses", RefusalError(429, "No money left", code="insufficient_quota"))
    before = cloud.posted()[1]
    run = await bench.answer(cloud.thread_id, "Again")
    assert run.error is not None
    assert (run.state, run.error.code, cloud.posted()[1]) == (RunState.FAILED, ErrorCode.QUOTA_EXHAUSTED, before + 1)


async def test_complaint_15_stop_and_retry_post_the_question_once(bench: Bench, cloud: Cloud) -> None:
    cloud.service.will(Say("So far", hold=True))
    bench.services.conversation.open(cloud.thread_id)
    bench.ask(cloud.thread_id, "Tell me")
    await until(lambda: "So far" in text_of(bench.item(cloud.thread_id)))
    bench.services.conversation.stop(cloud.thread_id)
    bench.services.conversation.stop(cloud.thread_id)
    await bench.idle(cloud.thread_id)
    assert (bench.run(cloud.thread_id).state, bench.text(cloud.thread_id)) == (RunState.CANCELLED, "So far")
    cloud.service.will(Say("All of it."))
    bench.services.conversation.retry(cloud.thread_id)
    await bench.idle(cloud.thread_id)
    assert bench.text(cloud.thread_id) == "All of it."
    assert cloud.posted() == (1, 2)


async def test_complaint_07_a_question_that_cannot_be_sent_stays(bench: Bench, cloud: Cloud, table: Path) -> None:
    cloud.service.fail("POST", "/conversations/[^/]+/items", RefusalError(500, "Try later"), times=5)
    bench.services.attachments.add(cloud.thread_id, [table])
    bench.services.conversation.open(cloud.thread_id)
    bench.ask(cloud.thread_id, "Plot it")
    await bench.idle(cloud.thread_id)
    question = bench.question(cloud.thread_id)
    assert (question.text, question.state, len(question.files)) == ("Plot it", MessageState.FAILED, 1)


async def test_a_service_that_is_out_of_reach_is_given_up_and_retry_goes_on_with_the_run(
    bench: Bench, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "RECONNECT_DELAYS", (0.0, 0.0))
    cloud.service.will(Say("So far", hold=True))
    bench.services.conversation.open(cloud.thread_id)
    bench.ask(cloud.thread_id, "Tell me")
    await until(lambda: "So far" in text_of(bench.item(cloud.thread_id)))
    cloud.service.fail("GET", "/responses/[^/]+", None, times=3)
    cloud.service.drop_streams()
    await bench.idle(cloud.thread_id)
    failed = bench.run(cloud.thread_id)
    assert failed.error is not None
    assert (failed.state, failed.error.code) == (RunState.FAILED, ErrorCode.CONNECTION_FAILED)
    cloud.service.release()
    bench.services.conversation.retry(cloud.thread_id)
    await bench.idle(cloud.thread_id)
    assert (bench.run(cloud.thread_id).id, bench.run(cloud.thread_id).state) == (failed.id, RunState.COMPLETED)
    assert cloud.posted() == (1, 1)


async def test_a_thread_that_moves_has_its_files_even_if_its_first_message_fails(
    bench: Bench, cloud: Cloud, table: Path
) -> None:
    bench.services.threads.choose_connection(cloud.thread_id, ENGINE_ID)
    bench.services.attachments.add(cloud.thread_id, [table])
    await bench.answer(cloud.thread_id, "First")
    bench.services.threads.choose_connection(cloud.thread_id, cloud.connection_id)
    cloud.service.fail("POST", "/conversations/[^/]+/items", RefusalError(400, "Not now"))
    bench.ask(cloud.thread_id, "Second")
    await bench.idle(cloud.thread_id)
    assert bench.question(cloud.thread_id).state is MessageState.FAILED
    bench.services.conversation.retry(cloud.thread_id)
    await bench.idle(cloud.thread_id)
    run = bench.run(cloud.thread_id)
    assert (run.state, run.items[0]) == (RunState.COMPLETED, Remark("history-sent", RemarkKind.HISTORY_SENT))
    _refused, taken = cloud.service.asked("POST", "/conversations/[^/]+/items")
    assert "table.csv" in str(taken.json)


async def test_a_thread_that_moves_says_which_files_it_could_not_take_along(bench: Bench, cloud: Cloud) -> None:
    bench.services.threads.choose_connection(cloud.thread_id, ENGINE_ID)
    bench.player.on("Table", Code("save()", saves="made.csv"), Say("[it](sandbox:/mnt/data/made.csv)"))
    bench.services.conversation.open(cloud.thread_id)
    bench.ask(cloud.thread_id, "Table")
    await bench.idle(cloud.thread_id)
    await until(lambda: all_here(bench.run(cloud.thread_id)))
    made = {file.id: file for item in bench.run(cloud.thread_id).items for file in files_of(item)}
    await bench.desk.aclose()
    bench.engine.is_broken = True
    await bench.open()
    for file in made.values():
        await bench.archive.save_file(replace(file, sha256=""))
    await bench.desk.start()
    bench.services.threads.choose_connection(cloud.thread_id, cloud.connection_id)
    run = await bench.answer(cloud.thread_id, "Second")
    assert run.items[:2] == (
        Remark("history-sent", RemarkKind.HISTORY_SENT),
        Remark("files-not-here", RemarkKind.FILES_LOST, {"names": "made.csv"}),
    )
