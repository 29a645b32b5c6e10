"""Asking, stopping, trying again."""

from pathlib import Path

import pytest

from desktop_app.domain.entity import MessageState, Run, RunState
from desktop_app.domain.error import ErrorCode
from desktop_app.services.activity import ActivityKind
from desktop_app.services.transcript import TranscriptChange
from tests.contract.scenario import Break, Code, Say
from tests.harness.wait import until
from tests.unit.services.bench import Bench, text_of

ENDLESS = Code("while True: pass", logs="going\n", hold=True)


async def test_a_question_is_answered(bench: Bench) -> None:
    thread = bench.new_thread()
    run = await bench.answer(thread, "Hello")
    assert (run.state, text_of(run)) == (RunState.COMPLETED, "You said Hello. ")
    assert await bench.archive.transcript(thread) == bench.services.conversation.transcript(thread)


async def test_a_question_is_in_the_archive_before_anything_is_sent(bench: Bench) -> None:
    bench.engine.may_start.clear()
    thread = bench.new_thread()
    bench.ask(thread, "Hello")
    await until(lambda: bench.services.conversation.activity(thread))
    assert [text_of(item) for item in await bench.archive.transcript(thread)] == ["Hello"]
    bench.engine.may_start.set()
    await bench.idle(thread)


async def test_a_question_is_not_lost_when_the_program_ends_at_once(bench: Bench) -> None:
    thread = bench.new_thread()
    bench.services.threads.set_draft(thread, "Hello")
    bench.ask(thread, "Hello")
    await bench.restart()
    assert [text_of(item) for item in await bench.archive.transcript(thread)][:1] == ["Hello"]
    assert bench.services.threads.draft(thread) == ""


async def test_complaint_06_ids_are_in_the_archive_before_the_first_event_is_shown(bench: Bench) -> None:
    seen: list[tuple[bool, bool]] = []

    def look(change: TranscriptChange) -> None:
        if isinstance(change.item, Run) and change.item.remote_id:
            run = bench.stored("SELECT remote_id FROM run WHERE id = ?", change.item.id)
            remote_thread = bench.stored("SELECT remote_id FROM thread WHERE id = ?", change.thread_id)
            seen.append((run == change.item.remote_id, bool(remote_thread)))

    bench.services.conversation.changed.connect(look)
    await bench.answer(bench.new_thread(), "Hello")
    assert len(seen) > 2
    assert set(seen) == {(True, True)}


async def test_a_second_question_is_refused_at_once(bench: Bench) -> None:
    thread = bench.new_thread()
    assert bench.services.conversation.ask(thread, "one")
    assert not bench.services.conversation.ask(thread, "two")
    await bench.idle(thread)
    messages, runs = await bench.remote(thread)
    assert (len(messages), len(runs)) == (1, 1)


@pytest.mark.parametrize("text", ["", " \n ", "x" * 256_001])
async def test_nothing_and_too_much_are_refused(bench: Bench, text: str) -> None:
    thread = bench.new_thread()
    assert not bench.services.conversation.ask(thread, text)
    assert not bench.services.conversation.is_busy(thread)
    assert bench.codes() == ([ErrorCode.MESSAGE_TOO_LONG] if text.strip() else [])


async def test_complaint_07_a_question_that_cannot_be_sent_stays_and_is_sent_once(bench: Bench, table: Path) -> None:
    thread = bench.new_thread()
    bench.services.attachments.add(thread, [table])
    await until(lambda: bench.services.attachments.files(thread)[0].file.remote_id)
    bench.engine.is_broken = True
    bench.ask(thread, "What is in it?")
    await bench.idle(thread)
    failed = bench.question(thread)
    assert (failed.state, failed.text, len(failed.files)) == (MessageState.FAILED, "What is in it?", 1)
    assert failed.error is not None
    assert failed.error.code is ErrorCode.ENGINE_UNAVAILABLE

    bench.engine.is_broken = False
    bench.services.conversation.retry(thread)
    await bench.idle(thread)
    assert bench.run(thread).state is RunState.COMPLETED
    messages, runs = await bench.remote(thread)
    assert (len(messages), len(runs)) == (1, 1)
    assert len(messages[0].attachments or ()) == 1


