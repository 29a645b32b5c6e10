"""The archive gives back what it was given, whatever that is."""

import asyncio
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.domain.connection import RateLimits
from desktop_app.domain.entity import (
    Answer,
    Assistant,
    CodeStep,
    FileLink,
    ImageOutput,
    ImagePart,
    LogOutput,
    MessageState,
    Question,
    Reasoning,
    Remark,
    RemarkKind,
    Run,
    RunState,
    StepState,
    StoredFile,
    TextPart,
    Thread,
    Usage,
)
from desktop_app.domain.error import DeskError, ErrorCode, ErrorInfo
from desktop_app.stores.archive import SqliteArchive
from tests.unit.stores.conftest import THREAD

TABLE = StoredFile("file_1", "data.csv", 3, "text/csv", "a" * 64, "remote_1", 5.0)
OTHER_TABLE = StoredFile("file_2", "data.csv", 4, "text/csv", "b" * 64, "remote_2", 6.0)
QUESTION = Question("question", THREAD.id, "How many?", (TABLE,), 10.0)
RUN = Run("run", THREAD.id, QUESTION.id, "Analyst", "model", 11.0)

# Half a character cannot be stored; what a JSON stream cuts in two is joined again (see below).
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
times = st.floats(0, 4e9)
pool = st.sampled_from(
    [
        StoredFile(f"f{n}", f"n{n % 2}.png", n, "image/png", f"{n:064x}", f"r{n}", n / 3, f"connection_{n % 2}")
        for n in range(6)
    ]
)
errors = st.none() | st.builds(ErrorInfo, st.sampled_from(ErrorCode), st.dictionaries(texts, texts, max_size=2), texts)
links = st.builds(FileLink, texts, pool, st.integers(0, 99), st.integers(0, 99))
answers = st.builds(
    Answer,
    key=texts,
    parts=st.lists(
        st.builds(TextPart, texts, st.lists(links, max_size=2).map(tuple)) | st.builds(ImagePart, pool), max_size=4
    ).map(tuple),
    files=st.lists(pool, max_size=3).map(tuple),
    complete=st.booleans(),
)
steps = st.builds(
    CodeStep,
    key=texts,
    code=texts,
    outputs=st.lists(st.builds(LogOutput, texts) | st.builds(ImageOutput, pool), max_size=4).map(tuple),
    state=st.sampled_from(StepState),
    error=errors,
    started_at=st.none() | times,
    ended_at=st.none() | times,
)
reasonings = st.builds(Reasoning, texts, texts, st.booleans())
remarks = st.builds(Remark, texts, st.sampled_from(RemarkKind), st.dictionaries(texts, texts, max_size=2))
counts = st.integers(0, 2**40)
some_counts = st.none() | counts
runs = st.builds(
    Run,
    id=st.just("run"),
    thread_id=st.just(THREAD.id),
    question_id=texts,
    assistant_name=texts,
    model=texts,
    created_at=times,
    state=st.sampled_from(RunState),
    remote_id=texts,
    items=st.lists(answers | steps | reasonings | remarks, max_size=5).map(tuple),
    error=errors,
    usage=st.none() | st.builds(Usage, counts, counts, counts, counts, counts),
    ended_at=st.none() | times,
    connection_id=texts,
    limits=st.none() | st.builds(RateLimits, some_counts, some_counts, some_counts, some_counts, st.none() | times),
)
questions = st.builds(
    Question,
    id=st.just("question"),
    thread_id=st.just(THREAD.id),
    text=texts,
    files=st.lists(pool, max_size=4).map(tuple),
    created_at=times,
    state=st.sampled_from(MessageState),
    error=errors,
    remote_id=texts,
)
real_disk = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@real_disk
@given(versions=st.lists(runs, min_size=1, max_size=4))
async def test_a_run_comes_back_as_it_was_last_saved(archive: SqliteArchive, versions: list[Run]) -> None:
    for version in versions:
        await archive.save_run(version)
    assert await archive.transcript(THREAD.id) == (versions[-1],)


@real_disk
@given(versions=st.lists(questions, min_size=1, max_size=3))
async def test_a_question_comes_back_as_it_was_last_saved(archive: SqliteArchive, versions: list[Question]) -> None:
    for version in versions:
        await archive.save_question(version)
    assert await archive.transcript(THREAD.id) == (versions[-1],)


async def test_everything_is_there_after_opening_again(archive: SqliteArchive, folder: Path) -> None:
    assistant = Assistant("assistant", "Analyst", "d", "Be brief", "m", code_interpreter=False, created_at=3.0)
    await archive.save_assistant(assistant)
    await archive.save_question(QUESTION)
    await archive.save_run(RUN)
    await archive.save_draft(THREAD.id, "half a que")
    await archive.save_remote_assistant_id("engine", "assistant", "asst_1")
    await archive.aclose()
    again = await SqliteArchive.open(folder)
    assert await again.assistants() == (assistant,)
    assert await again.threads() == (THREAD,)
    assert await again.transcript(THREAD.id) == (QUESTION, RUN)
    assert await again.draft(THREAD.id) == "half a que"
    assert await again.remote_assistant_id("engine", "assistant") == "asst_1"
    assert await again.remote_assistant_id("other", "assistant") == ""
    await again.aclose()


