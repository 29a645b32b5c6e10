"""Files for the next message."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop_app.domain.connection import Connection, ConnectionKind
from desktop_app.domain.error import ErrorCode
from desktop_app.services import attachment
from desktop_app.services.attachment import MAX_FILE_BYTES, MAX_FILES, DraftFile, DraftState
from tests.harness.wait import until
from tests.unit.services.bench import Bench

READY = DraftState.READY


def states(bench: Bench, thread: str) -> list[DraftState]:
    return [draft.state for draft in bench.services.attachments.files(thread)]


def code(draft: DraftFile) -> ErrorCode | None:
    return draft.error.code if draft.error else None


SIZE = 4 * 1024**2


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.bin"
    path.write_bytes(bytes(SIZE))
    return path


async def test_a_file_is_copied_then_uploaded_and_tells_how_far_it_is(bench: Bench, large: Path) -> None:
    seen: list[tuple[DraftState, int]] = []
    thread = bench.new_thread()
    bench.services.attachments.changed.connect(
        lambda _: seen.extend((draft.state, draft.done) for draft in bench.services.attachments.files(thread))
    )
    bench.services.attachments.add(thread, [large])
    await until(lambda: states(bench, thread) == [READY])
    assert list(dict.fromkeys(state for state, _ in seen)) == [DraftState.COPYING, DraftState.UPLOADING, READY]
    for state in (DraftState.COPYING, DraftState.UPLOADING):
        done = [done for of, done in seen if of is state]
        assert done == sorted(done)
        assert 0 < max(done) <= SIZE
    assert len(seen) < 150
    (draft,) = bench.services.attachments.files(thread)
    assert (draft.file.size, draft.unusual) == (SIZE, True)
    assert len(bench.archive.blob_path(draft.file.sha256).read_bytes()) == SIZE


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda path: path.mkdir(), ErrorCode.FILE_IS_FOLDER),
        (lambda path: path.touch(), ErrorCode.FILE_EMPTY),
        (lambda _: None, ErrorCode.FILE_MISSING),
        (lambda path: path.open("wb").truncate(MAX_FILE_BYTES + 1), ErrorCode.FILE_TOO_LARGE),
    ],
)
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
async def test_what_cannot_be_taken_says_why_at_once_and_again(
    bench: Bench, tmp_path: Path, make: Callable[[Path], object], expected: ErrorCode
) -> None:
    thread = bench.new_thread()
    make(tmp_path / "odd.csv")
    bench.services.attachments.add(thread, [tmp_path / "odd.csv"])
    (draft,) = bench.services.attachments.files(thread)
    assert (draft.state, code(draft), draft.file.name) == (DraftState.FAILED, expected, "odd.csv")
    bench.services.attachments.retry(thread, draft.file.id)
    assert code(bench.services.attachments.files(thread)[0]) is expected
    assert not bench.services.conversation.ask(thread, "What is in it?")


async def test_a_refused_file_is_taken_once_it_can_be(bench: Bench, tmp_path: Path) -> None:
    thread = bench.new_thread()
    path = tmp_path / "late.csv"
    bench.services.attachments.add(thread, [path])
    path.write_text("a\n1\n")
    (draft,) = bench.services.attachments.files(thread)
    bench.services.attachments.retry(thread, draft.file.id)
    await until(lambda: states(bench, thread) == [READY])
    assert bench.services.attachments.files(thread)[0].file.size == 4


async def test_one_file_too_many_is_one_chip_and_is_not_taken_later(bench: Bench, table: Path) -> None:
    thread = bench.new_thread()
    bench.services.attachments.add(thread, [table] * (MAX_FILES + 30))
    drafts = bench.services.attachments.files(thread)
    assert [code(draft) for draft in drafts] == [None] * MAX_FILES + [ErrorCode.TOO_MANY_FILES]
    bench.services.attachments.retry(thread, drafts[-1].file.id)
    assert states(bench, thread)[-1] is DraftState.FAILED
    bench.services.attachments.remove(thread, drafts[0].file.id)
    bench.services.attachments.retry(thread, drafts[-1].file.id)
    await until(lambda: states(bench, thread) == [READY] * MAX_FILES, seconds=20)


async def test_complaint_07_a_failed_upload_can_be_tried_again(bench: Bench, table: Path) -> None:
    thread = bench.new_thread()
    bench.engine.is_broken = True
    bench.services.attachments.add(thread, [table])
    await until(lambda: states(bench, thread) == [DraftState.FAILED])
    (draft,) = bench.services.attachments.files(thread)
    assert code(draft) is ErrorCode.ENGINE_UNAVAILABLE
    await asyncio.to_thread(table.unlink)  # the copy is in the archive
    bench.engine.is_broken = False
    bench.services.attachments.retry(thread, draft.file.id)
    await until(lambda: states(bench, thread) == [READY])


async def test_what_is_pasted_is_a_file_and_survives_a_disk_that_is_full(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    thread = bench.new_thread()
    with monkeypatch.context() as patched:
        patched.setattr(bench.archive, "scratch_path", lambda: tmp_path / "gone" / "scratch")
        bench.services.attachments.add_bytes(thread, "pasted-image.png", b"\x89PNG")
        await until(lambda: states(bench, thread) == [DraftState.FAILED])
    (draft,) = bench.services.attachments.files(thread)
    assert draft.error is not None
    assert (draft.error.code, draft.error.data["name"]) == (ErrorCode.STORAGE_FAILED, "pasted-image.png")
    bench.services.attachments.retry(thread, draft.file.id)
    await until(lambda: states(bench, thread) == [READY])
    (draft,) = bench.services.attachments.files(thread)
    assert (draft.file.media_type, draft.unusual) == ("image/png", False)
    assert bench.archive.blob_path(draft.file.sha256).read_bytes() == b"\x89PNG"


async def test_a_chip_taken_away_while_it_is_uploaded_leaves_nothing(bench: Bench, large: Path) -> None:
    thread = bench.new_thread()
    bench.services.attachments.add(thread, [large])
    await until(lambda: states(bench, thread) == [DraftState.UPLOADING])
    bench.services.attachments.remove(thread, bench.services.attachments.files(thread)[0].file.id)
    assert bench.services.attachments.files(thread) == ()
    assert (await bench.answer(thread, "Hello")).error is None
    messages, _ = await bench.remote(thread)
    assert [message.attachments for message in messages] == [[]]


async def test_a_chip_taken_away_after_its_upload_goes_on_the_service_too(bench: Bench, table: Path) -> None:
    thread = bench.new_thread()
    bench.services.attachments.add(thread, [table])
    await until(lambda: states(bench, thread) == [READY])
    bench.services.attachments.remove(thread, bench.services.attachments.files(thread)[0].file.id)
    async with asyncio.timeout(10):
        while [file async for file in bench.engine.client.files.list()]:
            pass
    assert (await bench.archive.transcript(thread), bench.codes()) == ((), [])


async def test_complaint_19_a_file_sent_while_it_is_uploaded_is_with_the_message_once(
    bench: Bench, large: Path
) -> None:
    thread = bench.new_thread()
    bench.services.attachments.add(thread, [large, large])
    await until(lambda: states(bench, thread) == [DraftState.UPLOADING] * 2)
    await bench.answer(thread, "What is in it?")
    messages, _ = await bench.remote(thread)
    assert [len(message.attachments or ()) for message in messages] == [2]
    assert bench.services.attachments.files(thread) == ()


async def test_enter_while_a_file_is_copied_sends_as_soon_as_it_is(bench: Bench, large: Path) -> None:
    thread = bench.new_thread()
    bench.services.threads.set_draft(thread, "What is in it?\n")
    bench.services.attachments.add(thread, [large])
    bench.ask(thread, "What is in it?\n")
    assert bench.services.conversation.is_waiting(thread)
    assert bench.services.threads.draft(thread) == "What is in it?\n"
    assert bench.services.conversation.transcript(thread) == ()
    await bench.idle(thread)
    assert bench.services.threads.draft(thread) == ""
    messages, runs = await bench.remote(thread)
    assert ([len(message.attachments or ()) for message in messages], len(runs)) == ([1], 1)


async def test_what_waits_for_a_file_leaves_another_draft_alone(bench: Bench, large: Path) -> None:
    thread = bench.new_thread()
    bench.services.threads.set_draft(thread, "half a que")
    bench.services.attachments.add(thread, [large])
    bench.ask(thread, "What is in it?")
    bench.services.threads.set_draft(thread, "half a question")
    await bench.idle(thread)
    assert len(bench.services.conversation.transcript(thread)) == 2
    assert bench.services.threads.draft(thread) == "half a question"


async def stop(bench: Bench, thread: str) -> None:
    bench.services.conversation.stop(thread)


async def type_more(bench: Bench, thread: str) -> None:
    bench.services.threads.set_draft(thread, "Ask more")


async def remove(bench: Bench, thread: str) -> None:
    bench.services.attachments.remove(thread, bench.services.attachments.files(thread)[0].file.id)


async def delete(bench: Bench, thread: str) -> None:
    bench.services.threads.delete(thread)


@pytest.mark.parametrize("change", [stop, type_more, remove, delete])
async def test_what_waits_for_a_file_can_be_taken_back(
    bench: Bench, large: Path, change: Callable[[Bench, str], object]
) -> None:
    thread = bench.new_thread()
    told: list[str] = []
    bench.services.threads.set_draft(thread, "Ask")
    bench.services.attachments.add(thread, [large])
    bench.ask(thread, "Ask")
    bench.services.conversation.activity_changed.connect(told.append)
    await change(bench, thread)  # type: ignore[misc]
    assert told == [thread]
    assert not bench.services.conversation.is_busy(thread)
    await until(lambda: set(states(bench, thread)) <= {READY})
    assert await bench.archive.transcript(thread) == ()
    assert bench.services.threads.draft(thread).startswith("Ask")


async def test_a_file_that_fails_takes_the_question_back(
    bench: Bench, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachment, "_size", lambda _: 5)
    thread = bench.new_thread()
    bench.services.threads.set_draft(thread, "Ask")
    bench.services.attachments.add(thread, [large.with_name("gone.csv")])
    bench.ask(thread, "Ask")
    await bench.idle(thread)
    assert states(bench, thread) == [DraftState.FAILED]
    assert bench.services.conversation.transcript(thread) == ()
    assert bench.services.threads.draft(thread) == "Ask"


async def test_a_file_that_waits_while_the_archive_is_cleared_is_sent_all_the_same(bench: Bench, table: Path) -> None:
    thread = bench.new_thread()
    bench.services.attachments.add(thread, [table])
    await until(lambda: states(bench, thread) == [READY])
    await bench.archive.purge_deleted([])
    await bench.answer(thread, "What is in it?")
    question = (await bench.archive.transcript(thread))[0]
    assert question == bench.services.conversation.transcript(thread)[0]
    assert (await bench.archive.open_runs(), bench.codes()) == ((), [])


async def test_a_chip_that_needs_a_key_names_the_connection(bench: Bench, table: Path) -> None:
    connection = Connection("", ConnectionKind.OPENAI, "Mine", "http://127.0.0.1:1/v1")
    bench.services.connections.save(connection, None)
    await until(lambda: len(bench.services.connections.items) == 2)
    thread = bench.new_thread()
    bench.services.threads.choose_connection(thread, bench.services.connections.items[1].id)
    bench.services.attachments.add(thread, [table])
    await until(lambda: states(bench, thread) == [DraftState.FAILED])
    (draft,) = bench.services.attachments.files(thread)
    assert draft.error is not None
    assert (draft.error.code, draft.error.data["name"]) == (ErrorCode.KEY_MISSING, "Mine")