async def test_complaint_07_a_question_that_cannot_be_stored_stays_on_the_screen(bench: Bench) -> None:
    thread = bench.new_thread()
    await bench.idle(thread)
    await bench.archive.aclose()  # nothing can be written any more
    bench.ask(thread, "Do not lose me")
    await bench.idle(thread)
    failed = bench.question(thread)
    assert (failed.text, failed.state) == ("Do not lose me", MessageState.FAILED)
    assert ErrorCode.STORAGE_FAILED in bench.codes()


async def test_complaint_15_a_question_stopped_and_retried_is_posted_once(bench: Bench) -> None:
    bench.engine.may_start.clear()
    thread = bench.new_thread()
    bench.ask(thread, "Hello")
    await until(lambda: bench.services.conversation.activity(thread))
    bench.services.conversation.stop(thread)
    await bench.idle(thread)
    assert bench.question(thread).state is MessageState.FAILED
    bench.engine.may_start.set()
    bench.services.conversation.retry(thread)
    await bench.idle(thread)
    assert [len(listed) for listed in await bench.remote(thread)] == [1, 1]


async def test_complaint_01_stop_before_the_first_event_starts_nothing_or_cancels(bench: Bench) -> None:
    """At whatever event-loop turn Stop is pressed."""
    thread = bench.new_thread()
    bench.player.on("Begin", ENDLESS)
    begun = 0
    stages = (ActivityKind.STARTING_ENGINE, ActivityKind.WAITING_FOR_MODEL, ActivityKind.WRITING_CODE)
    for stage in stages:

        def stop_at(_: str, stage: ActivityKind = stage) -> None:
            activity = bench.services.conversation.activity(thread)
            if activity is not None and activity.kind is stage:
                bench.services.conversation.stop(thread)

        disconnect = bench.services.conversation.activity_changed.connect(stop_at)
        bench.ask(thread, "Begin")
        await bench.idle(thread)
        disconnect()
        item = bench.item(thread)
        begun += isinstance(item, Run) and bool(item.remote_id)
        assert item.state in (MessageState.FAILED, RunState.CANCELLED)
    _, runs = await bench.remote(thread)
    assert [run.status for run in runs] == ["cancelled"] * begun


async def test_complaint_01_stop_while_code_runs_keeps_its_output(bench: Bench) -> None:
    thread = bench.new_thread()
    bench.player.on("Begin", ENDLESS)
    bench.ask(thread, "Begin")
    await until(lambda: bench.has_code(thread))
    for _ in range(2):
        bench.services.conversation.stop(thread)
    activity = bench.services.conversation.activity(thread)
    assert activity is not None
    assert activity.kind is ActivityKind.STOPPING
    await bench.idle(thread)
    assert bench.run(thread).state is RunState.CANCELLED
    assert bench.has_code(thread)
    _, runs = await bench.remote(thread)
    assert [run.status for run in runs] == ["cancelled"]
    bench.services.conversation.stop(thread)
    assert bench.codes() == []


async def test_complaint_01_stop_while_text_streams_keeps_the_text(bench: Bench) -> None:
    thread = bench.new_thread()
    bench.player.on("Begin", Say("The beginning", hold=True))
    bench.ask(thread, "Begin")
    await until(lambda: bench.text(thread) == "The beginning ")
    bench.services.conversation.stop(thread)
    await bench.idle(thread)
    assert (bench.run(thread).state, bench.text(thread)) == (RunState.CANCELLED, "The beginning ")
    assert await bench.archive.transcript(thread) == bench.services.conversation.transcript(thread)


async def test_a_stopped_thread_takes_the_next_question_and_its_stop(bench: Bench) -> None:
    thread = bench.new_thread()
    bench.player.on("Begin", ENDLESS)
    for _ in range(2):
        bench.ask(thread, "Begin")
        await until(lambda: bench.has_code(thread))
        bench.services.conversation.stop(thread)
        await bench.idle(thread)
        assert bench.run(thread).state is RunState.CANCELLED