async def test_a_transcript_keeps_the_order_in_which_it_was_written(archive: SqliteArchive) -> None:
    later = replace(QUESTION, id="question_2", created_at=1.0)  # the clock was set back
    for item in (QUESTION, RUN, later):
        await (archive.save_run(item) if isinstance(item, Run) else archive.save_question(item))
    changed = replace(QUESTION, state=MessageState.SENT)
    await archive.save_question(changed)
    assert await archive.transcript(THREAD.id) == (changed, RUN, later)


async def test_halves_of_a_character_are_joined_or_replaced(archive: SqliteArchive) -> None:
    name = replace(TABLE, name="caf\udce9.csv")
    await archive.save_question(replace(QUESTION, text="\ud83d\ude00 and \ud83d", files=(name,)))
    (question,) = await archive.transcript(THREAD.id)
    assert isinstance(question, Question)
    assert (question.text, question.files[0].name) == ("\U0001f600 and \ufffd", "caf\ufffd.csv")


async def test_a_changed_assistant_keeps_its_place(archive: SqliteArchive) -> None:
    first, second = Assistant("1", "A", created_at=1.0), Assistant("2", "B", created_at=2.0)
    for assistant in (second, first, replace(first, name="C")):
        await archive.save_assistant(assistant)
    assert await archive.assistants() == (replace(first, name="C"), second)
    await archive.delete_assistant("1")
    assert await archive.assistants() == (second,)


async def test_threads_come_last_used_first(archive: SqliteArchive) -> None:
    newer = replace(THREAD, id="newer", updated_at=9.0, busy=True, unread=True, remote_id="t", connection_id="c")
    await archive.save_thread(newer)
    assert await archive.threads() == (newer, THREAD)


async def test_complaint_02_a_long_thread_is_read_whole(archive: SqliteArchive) -> None:
    written = [replace(QUESTION, id=f"question_{number}", text=str(number)) for number in range(60)]
    for question in written:
        await archive.save_question(question)
    assert await archive.transcript(THREAD.id) == tuple(written)


async def test_complaint_04_two_files_of_one_name_stay_two(archive: SqliteArchive) -> None:
    asked = replace(QUESTION, files=(TABLE, OTHER_TABLE))
    await archive.save_question(asked)
    assert await archive.transcript(THREAD.id) == (asked,)


async def test_complaint_06_ids_are_on_the_disk_when_saving_returns(archive: SqliteArchive, folder: Path) -> None:
    await archive.save_thread(replace(THREAD, remote_id="thread_remote"))
    await archive.save_run(replace(RUN, remote_id="run_remote"))
    other = await SqliteArchive.open(folder)  # the first one never gets to close
    assert [thread.remote_id for thread in await other.threads()] == ["thread_remote"]
    assert [run.remote_id for run in await other.open_runs()] == ["run_remote"]
    await other.aclose()


async def test_what_is_learned_of_a_file_is_known_wherever_it_is_shown(archive: SqliteArchive) -> None:
    unknown = StoredFile("file_9", "file_9", 0, "", remote_id="file_9")
    run = replace(RUN, items=(Answer("msg", files=(unknown,)),))
    await archive.save_run(run)
    known = replace(unknown, name="chart.png", size=7, sha256="c" * 64)
    await archive.save_file(known)
    await archive.save_run(replace(run, state=RunState.COMPLETED))  # still says what it knew before
    (shown,) = await archive.transcript(THREAD.id)
    assert isinstance(shown, Run)
    assert shown.items == (Answer("msg", files=(known,)),)
    assert await archive.file_by_remote_id("engine", "file_9") == known
    assert await archive.file_by_remote_id("other", "file_9") is None
    assert await archive.file_by_remote_id("engine", "") is None


async def test_open_runs_and_unsent_questions_are_found(archive: SqliteArchive) -> None:
    hidden = replace(THREAD, id="hidden")
    await archive.save_thread(hidden)
    for number, state in enumerate(MessageState):
        await archive.save_question(replace(QUESTION, id=f"q{number}", state=state, created_at=9.0 - number))
    for number, run_state in enumerate(RunState):
        await archive.save_run(replace(RUN, id=f"r{number}", state=run_state, created_at=9.0 - number))
    await archive.save_question(replace(QUESTION, id="hidden_question", thread_id="hidden"))
    await archive.save_run(replace(RUN, id="hidden_run", thread_id="hidden"))
    await archive.delete_thread("hidden")
    assert [question.state for question in await archive.unsent_questions()] == ["sending", "written"]
    assert {run.state for run in await archive.open_runs()} == {state for state in RunState if not state.is_final}


