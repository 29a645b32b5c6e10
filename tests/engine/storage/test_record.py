"""Objects in their order, and what goes with them when they go."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from desktop_app.engine.storage.database import Database
from desktop_app.engine.storage.record import Page, Records, ThreadFile, UnknownCursorError


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(tmp_path / "engine.sqlite3")
    await opened.run(lambda records: records.save("thread", {"id": "t"}, {"id": "other"}))
    yield opened
    await opened.aclose()


@pytest.fixture
async def five(database: Database) -> Database:
    messages = [{"id": f"m{number}", "thread_id": "t", "run_id": None} for number in range(5)]
    await database.run(lambda records: records.save("message", *messages))
    return database


def _ids(page: Page) -> list[str]:
    return [item["id"] for item in page.items]


@pytest.mark.parametrize(
    ("order", "after", "before", "ids", "has_more"),
    [
        ("asc", None, None, ["m0", "m1"], True),
        ("desc", None, None, ["m4", "m3"], True),
        ("asc", "m2", None, ["m3", "m4"], False),
        ("desc", "m2", None, ["m1", "m0"], False),
        ("asc", None, "m4", ["m2", "m3"], True),
        ("desc", None, "m2", ["m4", "m3"], False),
        ("asc", "m0", "m2", ["m1"], False),
    ],
)
async def test_a_page_begins_after_and_ends_before(
    five: Database, order: str, after: str | None, before: str | None, ids: list[str], *, has_more: bool
) -> None:
    page = await five.run(
        lambda records: records.page(
            "message",
            {"thread_id": "t"},
            order="asc" if order == "asc" else "desc",
            limit=2,
            after=after,
            before=before,
        )
    )
    assert (_ids(page), page.has_more) == (ids, has_more)


async def test_a_cursor_of_another_list_is_refused(five: Database) -> None:
    await five.run(lambda records: records.save("message", {"id": "x", "thread_id": "other", "run_id": None}))
    with pytest.raises(UnknownCursorError):
        await five.run(lambda records: records.page("message", {"thread_id": "t"}, order="asc", limit=2, after="x"))


async def test_a_changed_object_keeps_its_place(five: Database) -> None:
    await five.run(lambda records: records.save("message", {"id": "m1", "thread_id": "t", "run_id": None, "new": 1}))
    page = await five.run(lambda records: records.page("message", {"thread_id": "t"}, order="asc", limit=9))
    assert _ids(page) == ["m0", "m1", "m2", "m3", "m4"]
    assert page.items[1]["new"] == 1


async def test_a_thread_takes_everything_of_its_own_with_it(five: Database) -> None:
    def work(records: Records) -> None:
        records.add_run({"id": "r", "thread_id": "t", "status": "completed"}, [])
        records.save("step", {"id": "s", "run_id": "r"})
        records.add_file({"id": "f", "purpose": "assistants"}, "00")
        records.add_thread_file("t", ThreadFile("a.csv", "f", "s"))
        records.delete("thread", "t")

    await five.run(work)
    left = await five.run(
        lambda records: (records.get("message", "m0"), records.get("run", "r"), records.get("step", "s"))
    )
    assert left == (None, None, None)
    assert await five.run(lambda records: records.get("file", "f")) is not None


async def test_text_that_is_no_unicode_is_stored_all_the_same(database: Database) -> None:
    await database.run(lambda records: records.save("thread", {"id": "t", "text": "a\ud800b"}))
    assert await database.run(lambda records: records.get("thread", "t")) == {"id": "t", "text": "a?b"}