async def test_retry_after_a_failed_run_asks_for_another_one(bench: Bench) -> None:
    thread = bench.new_thread()
    bench.player.on("Hello", Break())
    failed = await bench.answer(thread, "Hello")
    assert failed.state is RunState.FAILED
    bench.player.on("Hello", Say("Hi."))
    bench.services.conversation.retry(thread)
    bench.services.conversation.retry(thread)
    await bench.idle(thread)
    assert (bench.run(thread).state, bench.text(thread)) == (RunState.COMPLETED, "Hi. ")
    messages, runs = await bench.remote(thread)
    assert ([run.status for run in runs], len(messages)) == (["failed", "completed"], 1)


async def test_there_is_nothing_to_retry_after_an_answer(bench: Bench) -> None:
    thread = bench.new_thread()
    bench.services.conversation.retry(thread)
    await bench.answer(thread, "Hello")
    bench.services.conversation.retry(thread)
    assert not bench.services.conversation.is_busy(thread)


async def test_two_threads_at_once_do_not_mix(bench: Bench) -> None:
    first, second = bench.new_thread(), bench.new_thread()
    bench.player.on("one", Code("1"), Say("First.", hold=True))
    bench.player.on("two", Code("2"), Say("Second.", hold=True))
    bench.ask(first, "one")
    bench.ask(second, "two")
    await until(lambda: "First. " in bench.text(first) and "Second. " in bench.text(second))
    assert all(thread.busy for thread in bench.services.threads.items)
    bench.player.release.set()
    await bench.idle(first)
    await bench.idle(second)
    texts = [[text_of(item) for item in await bench.archive.transcript(thread)] for thread in (first, second)]
    assert texts == [["one", "First. And the rest."], ["two", "Second. And the rest."]]


async def test_a_run_that_ends_in_the_background_is_marked_unread(bench: Bench) -> None:
    first = bench.new_thread()
    bench.ask(first, "Hello")
    bench.new_thread()
    await bench.idle(first)
    thread = bench.services.threads.get(first)
    assert thread is not None
    assert (thread.unread, thread.busy) == (True, False)
    bench.services.conversation.open(first)
    await until(lambda: not getattr(bench.services.threads.get(first), "unread", True))


async def test_a_question_asked_while_the_thread_is_read_hides_nothing(bench: Bench) -> None:
    thread = bench.new_thread()
    await bench.answer(thread, "one")
    await bench.restart()
    bench.services.conversation.open(thread)
    bench.ask(thread, "two")
    await bench.idle(thread)
    asked = [text_of(item) for item in bench.services.conversation.transcript(thread)]
    assert asked == ["one", "You said one. ", "two", "You said two. "]


async def test_a_deleted_threads_run_is_stopped_and_the_thread_can_come_back(bench: Bench) -> None:
    thread = bench.new_thread()
    bench.player.on("Begin", ENDLESS)
    bench.ask(thread, "Begin")
    await until(lambda: bench.has_code(thread))
    bench.services.threads.delete(thread)
    assert bench.services.threads.get(thread) is None
    await bench.idle(thread)
    _, runs = await bench.remote(thread)
    assert [run.status for run in runs] == ["cancelled"]
    undo = bench.notices[-1].undo
    assert undo is not None
    undo()
    back = bench.services.threads.get(thread)
    assert back is not None
    assert not back.busy
    assert bench.codes() == []
    assert (await bench.answer(thread, "Hello")).state is RunState.COMPLETED


@pytest.mark.expects_log("A background task failed")
@pytest.mark.parametrize("place", ["delivery.Delivery.run", "listener.kind_after"])
async def test_a_defect_ends_the_turn_and_not_the_thread(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    thread = bench.new_thread()
    with monkeypatch.context() as patched:
        patched.setattr(f"desktop_app.services.{place}", fail)
        bench.ask(thread, "Hello")
        await bench.idle(thread)
        await until(lambda: bench.item(thread).error)
    failed = bench.item(thread)
    assert failed.error is not None
    assert failed.error.code is ErrorCode.UNEXPECTED
    bench.services.conversation.retry(thread)
    await bench.idle(thread)
    assert bench.run(thread).state is RunState.COMPLETED
    assert [len(listed) for listed in await bench.remote(thread)] == [1, 1]
