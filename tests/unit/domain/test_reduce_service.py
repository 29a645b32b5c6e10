"""The reducer: what services tell beside code and answers, and an account that begins anew."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.connection import RateLimits
from desktop_app.domain.entity import (
    Answer,
    CodeStep,
    FileLink,
    ImageOutput,
    Reasoning,
    Remark,
    RemarkKind,
    Run,
    RunItem,
    RunState,
    StepState,
    StoredFile,
    TextPart,
    Usage,
)
from desktop_app.domain.event import (
    AnswerSnapshot,
    AnswerStarted,
    CodeDelta,
    CodeRunning,
    CodeSnapshot,
    CodeStarted,
    ItemsReset,
    LimitsSeen,
    ReasoningDelta,
    ReasoningSnapshot,
    RemarkMade,
    RunEvent,
    RunStateChanged,
    TextDelta,
)
from desktop_app.domain.item_file import files_of
from desktop_app.domain.reduce import ChangeKind, apply

ID = "resp_1"
NEW = Run("run", "thread", "question", "Analyst", "model", created_at=1.0)
GOING = apply(NEW, RunStateChanged(ID, RunState.IN_PROGRESS)).run
CHART = StoredFile("file_1", "chart.png", 10, "image/png", remote_id="cntr_1/cfile_1")
STORED_CHART = replace(CHART, sha256="a" * 64)
THOUGHT = Reasoning("rs_1/0", "First the table, then the plot", complete=True)
REMARK = Remark("remark/1", RemarkKind.CONTAINER_REPLACED, {"files": "2"})
STEP = CodeStep("ci_1", "plot(1)", (ImageOutput(CHART),), StepState.COMPLETED)
ANSWER = Answer("msg_1", (TextPart("The chart", (FileLink("chart", CHART, 4, 9),)),), (CHART,), complete=True)
LIMITS = RateLimits(requests_left=9, tokens_left=1000, reset_seconds=6.0)

# As a Responses service tells it: the items have no order of snapshots and deltas but this one.
STREAM: tuple[RunEvent, ...] = (
    RunStateChanged(ID, RunState.QUEUED),
    LimitsSeen(ID, LIMITS),
    RemarkMade(ID, REMARK),
    RunStateChanged(ID, RunState.IN_PROGRESS),
    ReasoningDelta(ID, "rs_1/0", "First the table, "),
    ReasoningDelta(ID, "rs_1/0", "then the plot"),
    ReasoningSnapshot(ID, THOUGHT),
    CodeStarted(ID, "ci_1"),
    CodeDelta(ID, "ci_1", "plot(1)"),
    CodeRunning(ID, "ci_1"),
    CodeSnapshot(ID, STEP),
    AnswerStarted(ID, "msg_1"),
    TextDelta(ID, "msg_1", 0, "The chart"),
    AnswerSnapshot(ID, ANSWER),
    RunStateChanged(ID, RunState.COMPLETED, usage=Usage(3, 4, 1, 2, 1), at=5.0),
)
ITEMS = (REMARK, THOUGHT, STEP, ANSWER)


def reduce(events: Iterable[RunEvent], run: Run = NEW) -> Run:
    for event in events:
        run = apply(run, event).run
    return run


WHOLE = reduce(STREAM)


def test_a_whole_stream_gives_the_whole_run() -> None:
    assert WHOLE.items == ITEMS
    assert (WHOLE.limits, WHOLE.usage) == (LIMITS, Usage(3, 4, 1, 2, 1))


def test_a_change_says_what_it_touched() -> None:
    kinds = [apply(reduce(STREAM[:index]), event).kind for index, event in enumerate(STREAM)]
    run, added, changed = ChangeKind.RUN, ChangeKind.ITEM_ADDED, ChangeKind.ITEM_CHANGED
    assert kinds == [run, run, added, run, added, *[changed] * 2, added, *[changed] * 3, added, *[changed] * 2, run]


@given(st.lists(st.sampled_from((*STREAM, ItemsReset(ID), ItemsReset(ID, (STEP,)))), max_size=20))
def test_anything_that_comes_after_the_end_changes_nothing(late: list[RunEvent]) -> None:
    assert reduce(late, WHOLE) == WHOLE


@given(st.integers(0, len(STREAM) - 1), st.integers(0, len(STREAM) - 1))
def test_an_account_that_begins_anew_anywhere_ends_the_same(first: int, second: int) -> None:
    # After the first drop the service replays all of it, and again after the second.
    begun = reduce([*STREAM[:first], ItemsReset(ID), *STREAM[:second], ItemsReset(ID)])
    assert reduce(STREAM, begun) == WHOLE


@given(st.integers(0, len(STREAM) - 1))
def test_an_account_that_begins_with_what_there_is_ends_the_same(cut: int) -> None:
    begun = reduce([*STREAM[:cut], ItemsReset(ID, (THOUGHT, CodeStep("ci_1", "plot(")))])
    finals = (event for event in STREAM if not isinstance(event, CodeDelta | TextDelta | ReasoningDelta))
    ended = reduce([CodeDelta(ID, "ci_1", "1)"), *finals], begun)
    assert {item.key: item for item in ended.items} == {item.key: item for item in ITEMS}
    assert len(ended.items) == len(ITEMS)


def test_thoughts_grow_until_they_are_whole() -> None:
    run = reduce([ReasoningDelta(ID, "rs_1/0", "First "), ReasoningDelta(ID, "rs_1/1", "Then ")], GOING)
    run = reduce([ReasoningDelta(ID, "rs_1/0", "the table")], run)
    assert run.items == (Reasoning("rs_1/0", "First the table"), Reasoning("rs_1/1", "Then "))
    run = reduce([ReasoningSnapshot(ID, THOUGHT)], run)
    assert apply(run, ReasoningDelta(ID, "rs_1/0", " and more")).kind is ChangeKind.NOTHING
    assert apply(run, ReasoningSnapshot(ID, Reasoning("rs_1/0", "First"))).kind is ChangeKind.NOTHING
    assert run.items == (THOUGHT, Reasoning("rs_1/1", "Then "))


@pytest.mark.parametrize("end", [state for state in RunState if state.is_final])
def test_thoughts_that_were_cut_off_are_kept_and_closed(end: RunState) -> None:
    run = reduce([ReasoningDelta(ID, "rs_1/0", "First"), RunStateChanged(ID, end)], GOING)
    assert run.items == (Reasoning("rs_1/0", "First", complete=True),)
    polled = apply(run, ReasoningSnapshot(ID, Reasoning("rs_1/0", "First the"))).run
    assert polled.items == (Reasoning("rs_1/0", "First the", complete=True),)
    assert apply(run, ReasoningDelta(ID, "rs_1/1", "late")).kind is ChangeKind.NOTHING


def test_a_delta_for_an_item_of_another_kind_is_dropped() -> None:
    run = reduce([CodeStarted(ID, "x"), AnswerStarted(ID, "y"), RemarkMade(ID, REMARK)], GOING)
    for key in ("x", "y", REMARK.key):
        assert apply(run, ReasoningDelta(ID, key, "text")).kind is ChangeKind.NOTHING
    assert apply(run, TextDelta(ID, REMARK.key, 0, "text")).kind is ChangeKind.NOTHING
    assert apply(run, CodeDelta(ID, REMARK.key, "text")).kind is ChangeKind.NOTHING


def test_a_remark_is_made_once() -> None:
    run = reduce([CodeStarted(ID, "ci_1"), RemarkMade(ID, REMARK)], GOING)
    assert apply(run, RemarkMade(ID, REMARK)).kind is ChangeKind.NOTHING
    run = reduce([ItemsReset(ID), RemarkMade(ID, REMARK), CodeStarted(ID, "ci_1")], run)
    assert [item.key for item in run.items] == [REMARK.key, "ci_1"]


def test_a_remark_that_comes_with_the_items_is_not_doubled() -> None:
    run = reduce([RemarkMade(ID, REMARK), ItemsReset(ID, (THOUGHT, REMARK))], GOING)
    assert run.items == (THOUGHT, REMARK)


def test_a_late_remark_is_still_worth_its_line() -> None:
    lost = Remark("remark/2", RemarkKind.FILES_LOST, {"names": "data.csv"})
    assert apply(WHOLE, RemarkMade(ID, lost)).run.items == (*ITEMS, lost)


def test_a_new_account_keeps_the_files_whose_bytes_are_here() -> None:
    stored = replace(STEP, outputs=(ImageOutput(STORED_CHART),))
    run = reduce([CodeSnapshot(ID, stored), ItemsReset(ID, (STEP, ANSWER))], GOING)
    assert [file for item in run.items for file in files_of(item)] == [STORED_CHART] * 3
    renamed = reduce([ItemsReset(ID, (replace(STEP, key="ci_9"),))], run)
    assert [file for item in renamed.items for file in files_of(item)] == [STORED_CHART]


def test_a_new_account_takes_back_what_the_old_one_said() -> None:
    run = reduce([*STREAM[:12], ItemsReset(ID)])
    assert run.items == (REMARK,)
    assert (run.state, run.limits) == (RunState.IN_PROGRESS, LIMITS)


def test_a_new_account_that_says_the_same_changes_nothing() -> None:
    run = reduce(STREAM[:-1])
    assert apply(run, ItemsReset(ID, (THOUGHT, STEP, ANSWER))).kind is ChangeKind.NOTHING
    assert apply(run, ItemsReset(ID)).kind is ChangeKind.RUN


@pytest.mark.parametrize("items", [(), (THOUGHT,)])
def test_a_new_account_as_the_first_event_names_the_run(items: tuple[RunItem, ...]) -> None:
    change = apply(NEW, ItemsReset(ID, items))
    assert (change.run.remote_id, change.run.items, change.kind) == (ID, items, ChangeKind.RUN)


def test_limits_are_those_seen_last_also_after_the_end() -> None:
    fewer = replace(LIMITS, requests_left=8)
    for run in (GOING, WHOLE):
        change = apply(run, LimitsSeen(ID, fewer))
        assert (change.run, change.kind) == (replace(run, limits=fewer), ChangeKind.RUN)
        assert apply(change.run, LimitsSeen(ID, fewer)).kind is ChangeKind.NOTHING


@pytest.mark.parametrize(
    "event",
    [
        ReasoningDelta("other", "rs_1/0", "x"),
        ReasoningSnapshot("other", THOUGHT),
        RemarkMade("other", REMARK),
        ItemsReset("other"),
        LimitsSeen("other", RateLimits(1)),
    ],
)
def test_events_of_another_run_change_nothing(event: RunEvent) -> None:
    run = reduce(STREAM[:13])
    assert apply(run, event).run is run
