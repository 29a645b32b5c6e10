"""Streams that break, engines that die, programs that end: the run is found again and asked for once."""

from dataclasses import replace

import pytest

from desktop_app.domain.entity import CodeStep, MessageState, Question, Run, RunItem, RunState, StoredFile
from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.domain.item_file import map_files
from desktop_app.services import listener
from tests.contract.scenario import Code, Say
from tests.harness.wait import until
from tests.unit.services.bench import Bench, text_of

WHOLE = (
    Code("frame.plot()", logs="two rows\n", picture=True),
    Code("frame.to_csv('made.csv')", saves="made.csv"),
    Say("Here is [the table](sandbox:/mnt/data/made.csv)."),
)
ENDLESS = Code("while True: pass", logs="going\n", hold=True)
NEW = Run("run_new", "", "question_new", "Analyst", "built-in-analyst", created_at=1.0)


def same(run: Run) -> tuple[RunState, ErrorInfo | None, tuple[RunItem, ...]]:
    """What has to be the same in runs of the same course."""

    def nameless(file: StoredFile) -> StoredFile:
        return StoredFile("", file.name.rpartition(".")[2], file.size, file.media_type, file.sha256)

    def plain(item: RunItem) -> RunItem:
        item = map_files(item, nameless)
        match item:
            case CodeStep():
                return replace(item, key="", started_at=None, ended_at=None)
            case _:
                return replace(item, key="")

    return run.state, run.error, tuple(plain(item) for item in run.items)


async def settled(bench: Bench, thread: str) -> Run:
    """The run, once its files are here."""
    await bench.idle(thread)

    def is_complete() -> bool:
        return all(file[2] for file in files(bench.run(thread)))

    await until(is_complete)
    return bench.run(thread)


def files(run: Run) -> list[tuple[str, str, str]]:
    found: list[StoredFile] = []

    def note(file: StoredFile) -> StoredFile:
        found.append(file)
        return file

    for item in run.items:
        map_files(item, note)
    return [(file.remote_id, file.name, file.sha256) for file in found]


async def test_a_stream_cut_at_any_event_ends_in_the_same_run_asked_for_once(bench: Bench) -> None:
    bench.player.on("Plot it", *WHOLE)
    thread = bench.new_thread()
    bench.ask(thread, "Plot it")
    whole = await settled(bench, thread)
    assert (whole.state, len(whole.items), len(files(whole))) == (RunState.COMPLETED, 3, 3)
    cuts = 0
    for count in range(60):
        bench.engine.cutter.events_left = count
        bench.ask(thread, "Plot it")
        assert same(await settled(bench, thread)) == same(whole), f"cut after {count} events"
        if bench.engine.cutter.events_left is not None:
            break  # the stream was not longer than that
        cuts += 1
    assert cuts > 10
    messages, runs = await bench.remote(thread)
    assert (len(messages), len(runs)) == (cuts + 2, cuts + 2)
    assert await bench.archive.transcript(thread) == bench.services.conversation.transcript(thread)


async def test_a_run_goes_on_when_the_engine_dies(bench: Bench) -> None:
    bench.player.on("Begin", Say("The beginning", hold=True))
    thread = bench.new_thread()
    bench.ask(thread, "Begin")
    await until(lambda: bench.text(thread) == "The beginning ")
    await bench.engine.die()
    bench.player.release.set()
    await bench.idle(thread)
    assert (bench.run(thread).state, bench.text(thread)) == (RunState.COMPLETED, "The beginning And the rest.")
    _, runs = await bench.remote(thread)
    assert [run.id for run in runs] == [bench.run(thread).remote_id]


async def test_runs_of_two_threads_go_on_when_the_engine_dies(bench: Bench) -> None:
    bench.player.on("Begin", Code("1"), Say("The beginning", hold=True))
    threads = [bench.new_thread(), bench.new_thread()]
    for thread in threads:
        bench.ask(thread, "Begin")
    await until(lambda: [bench.text(thread) for thread in threads] == ["The beginning "] * 2)
    for _ in range(2):
        await bench.engine.die()
        await bench.engine.backend()
    bench.player.release.set()
    for thread in threads:
        await bench.idle(thread)
        assert text_of((await bench.archive.transcript(thread))[-1]) == "The beginning And the rest."


async def test_what_cannot_be_found_again_fails_and_retry_goes_on_with_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "RECONNECT_DELAYS", (0.0, 0.0))
    bench.player.on("Begin", Say("The beginning", hold=True))
    thread = bench.new_thread()
    bench.ask(thread, "Begin")
    await until(lambda: bench.text(thread) == "The beginning ")
    bench.engine.is_broken = True
    await bench.engine.die()
    await bench.idle(thread)
    failed = bench.run(thread)
    assert failed.error is not None
    assert (failed.state, failed.error.code) == (RunState.FAILED, ErrorCode.ENGINE_UNAVAILABLE)
    bench.services.conversation.retry(thread)
    await bench.idle(thread)
    assert bench.run(thread) == failed

    bench.engine.is_broken = False
    bench.player.release.set()
    bench.services.conversation.retry(thread)
    await bench.idle(thread)
    assert (bench.run(thread).id, bench.text(thread)) == (failed.id, "The beginning And the rest.")
    _, runs = await bench.remote(thread)
    assert [run.id for run in runs] == [failed.remote_id]


