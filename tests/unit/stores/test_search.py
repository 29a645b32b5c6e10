"""The search finds threads by any text a person may type."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.domain.entity import (
    Answer,
    CodeStep,
    LogOutput,
    Question,
    Reasoning,
    Remark,
    RemarkKind,
    Run,
    RunState,
    SearchHit,
    StepState,
    TextPart,
    Thread,
)
from desktop_app.stores.archive import SqliteArchive
from tests.unit.stores.conftest import THREAD

QUESTION = Question("question", THREAD.id, "Plot the profit of the Übersee division", (), 10.0)
CODE = CodeStep("s", "frame.groupby('region').sum()", (LogOutput("secret_log"),), StepState.COMPLETED)
ANSWER = Answer("m", (TextPart("The café made **42** euros."),), complete=True)
RUN = Run("run", THREAD.id, QUESTION.id, "Analyst", "model", 11.0, RunState.COMPLETED, items=(CODE, ANSWER))


@pytest.fixture(autouse=True)
async def _said(archive: SqliteArchive) -> None:
    await archive.save_question(QUESTION)
    await archive.save_run(RUN)
    await archive.save_thread(Thread("other", "Weather", "assistant", 1.0, 1.0))


def marked(hit: SearchHit) -> list[str]:
    return [hit.snippet[start:end] for start, end in hit.matches]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("profit", "profit"),
        ("PROFIT", "profit"),
        ("prof", "profit"),
        ("ubersee", "Übersee"),
        ("CAFE", "café"),
        ("groupby", "groupby"),
        ("sales", "Sales"),
        ("42", "42"),
        ("'region'", "region"),
    ],
)
async def test_titles_questions_code_and_answers_are_found(archive: SqliteArchive, query: str, found: str) -> None:
    (hit,) = await archive.search(query)
    assert hit.thread == THREAD
    assert found in marked(hit)


async def test_every_word_must_be_there_but_not_in_one_place(archive: SqliteArchive) -> None:
    assert [hit.thread.id for hit in await archive.search("sales profit groupby caf")] == [THREAD.id]
    assert await archive.search("profit weather") == ()


@pytest.mark.parametrize("query", ["secret_log", "rofit", "prof plot", "", "  ", "?!", "\0", "\ud800"])
async def test_what_is_not_there_is_not_found(archive: SqliteArchive, query: str) -> None:
    assert await archive.search(query) == ()


@pytest.mark.parametrize(
    "query",
    ['"', '"profit', "profit*", "-profit", "profit AND", "NEAR(", "text:profit", "(profit", "prof\0it", "^profit"],
)
async def test_nothing_in_a_query_is_an_operator(archive: SqliteArchive, query: str) -> None:
    hits = await archive.search(query)
    assert all(hit.thread == THREAD for hit in hits)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
async def test_any_text_is_a_valid_query(archive: SqliteArchive, query: str) -> None:
    for hit in await archive.search(query):
        assert all(0 <= start < end <= len(hit.snippet) for start, end in hit.matches)


async def test_titles_come_before_passing_mentions(archive: SqliteArchive) -> None:
    for number in range(5):
        await archive.save_thread(Thread(f"t{number}", "Title", "assistant", 1.0, float(number)))
        text = "turbine " + "and much else " * 20
        await archive.save_question(replace(QUESTION, id=f"q{number}", thread_id=f"t{number}", text=text))
    await archive.save_thread(Thread("best", "Turbine", "assistant", 1.0, 0.0))
    hits = await archive.search("turbine")
    assert hits[0].thread.id == "best"
    assert len(hits) == 6
    assert len(await archive.search("turbine", limit=2)) == 2


async def test_a_snippet_is_one_line_of_plain_text_around_the_match(archive: SqliteArchive) -> None:
    text = "before " * 50 + "\nthe <b>needle</b>\tis here " + "after " * 50
    await archive.save_question(replace(QUESTION, text=text))
    (hit,) = await archive.search("needle")
    assert marked(hit) == ["needle"]
    assert "the <b>needle</b> is here" in hit.snippet
    assert len(hit.snippet) < 200
    assert "\n" not in hit.snippet


async def test_what_was_replaced_is_not_found_any_more(archive: SqliteArchive) -> None:
    await archive.save_question(replace(QUESTION, text="different"))
    await archive.save_thread(replace(THREAD, title="Costs"))
    await archive.save_run(replace(RUN, items=(CODE,)))
    assert [await archive.search(word) for word in ("profit", "sales", "euros")] == [(), (), ()]
    assert all([await archive.search(word) for word in ("different", "costs", "groupby")])


async def test_an_answer_is_found_when_it_has_ended(archive: SqliteArchive) -> None:
    streaming = replace(RUN, id="two", state=RunState.IN_PROGRESS, items=(Answer("m", (TextPart("zebra"),)),))
    await archive.save_run(streaming)
    assert await archive.search("zebra") == ()
    await archive.save_run(replace(streaming, state=RunState.CANCELLED))
    assert len(await archive.search("zebra")) == 1


async def test_reasoning_is_found_when_it_has_ended_and_a_remark_is_not(archive: SqliteArchive) -> None:
    remark = Remark("r", RemarkKind.FILES_LOST, {"names": "giraffe.csv"})
    streaming = replace(RUN, id="two", state=RunState.IN_PROGRESS, items=(remark, Reasoning("t", "A zebra, perhaps")))
    await archive.save_run(streaming)
    assert await archive.search("zebra") == ()
    await archive.save_run(replace(streaming, items=(remark, Reasoning("t", "A zebra, perhaps", complete=True))))
    (hit,) = await archive.search("zebra")
    assert (hit.thread, marked(hit)) == (THREAD, ["zebra"])
    assert await archive.search("giraffe") == ()
