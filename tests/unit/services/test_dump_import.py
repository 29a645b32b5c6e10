"""Threads brought in from what somebody saved of them."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from desktop_app.domain.connection import ENGINE_ID
from desktop_app.domain.entity import Remark, RunState
from desktop_app.domain.error import ErrorCode
from desktop_app.services.thread_import import ImportProgress
from tests.unit.services.abroad import Abroad, abroad
from tests.unit.services.bench import Bench, text_of
from tests.unit.services.importing import PLOT, codes, imported, opened, the_thread


@pytest.fixture
async def service(bench: Bench) -> AsyncIterator[Abroad]:
    async with abroad(bench) as service:
        yield service


async def dumped(service: Abroad, remote_id: str) -> str:
    return json.dumps(await service.get(f"/threads/{remote_id}/messages"))


async def test_a_dump_goes_on_here_with_its_history_sent_along(bench: Bench, service: Abroad) -> None:
    service.player.on("Plot it", *PLOT)
    file_id = await service.upload("table.csv", b"a,b\n")
    dump = await dumped(service, await service.thread("Plot it", "Thanks", file_ids=(file_id,)))
    report = await imported(bench, service.connection_id, dump)
    assert report == ImportProgress(1, 1, 1, is_over=True)
    thread = the_thread(bench)
    assert (thread.title, thread.connection_id, thread.remote_id) == ("Plot it", ENGINE_ID, "")
    items = await opened(bench, thread.id)
    assert [text_of(item).split()[0] for item in items] == ["Plot", "Here", "Thanks", "You"]
    run = await bench.answer(thread.id, "And now?")
    assert run.state is RunState.COMPLETED
    assert any(isinstance(item, Remark) for item in run.items)
    asked, _ = await bench.remote(thread.id)
    assert len(asked) == 3
    assert bench.codes() == []


async def test_a_dump_is_known_again(bench: Bench, service: Abroad) -> None:
    dump = await dumped(service, await service.thread("Hello"))
    await imported(bench, ENGINE_ID, dump)
    assert [*codes(await imported(bench, ENGINE_ID, dump)).values()] == [ErrorCode.ALREADY_HERE]
    thread = the_thread(bench)
    bench.services.threads.delete(thread.id)
    assert (await imported(bench, ENGINE_ID, dump)).imported == 1
    assert the_thread(bench) == thread


async def test_a_question_at_the_end_of_a_dump_can_be_answered(bench: Bench) -> None:
    question = {"role": "user", "content": "Hello?", "attachments": [{"file_id": "file-lost"}]}
    await imported(bench, ENGINE_ID, json.dumps([question]))
    thread = the_thread(bench)
    await bench.restart()
    await opened(bench, thread.id)
    bench.services.conversation.retry(thread.id)
    await bench.idle(thread.id)
    assert bench.text(thread.id) == "You said Hello?. "


async def test_a_dump_is_read_from_its_file(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "dump.json"
    path.write_text(json.dumps([{"role": "user", "content": "Grüße"}]), "utf-8-sig")
    assert (await imported(bench, ENGINE_ID, path)).imported == 1
    assert the_thread(bench).title == "Grüße"


async def test_a_file_that_cannot_be_read_says_so(bench: Bench, tmp_path: Path) -> None:
    report = await imported(bench, ENGINE_ID, tmp_path / "gone.json")
    assert codes(report) == {"gone.json": ErrorCode.FILE_UNREADABLE}
