"""Threads: their list, their titles and drafts, the search, and their end."""

from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.services.notice import NoticeKind
from desktop_app.services.thread import SearchResult, title_from
from tests.harness.wait import until
from tests.unit.services.bench import Bench


async def test_complaint_21_a_thread_is_named_after_its_first_question_and_stands_first(bench: Bench) -> None:
    threads = bench.services.threads
    bench.new_thread()
    first = threads.create(bench.services.assistants.default.id)
    bench.ask(first.id, "Average body\nmass by species")
    named = threads.get(first.id)
    assert named is not None
    assert named.title == "Average body mass by species"
    assert threads.items[0].id == first.id
    await bench.idle(first.id)
    await bench.restart()
    assert bench.services.threads.items[0].title == named.title
    assert not bench.services.threads.items[0].busy


async def test_a_question_of_files_only_is_named_after_the_first(bench: Bench, table: Path) -> None:
    thread = bench.services.threads.create(bench.services.assistants.default.id)
    bench.services.attachments.add(thread.id, [table])
    await bench.answer(thread.id, "")
    assert bench.services.threads.items[0].title == "table.csv"


def test_a_long_title_is_cut_between_words() -> None:
    assert title_from("word " * 30) == "word " * 11 + "word…"


async def test_an_unused_thread_is_taken_again_and_a_used_one_is_not(bench: Bench) -> None:
    assistant = bench.services.assistants.default.id
    first = bench.services.threads.create(assistant)
    assert bench.services.threads.create(assistant).id == first.id
    bench.ask(first.id, "Hello")
    assert bench.services.threads.create(assistant).id != first.id
    await bench.idle(first.id)


async def test_drafts_survive(bench: Bench) -> None:
    thread = bench.new_thread()
    for draft in ("h", "half", "half a question"):
        bench.services.threads.set_draft(thread, draft)
    await bench.restart()
    assert bench.services.threads.draft(thread) == "half a question"


async def test_the_program_ends_even_if_nothing_can_be_written(bench: Bench) -> None:
    bench.services.threads.set_draft(bench.new_thread(), "half a question")
    await bench.archive.aclose()
    await bench.desk.aclose()
    assert {notice.kind for notice in bench.notices} == {NoticeKind.ERROR}


async def test_a_newer_search_supersedes_an_older_one(bench: Bench) -> None:
    thread = bench.new_thread()
    await bench.answer(thread, "penguins")
    found: list[SearchResult] = []
    bench.services.threads.found.connect(found.append)
    for query in ("p", "pe", "penguins"):
        bench.services.threads.search(query)
    await until(lambda: found)
    assert [(result.query, [hit.thread.id for hit in result.hits]) for result in found] == [("penguins", [thread])]
    bench.services.threads.search(" ")
    await until(lambda: found[1:])
    assert found[1].hits == ()


async def test_a_deleted_thread_can_be_restored_while_the_last_session_is_cleared_away(bench: Bench) -> None:
    old, new = bench.new_thread(), bench.new_thread()
    for thread in (old, new):
        await bench.answer(thread, "Hello")
    bench.services.threads.delete(old)
    await bench.desk.aclose()
    bench.engine.may_start.clear()
    await bench.start()
    bench.services.threads.delete(new)
    bench.engine.may_start.set()
    await until(lambda: not bench.stored("SELECT id FROM thread WHERE id = ?", old))
    undo = bench.notices[-1].undo
    assert undo is not None
    undo()
    await bench.restart()
    assert [thread.id for thread in bench.services.threads.items] == [new]
    assert len(await bench.archive.transcript(new)) == 2


async def test_what_is_deleted_goes_here_and_on_the_service_at_the_next_start(bench: Bench, table: Path) -> None:
    thread = bench.new_thread()
    bench.services.attachments.add(thread, [table])
    await bench.answer(thread, "Hello")
    found = bench.services.threads.find(thread)
    assert found is not None
    bench.services.threads.delete(thread)
    bench.engine.is_broken = True
    await bench.restart()
    await bench.desk.aclose()
    blobs = bench.folder / "archive" / "blobs"
    assert list(blobs.glob("??/*"))  # the service could not be told: it waits
    bench.engine.is_broken = False
    await bench.start()
    await until(lambda: not list(blobs.glob("??/*")))
    with pytest.raises(Exception, match="No thread"):
        await bench.engine.client.get(f"/threads/{found.remote_id}", cast_to=object)
    assert [file.filename async for file in bench.engine.client.files.list()] == []
    assert await bench.archive.deleted_threads() == ()


async def test_a_name_that_is_given_while_a_service_names_the_thread_loses_nothing(bench: Bench) -> None:
    threads = bench.services.threads
    thread_id = bench.new_thread()
    threads.rename(thread_id, "Penguins")
    thread = threads.get(thread_id)
    assert thread is not None
    await threads.store(replace(thread, remote_id="thread_there"))
    await bench.desk.aclose()
    assert bench.stored("SELECT remote_id FROM thread WHERE id = ?", thread_id) == "thread_there"
    await bench.start()
