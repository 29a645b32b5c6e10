"""Where the code of a Responses service runs: containers that are made, filled, lost and replaced."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from desktop_app.domain.entity import (
    Remark,
    RemarkKind,
    Run,
    RunState,
    StoredFile,
)
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.item_file import files_of
from desktop_app.domain.port import LocalFile
from tests.contract.chat import WHOLE, Chat, ignore, reduced, words
from tests.contract.responses import ResponsesUnderTest, under_test
from tests.contract.scenario import Code, Say
from tests.harness.responses import Dialect

TABLE = Code("frame.to_csv('made.csv')", saves="made.csv")


@pytest.fixture
async def service() -> AsyncIterator[ResponsesUnderTest]:
    async with under_test(Dialect.OPENAI) as service:
        yield service


async def attached(service: ResponsesUnderTest, path: Path, chat: Chat, client_id: str = "client_file") -> LocalFile:
    """A file that was uploaded and is with a message."""
    await asyncio.to_thread(path.write_text, "a,b\n1,2\n")
    file = await service.backend.file_info(await service.backend.upload(path, path.name, ignore))
    await chat.say("", client_id, [file])
    return LocalFile(file, path)


def remarks(run: Run) -> list[Remark]:
    return [item for item in run.items if isinstance(item, Remark)]


async def test_complaint_18_an_expired_container_is_replaced_with_its_files_and_the_run_says_so(
    service: ResponsesUnderTest, tmp_path: Path
) -> None:
    chat = await Chat.begin(service.backend)
    given = await attached(service, tmp_path / "given.csv", chat)
    service.will(TABLE, Say("[made](sandbox:/mnt/data/made.csv)"))
    first = await reduced(chat.start(files=(given,)))
    assert remarks(first) == []
    (made,) = {file.id: file for item in first.items for file in files_of(item)}.values()
    await service.backend.download(made.remote_id, tmp_path / "made.csv", ignore)
    service.expire_containers()
    service.will(Say("{files}"))
    await chat.say("Go on", "client_go_on")
    run = await reduced(chat.start("client_second", files=(given, LocalFile(made, tmp_path / "made.csv"))))
    assert run.state is RunState.COMPLETED
    assert [(remark.kind, remark.data) for remark in remarks(run)] == [(RemarkKind.CONTAINER_REPLACED, {"files": "2"})]
    assert words(run) == "given.csv,made.csv"
    assert len(service.asked("POST", "/files")) == 1, "what the service still has is not uploaded again"
    assert len(service.store.conversations) == 1
    assert run.usage is not None
    assert run.usage.container_sessions == 1


@pytest.mark.parametrize("lost", ["expired", "deleted"])
async def test_complaint_18_a_container_that_dies_between_the_look_and_the_run_is_replaced_too(
    service: ResponsesUnderTest, tmp_path: Path, lost: str
) -> None:
    chat = await Chat.begin(service.backend)
    given = await attached(service, tmp_path / "given.csv", chat)
    service.will(Say("{files}"))
    await reduced(chat.start(files=(given,)))
    (container,) = service.store.containers.values()
    service.on("POST", "/responses", container.expire if lost == "expired" else service.store.containers.clear)
    await chat.say("Go on", "client_go_on")
    run = await reduced(chat.start("client_second", files=(given,)))
    assert (run.state, words(run)) == (RunState.COMPLETED, "given.csv")
    assert [remark.kind for remark in remarks(run)] == [RemarkKind.CONTAINER_REPLACED]


async def test_a_file_whose_bytes_are_nowhere_is_named(service: ResponsesUnderTest, tmp_path: Path) -> None:
    chat = await Chat.begin(service.backend)
    given = await attached(service, tmp_path / "given.csv", chat)
    service.will(Say("{files}"))
    await reduced(chat.start(files=(given,)))
    service.expire_containers()
    service.store.files.clear()
    (tmp_path / "given.csv").unlink()
    await chat.say("Go on", "client_go_on")
    run = await reduced(chat.start("client_second", files=(given,)))
    assert run.state is RunState.COMPLETED
    lost = [remark for remark in remarks(run) if remark.kind is RemarkKind.FILES_LOST]
    assert [remark.data["names"] for remark in lost] == ["given.csv"]


async def test_a_container_is_used_again_and_each_file_put_in_once(service: ResponsesUnderTest, tmp_path: Path) -> None:
    chat = await Chat.begin(service.backend)
    given = await attached(service, tmp_path / "given.csv", chat)
    service.will(Say("{files}"))
    for number in range(2):
        backend = service.connect()  # as after a restart
        chat.backend = backend
        run = await reduced(chat.start(f"client_{number}", files=(given,)))
        assert words(run) == "given.csv"
        await backend.aclose()
    assert len(service.store.containers) == 1
    assert len(service.asked("POST", "/containers/[^/]+/files")) == 1


async def test_files_of_names_that_end_alike_are_told_apart(service: ResponsesUnderTest, tmp_path: Path) -> None:
    chat = await Chat.begin(service.backend)
    longer = await attached(service, tmp_path / "my-data.csv", chat, "client_longer")
    service.will(Say("{files}"))
    await reduced(chat.start(files=(longer,)))
    chat.backend = again = service.connect()  # as after a restart
    shorter = await attached(service, tmp_path / "data.csv", chat, "client_shorter")
    run = await reduced(chat.start("client_again", files=(shorter, longer)))
    await again.aclose()
    assert words(run) == "my-data.csv,data.csv"


async def test_files_of_another_service_are_put_in_by_their_bytes(service: ResponsesUnderTest, tmp_path: Path) -> None:
    path = tmp_path / "moved.csv"
    path.write_text("abc")
    moved = StoredFile("file", "moved.csv", 3, "text/csv", "hash", remote_id="file-elsewhere", connection_id="engine")
    service.will(Say("{files}"))
    run = await reduced((await Chat.begin(service.backend)).start(files=(LocalFile(moved, path),)))
    assert words(run) == "moved.csv"


async def test_complaint_11_a_table_is_for_the_code_alone_and_a_picture_is_looked_at_too(
    service: ResponsesUnderTest, tmp_path: Path
) -> None:
    chat = await Chat.begin(service.backend)
    table = await attached(service, tmp_path / "table.csv", chat, "client_table")
    sheet = await attached(service, tmp_path / "book.xlsx", chat, "client_sheet")
    picture = await attached(service, tmp_path / "photo.png", chat, "client_photo")
    service.will(Say("{files}"))
    run = await reduced(chat.start(files=(table, sheet, picture)))
    assert words(run) == "table.csv,book.xlsx,photo.png"
    asked = [request.json for request in service.requests if request.method == "POST"]
    assert "file_search" not in repr(asked)
    parts = [part for body in asked for item in body.get("items", []) for part in item["content"]]
    assert [part["type"] for part in parts if part["type"] != "input_text"] == ["input_image"]
    assert [part["file_id"] for part in parts if part["type"] == "input_image"] == [picture.file.remote_id]


async def test_complaint_13_a_chart_that_comes_twice_is_shown_once(service: ResponsesUnderTest) -> None:
    service.will(*WHOLE)
    run = await reduced((await Chat.begin(service.backend)).start())
    pictures = [file for item in run.items for file in files_of(item) if file.media_type == "image/png"]
    assert len(pictures) == 1


async def test_complaint_14_files_of_a_service_without_containers_can_be_had(tmp_path: Path) -> None:
    async with under_test(Dialect.FOUNDRY) as service:
        chat = await Chat.begin(service.backend)
        given = await attached(service, tmp_path / "given.csv", chat)
        service.will(TABLE, Say("{files}: [made](sandbox:/mnt/data/made.csv)"))
        for number in range(2):
            run = await reduced(chat.start(f"client_{number}", files=(given,)))
            assert words(run).startswith("given.csv: ")
        (made,) = {file.id: file for item in run.items for file in files_of(item)}.values()
        await service.backend.download(made.remote_id, tmp_path / "made.csv", ignore)
        assert (tmp_path / "made.csv").read_bytes() == b"abc"
        assert len(service.asked("POST", "/containers")) <= 1, "what a service does not have is not asked for again"


async def test_a_file_that_its_container_does_not_give_harms_no_other(tmp_path: Path) -> None:
    async with under_test(Dialect.FOUNDRY) as service:
        service.breaks_container_files = True
        service.will(*WHOLE)
        run = await reduced((await Chat.begin(service.backend)).start())
        assert run.state is RunState.COMPLETED
        files = {file.media_type: file for item in run.items for file in files_of(item)}
        await service.backend.download(files["image/png"].remote_id, tmp_path / "chart", ignore)
        with pytest.raises(DeskError) as caught:
            await service.backend.download(files["text/csv"].remote_id, tmp_path / "table", ignore)
        assert caught.value.code is ErrorCode.SERVER_FAILED
    assert (tmp_path / "chart").exists()
    assert not (tmp_path / "table").exists()


async def test_a_file_whose_container_has_died_is_gone_and_says_so(service: ResponsesUnderTest, tmp_path: Path) -> None:
    service.will(*WHOLE)
    run = await reduced((await Chat.begin(service.backend)).start())
    service.expire_containers()
    files = {file.media_type: file for item in run.items for file in files_of(item)}
    with pytest.raises(DeskError) as caught:
        await service.backend.download(files["text/csv"].remote_id, tmp_path / "table", ignore)
    assert caught.value.code in (ErrorCode.CONTAINER_EXPIRED, ErrorCode.NOT_FOUND)
    again = service.connect()  # one that has not seen the picture: it came inline, and is with the run
    await again.download(files["image/png"].remote_id, tmp_path / "chart", ignore)
    await again.aclose()
    assert (tmp_path / "chart").read_bytes().startswith(b"\x89PNG")