async def test_a_streaming_run_writes_only_what_changed(archive: SqliteArchive, folder: Path) -> None:
    """Two hundred finished steps of 10 KB are not written again with every word of the answer."""
    finished = tuple(CodeStep(f"s{n}", "x" * 10_000, state=StepState.COMPLETED) for n in range(200))
    await archive.save_run(replace(RUN, items=finished))
    log = folder / "archive.sqlite-wal"
    await archive.save_run(replace(RUN, items=(*finished, Answer("msg", (TextPart("w"),)))))
    before = log.stat().st_size
    for count in range(20):
        await archive.save_run(replace(RUN, items=(*finished, Answer("msg", (TextPart("word " * count),)))))
    assert log.stat().st_size - before < 20 * 40_000


async def test_many_writers_wait_for_each_other(archive: SqliteArchive) -> None:
    asked = [replace(QUESTION, id=f"question_{number}") for number in range(50)]
    await asyncio.gather(*(archive.save_question(question) for question in asked))
    assert await archive.transcript(THREAD.id) == tuple(asked)


async def test_drafts_are_kept_until_they_are_empty(archive: SqliteArchive) -> None:
    await archive.save_draft("new", "one")
    await archive.save_draft("new", "two")
    assert await archive.draft("new") == "two"
    await archive.save_draft("new", "")
    assert await archive.draft("new") == ""


async def test_a_question_without_a_thread_is_refused(archive: SqliteArchive) -> None:
    with pytest.raises(DeskError) as caught:
        await archive.save_question(replace(QUESTION, thread_id="nobody"))
    assert caught.value.code is ErrorCode.STORAGE_FAILED


async def test_a_failed_write_changes_nothing_and_the_next_one_works(archive: SqliteArchive) -> None:
    run = replace(RUN, items=(Answer("msg", (TextPart("one"),)),))
    await archive.save_run(run)
    bad = replace(run, usage=Usage("many", 1), items=(Answer("msg", (TextPart("two"),)),))  # type: ignore[arg-type]  # refused by STRICT
    with pytest.raises(DeskError):
        await archive.save_run(bad)
    assert await archive.transcript(THREAD.id) == (run,)
    good = replace(bad, usage=None)
    await archive.save_run(good)
    assert await archive.transcript(THREAD.id) == (good,)


async def test_after_closing_it_says_so(folder: Path) -> None:
    archive = await SqliteArchive.open(folder)
    await archive.aclose()
    await archive.aclose()
    with pytest.raises(DeskError, match="closed"):
        await archive.threads()


async def test_nobody_else_can_read_it(archive: SqliteArchive, folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "data.csv"
    source.write_text("a,b")
    source.chmod(0o644)
    await archive.add_blob(source, lambda _done, _total: None)
    paths = everything_in(folder)
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_dir()} == {0o700}
    assert [stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_file()] == [0o600] * 4


async def test_deleted_threads_are_hidden_and_come_back(archive: SqliteArchive) -> None:
    await archive.save_question(QUESTION)
    await archive.delete_thread(THREAD.id)
    await archive.save_thread(replace(THREAD, title="Renamed late"))
    assert await archive.threads() == ()
    assert await archive.search("many") == ()
    await archive.restore_thread(THREAD.id)
    assert [thread.title for thread in await archive.threads()] == ["Renamed late"]
    assert len(await archive.search("many")) == 1
    assert await archive.transcript(THREAD.id) == (QUESTION,)


async def test_a_purge_takes_only_what_is_deleted(archive: SqliteArchive, tmp_path: Path, folder: Path) -> None:
    kept_thread = Thread("kept", "Kept", "assistant", 1.0, 1.0)
    await archive.save_thread(kept_thread)
    files = []
    for name in ("only", "shared", "never sent"):
        source = tmp_path / name
        source.write_text(name)
        sha256 = await archive.add_blob(source, lambda _done, _total: None)
        files.append(StoredFile(name, name, 4, "text/plain", sha256))
    only, shared, unsent = files
    await archive.save_file(unsent)
    chart = CodeStep("s", outputs=(ImageOutput(only),))
    await archive.save_question(replace(QUESTION, text="unique words", files=(only, shared)))
    await archive.save_run(replace(RUN, items=(chart,), state=RunState.COMPLETED))
    asked = replace(QUESTION, id="kept_question", thread_id="kept", files=(shared,))
    await archive.save_question(asked)
    await archive.save_draft(THREAD.id, "gone")
    await archive.delete_thread(THREAD.id)
    await archive.aclose()

    again = await SqliteArchive.open(folder)
    orphan = await again.add_blob(_file(tmp_path / "fresh", "fresh"), lambda _done, _total: None)
    assert await again.deleted_threads() == (THREAD,)
    await again.purge_deleted([THREAD.id, "kept"])
    assert await again.deleted_threads() == ()
    assert not any(again.blob_path(file.sha256).exists() for file in (only, unsent))
    assert all(again.blob_path(sha256).exists() for sha256 in (shared.sha256, orphan))
    assert await again.threads() == (kept_thread,)
    assert await again.transcript("kept") == (asked,)
    assert await again.transcript(THREAD.id) == ()
    assert await again.search("unique") == ()
    assert await again.draft(THREAD.id) == ""
    await again.aclose()


def _file(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def everything_in(folder: Path) -> list[Path]:
    return [folder, *folder.rglob("*")]
