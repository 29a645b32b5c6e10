"""What services of the Responses shape leave out, refuse, or say otherwise, and how a run goes on all the same."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from desktop_app.backends.responses import file
from desktop_app.backends.responses.loose_link import LooseLinks
from desktop_app.backends.wire.client import Client
from desktop_app.domain.connection import Network
from desktop_app.domain.entity import Answer, Question, Remark, Run, RunState, StoredFile, TextPart
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.event import TextDelta
from desktop_app.domain.item_file import files_of
from desktop_app.domain.port import LocalFile
from desktop_app.domain.reduce import apply
from tests.contract.chat import WHOLE, Chat, cut_off, ignore, reduced, words
from tests.contract.reach import key, served
from tests.contract.responses import ResponsesUnderTest, under_test
from tests.contract.scenario import Code, Say
from tests.harness.responses import Dialect
from tests.harness.responses.refusal import RefusalError, forbidden, locked, server_failed
from tests.harness.wait import until


@pytest.fixture
async def service() -> AsyncIterator[ResponsesUnderTest]:
    async with under_test(Dialect.OPENAI) as service:
        yield service


async def test_complaint_14_a_link_that_the_service_did_not_cite_is_alive(
    service: ResponsesUnderTest, tmp_path: Path
) -> None:
    service.will(Code("save()", saves="my table.csv"), Say("[It](sandbox:/mnt/data/my%20table.csv) is there."))
    chat = await Chat.begin(service.backend)
    run = await reduced(chat.start())
    answer = run.items[-1]
    assert isinstance(answer, Answer)
    (part,) = answer.parts
    assert isinstance(part, TextPart)
    (link,) = part.links
    assert (link.text, link.file.name) == ("sandbox:/mnt/data/my%20table.csv", "my table.csv")
    await service.backend.download(link.file.remote_id, tmp_path / "copy", ignore)
    assert (tmp_path / "copy").read_bytes() == b"abc"
    assert await reduced(chat.follow(run.remote_id)) == run
    copy = await service.backend.read_thread(chat.thread_id)
    read = copy.items[-1]
    assert isinstance(read, Run)
    assert [file.remote_id for file in files_of(read.items[-1])] == [link.file.remote_id] * 2


async def test_a_link_to_nothing_harms_nothing(service: ResponsesUnderTest) -> None:
    service.will(Code("pass"), Say("[It](sandbox:/mnt/data/nowhere.csv)"))
    service.fail("GET", "/containers/[^/]+/files", RefusalError(400, "Container is expired."))
    run = await reduced((await Chat.begin(service.backend)).start())
    assert (run.state, words(run)) == (RunState.COMPLETED, "[It](sandbox:/mnt/data/nowhere.csv)")


async def test_a_container_takes_the_newest_files_and_the_others_are_named(
    service: ResponsesUnderTest, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_text("abc")
    files = [StoredFile(f"f{n}", f"{n}.csv", 3, "text/csv", "hash", connection_id="engine") for n in range(52)]
    service.will(Say("{files}"))
    run = await reduced((await Chat.begin(service.backend)).start(files=tuple(LocalFile(file, path) for file in files)))
    assert words(run) == ",".join(file.name for file in files[2:])
    (remark,) = [item for item in run.items if isinstance(item, Remark)]
    assert remark.data == {"names": "0.csv, 1.csv"}


@pytest.mark.parametrize(("dialect", "first"), [(Dialect.OPENAI, "user_data"), (Dialect.AZURE, "assistants")])
async def test_an_upload_says_what_it_is_for_in_the_services_own_words(
    dialect: Dialect, first: str, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("abc")
    async with under_test(dialect) as service:
        await service.backend.upload(tmp_path / "a.csv", "a.csv", ignore)
        service.fail("POST", "/files", RefusalError(400, f"'{first}' is not a known 'purpose'"))
        await service.backend.upload(tmp_path / "a.csv", "a.csv", ignore)
        await service.backend.upload(tmp_path / "a.csv", "a.csv", ignore)
        purposes = [file.purpose for file in service.store.files.values()]
    assert purposes[0] == first
    assert first not in purposes[1:], "what was refused is not tried again"
    assert len(purposes) == 3


async def test_a_picture_that_cannot_be_looked_at_is_there_for_the_code(
    service: ResponsesUnderTest, tmp_path: Path
) -> None:
    (tmp_path / "photo.png").write_bytes(b"png")
    chat = await Chat.begin(service.backend)
    file = await service.backend.file_info(await service.backend.upload(tmp_path / "photo.png", "photo.png", ignore))
    service.fail("POST", "/conversations/[^/]+/items", RefusalError(400, "Invalid image."))
    await chat.say("Look", "client_look", [file])
    service.will(Say("{files}"))
    assert words(await reduced(chat.start())) == "photo.png"
    assert "input_image" not in repr(service.store.conversation(chat.thread_id).items)


async def test_a_key_that_may_not_list_models_may_well_ask_one(service: ResponsesUnderTest) -> None:
    service.fail("GET", "/models", forbidden(service.dialect), times=2)
    report = await service.backend.check("scripted")
    assert (report.error, report.is_model_tested, report.models) == (None, True, ())
    report = await service.backend.check("")
    assert report.error is not None
    assert report.error.code is ErrorCode.FORBIDDEN


async def test_a_run_in_the_foreground_that_ended_with_its_stream_was_not_stopped_by_anybody(
    service: ResponsesUnderTest,
) -> None:
    service.refuses = {"background"}
    service.will(Code("1"), Say("The beginning", hold=True))
    service.cut_stream_after(8)
    chat = await Chat.begin(service.backend)
    dropped = await cut_off(chat.start())
    run = await reduced(chat.follow(dropped.remote_id), dropped)
    assert run.state is RunState.FAILED
    assert run.error is not None
    assert run.error.code is ErrorCode.STREAM_DROPPED


async def test_a_new_program_does_not_forget_a_run_that_is_only_asked_about(service: ResponsesUnderTest) -> None:
    service.will(*WHOLE[:-1], Say("Nearly", hold=True))
    chat = await Chat.begin(service.backend)
    service.cut_stream_after(20)
    dropped = await cut_off(chat.start())
    chat.backend = again = service.connect()
    async with aclosing(again.follow_run(chat.thread_id, dropped.remote_id)) as events:
        await anext(events)  # as one does who only wants to know whether it goes on
    service.release()
    run = await reduced(chat.follow(dropped.remote_id), dropped)
    await again.aclose()
    assert run == await reduced(service.backend.follow_run(chat.thread_id, dropped.remote_id), dropped)
    assert (run.state, words(run)) == (RunState.COMPLETED, "Nearly")


async def test_what_is_here_stays_until_there_is_more_to_put_in_its_place(service: ResponsesUnderTest) -> None:
    service.will(*WHOLE[:-1], Say("Nearly", hold=True))
    chat = await Chat.begin(service.backend)
    service.cut_stream_after(20)
    dropped = await cut_off(chat.start())
    chat.backend = again = service.connect()  # as after a restart
    events = []

    async def follow() -> None:
        async for event in chat.follow(dropped.remote_id):
            events.append(event)
            service.fail("GET", "/responses/[^/]+", server_failed(service.dialect))

    with pytest.raises(DeskError):
        await follow()
    await again.aclose()
    assert events
    assert dropped.items
    for event in events:
        assert apply(dropped, event).run.items == dropped.items


async def test_a_picture_that_is_cancelled_while_it_is_written_is_not_left_behind(
    service: ResponsesUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.will(*WHOLE)
    run = await reduced((await Chat.begin(service.backend)).start())
    (picture,) = {each.id for item in run.items for each in files_of(item) if each.media_type == "image/png"}
    target = tmp_path / "chart"
    begun, may_go_on, is_written = threading.Event(), threading.Event(), threading.Event()
    write = file._write

    def slowly(data: bytes, target: Path) -> None:
        begun.set()
        may_go_on.wait()
        write(data, target)
        is_written.set()

    monkeypatch.setattr(file, "_write", slowly)
    task = asyncio.ensure_future(service.backend.download(picture, target, ignore))
    await until(begun.is_set)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    may_go_on.set()
    await until(lambda: is_written.is_set() and not target.exists())


async def test_a_conversation_that_is_locked_for_a_moment_after_stop_is_waited_for(
    service: ResponsesUnderTest,
) -> None:
    service.will(Say("The beginning", hold=True))
    chat = await Chat.begin(service.backend)
    async for event in chat.start():
        if isinstance(event, TextDelta):
            await service.backend.cancel_run(chat.thread_id, event.run_id)
    service.will(Say("Again."))
    service.fail("POST", "/conversations/[^/]+/items", locked())
    await chat.say("More", "client_more")
    service.fail("POST", "/responses", locked())
    assert words(await reduced(chat.start("client_second"))) == "Again."


async def test_a_conversation_whose_metadata_is_full_goes_on(service: ResponsesUnderTest) -> None:
    pairs = {f"theirs {number}": "x" for number in range(16)}
    conversation = service.store.add_conversation(pairs)
    service.will(Say("Hello."))
    chat = Chat(service.backend, conversation.id, "assistant")
    first = await chat.say("Hi", "client_hi")
    assert words(await reduced(chat.start())) == "Hello."
    assert await chat.say("Hi", "client_hi") == first
    assert len(conversation.metadata) == 16


async def test_a_backend_that_was_closed_asks_nobody(service: ResponsesUnderTest) -> None:
    await service.backend.list_models()
    for _ in range(2):
        await service.backend.aclose()
        with pytest.raises(DeskError) as caught:
            await service.backend.list_models()
        assert caught.value.code is ErrorCode.CONNECTION_FAILED
    assert len(service.requests) == 1


async def test_the_end_of_a_run_does_not_wait_for_ever_for_what_its_links_stand_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("desktop_app.backends.responses.loose_link._SECONDS", 0.05)
    part = {"type": "output_text", "text": "[It](sandbox:/mnt/data/a.csv)", "annotations": []}
    async with served(b"", hold=True) as port:
        client = Client(f"http://127.0.0.1:{port}/v1", key, Network())
        await LooseLinks(client).cite([{"container_id": "cntr_1"}, {"content": [part]}])
        await client.aclose()
    assert part["annotations"] == []


def asked(number: int) -> Question:
    return Question(f"q{number}", "thread", f"Question {number}", (), created_at=number)


async def test_a_history_that_is_stopped_halfway_leaves_no_conversation(service: ResponsesUnderTest) -> None:
    task = asyncio.ensure_future(service.backend.create_thread("client_thread", [*map(asked, range(45))]))
    service.on("POST", "/conversations/[^/]+/items", task.cancel)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(service.asked("POST", "/conversations")) == 1
    assert service.store.conversations == {}


async def test_a_question_that_was_stopped_on_its_way_is_not_taken_for_the_next_one(
    service: ResponsesUnderTest,
) -> None:
    chat = await Chat.begin(service.backend)
    task = asyncio.ensure_future(chat.say("Never mind", "client_stopped"))
    service.fail("POST", "/conversations/[^/]+/items", is_done=True)
    service.on("POST", "/conversations/[^/]+/items", task.cancel)
    with pytest.raises(asyncio.CancelledError):
        await task
    service.fail("POST", "/conversations/[^/]+/items", server_failed(service.dialect))
    with pytest.raises(DeskError):
        await chat.say("More", "client_more")
    await chat.say("More", "client_more")
    copy = await service.backend.read_thread(chat.thread_id)
    assert [item.text for item in copy.items if isinstance(item, Question)][-1] == "More"


@pytest.mark.parametrize("data", ["!!!!", "aGk", "", "a*b="])
async def test_a_picture_that_is_broken_is_not_saved(service: ResponsesUnderTest, tmp_path: Path, data: str) -> None:
    service.will(*WHOLE)
    run = await reduced((await Chat.begin(service.backend)).start())
    (picture,) = {each.id for item in run.items for each in files_of(item) if each.media_type == "image/png"}
    (response,) = service.responses.values()
    for item in response.output:
        for output in item.get("outputs") or ():
            output["url"] = f"data:image/png;base64,{data}"
    again = service.connect()
    with pytest.raises(DeskError) as caught:
        await again.download(picture, tmp_path / "chart", ignore)
    await again.aclose()
    assert caught.value.code is ErrorCode.RESPONSE_INVALID
    assert not (tmp_path / "chart").exists()