async def test_a_service_that_does_not_stop_is_not_listened_to_for_ever(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "STOP_SECONDS", 0.05)
    bench.player.on("Begin", Say("The beginning", hold=True))
    thread = bench.new_thread()
    bench.ask(thread, "Begin")
    await until(lambda: bench.text(thread) == "The beginning ")
    bench.engine.may_start.clear()  # nobody takes the cancellation
    bench.services.conversation.stop(thread)
    await bench.idle(thread)
    assert (bench.run(thread).state, bench.text(thread)) == (RunState.CANCELLED, "The beginning ")


async def test_complaint_06_a_run_goes_on_after_a_restart(bench: Bench) -> None:
    bench.player.on("Begin", Code("1"), Say("The beginning", hold=True))
    thread = bench.new_thread()
    bench.ask(thread, "Begin")
    await until(lambda: bench.text(thread) == "The beginning ")
    await bench.desk.aclose()
    bench.player.release.set()
    await bench.start()
    bench.services.conversation.open(thread)
    await bench.idle(thread)
    assert (bench.run(thread).state, bench.text(thread)) == (RunState.COMPLETED, "The beginning And the rest.")
    _, runs = await bench.remote(thread)
    assert len(runs) == 1


async def test_a_run_whose_id_was_lost_is_found_by_its_mark(bench: Bench) -> None:
    bench.player.on("Begin", ENDLESS, Say("Done."))
    thread = bench.new_thread()
    bench.ask(thread, "Begin")
    await until(lambda: bench.has_code(thread))
    run = bench.run(thread)
    await bench.desk.aclose()
    await bench.open()
    await bench.archive.save_run(replace(run, remote_id="", items=(), state=RunState.STARTING))
    bench.player.release.set()
    await bench.desk.start()
    bench.services.conversation.open(thread)
    await bench.idle(thread)
    assert (bench.run(thread).remote_id, bench.run(thread).state) == (run.remote_id, RunState.COMPLETED)


async def test_a_run_that_was_never_asked_for_is_interrupted_and_can_be_retried(bench: Bench) -> None:
    thread = bench.new_thread()
    await bench.answer(thread, "one")
    await bench.archive.save_run(replace(NEW, thread_id=thread))
    await bench.restart()
    bench.services.conversation.open(thread)
    await bench.idle(thread)
    failed = bench.run(thread)
    assert failed.error is not None
    assert (failed.state, failed.error.code) == (RunState.FAILED, ErrorCode.INTERRUPTED)
    bench.services.conversation.retry(thread)
    await bench.idle(thread)
    assert bench.run(thread).state is RunState.COMPLETED
    _, runs = await bench.remote(thread)
    assert len(runs) == 2


async def test_several_open_runs_of_a_thread_are_all_taken_up(bench: Bench) -> None:
    thread = bench.new_thread()
    await bench.answer(thread, "one")
    for number in range(2):
        await bench.archive.save_run(replace(NEW, id=f"run_{number}", thread_id=thread))
    await bench.restart()
    await bench.idle(thread)
    assert await bench.archive.open_runs() == ()
    assert bench.codes() == []


@pytest.mark.parametrize("state", [MessageState.WRITTEN, MessageState.SENDING, MessageState.SENT])
async def test_a_question_that_a_crash_caught_waits_for_retry(bench: Bench, state: MessageState) -> None:
    thread = bench.new_thread()
    await bench.answer(thread, "one")
    await bench.archive.save_question(Question("question_new", thread, "two", (), 2.0, state))
    await bench.restart()
    bench.services.conversation.open(thread)
    await until(lambda: bench.services.conversation.transcript(thread))
    failed = bench.question(thread)
    assert failed.error is not None
    assert (failed.state, failed.error.code) == (MessageState.FAILED, ErrorCode.INTERRUPTED)
    bench.services.conversation.retry(thread)
    await bench.idle(thread)
    assert text_of(bench.run(thread)) == "You said two. "
    messages, runs = await bench.remote(thread)
    assert (len(messages), len(runs)) == (2, 2)


@pytest.mark.parametrize("state", [RunState.FAILED, RunState.CANCELLED])
async def test_retry_in_a_thread_that_the_engine_lost_asks_anew(bench: Bench, state: RunState) -> None:
    thread = bench.new_thread()
    await bench.answer(thread, "one")
    run = await bench.answer(thread, "two")
    await bench.desk.aclose()
    await bench.open()
    await bench.archive.save_run(replace(run, state=state))
    await bench.desk.start()
    bench.services.conversation.open(thread)
    await until(lambda: bench.services.conversation.transcript(thread))
    found = bench.services.threads.get(thread)
    assert found is not None
    await (await bench.engine.backend()).delete_thread(found.remote_id)
    bench.services.conversation.retry(thread)
    await bench.idle(thread)
    assert (bench.run(thread).state, bench.run(thread).id != run.id) == (RunState.COMPLETED, True)
    assert [item.id for item in bench.services.conversation.transcript(thread)][-2] == run.id
    messages, runs = await bench.remote(thread)
    assert (len(messages), len(runs)) == (2, 1)  # what was asked before was sent along


async def test_two_threads_that_begin_at_once_make_one_assistant(bench: Bench) -> None:
    threads = [bench.new_thread() for _ in range(3)]
    for thread in threads:
        bench.ask(thread, "Hello")
    for thread in threads:
        await bench.idle(thread)
    listed = await bench.engine.client.get("/assistants", cast_to=object)
    assert isinstance(listed, dict)
    assert len(listed["data"]) == 1
