"""The reducer: whatever is late, doubled, mixed up or missing, the run comes out right."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.entity import (
    Answer,
    CodeStep,
    FileLink,
    ImageOutput,
    ImagePart,
    LogOutput,
    Run,
    RunItem,
    RunState,
    StepState,
    StoredFile,
    TextPart,
    Usage,
)
from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.domain.event import (
    AnswerSnapshot,
    AnswerStarted,
    CodeDelta,
    CodeRunning,
    CodeSnapshot,
    CodeStarted,
    ImageMade,
    LogDelta,
    RunEvent,
    RunStateChanged,
    TextDelta,
)
from desktop_app.domain.reduce import ChangeKind, apply

ID = "run_remote"
NEW = Run("run", "thread", "question", "Analyst", "model", created_at=1.0)
GOING = apply(NEW, RunStateChanged(ID, RunState.IN_PROGRESS)).run
CHART = StoredFile("file_1", "chart.png", 10, "image/png", remote_id="file_1")
TABLE = StoredFile("file_2", "table.csv", 20, "text/csv", remote_id="file_2")
DONE_STEP = CodeStep(
    "step/0",
    "plot(1)",
    (LogOutput("a\nb\n"), ImageOutput(CHART), LogOutput("c")),
    StepState.COMPLETED,
    started_at=2.0,
    ended_at=3.0,
)
DONE_ANSWER = Answer(
    "msg",
    (TextPart("See the "), ImagePart(CHART), TextPart("table", (FileLink("table", TABLE, 0, 5),))),
    (TABLE,),
    complete=True,
)
WHOLE_STREAM: tuple[RunEvent, ...] = (
    RunStateChanged(ID, RunState.QUEUED),
    RunStateChanged(ID, RunState.IN_PROGRESS),
    CodeStarted(ID, "step/0", at=2.0),
    CodeDelta(ID, "step/0", "plot("),
    CodeDelta(ID, "step/0", "1)"),
    CodeRunning(ID, "step/0"),
    LogDelta(ID, "step/0", 0, "a\n"),
    LogDelta(ID, "step/0", 0, "b\n"),
    ImageMade(ID, "step/0", 1, CHART),
    LogDelta(ID, "step/0", 2, "c"),
    CodeSnapshot(ID, DONE_STEP),
    AnswerStarted(ID, "msg"),
    TextDelta(ID, "msg", 0, "See "),
    TextDelta(ID, "msg", 0, "the "),
    TextDelta(ID, "msg", 2, "table"),
    AnswerSnapshot(ID, DONE_ANSWER),
    RunStateChanged(ID, RunState.COMPLETED, usage=Usage(3, 4), at=5.0),
)
FINAL_SNAPSHOTS = (CodeSnapshot(ID, DONE_STEP), AnswerSnapshot(ID, DONE_ANSWER), WHOLE_STREAM[-1])


def reduce(events: Iterable[RunEvent], run: Run = NEW) -> Run:
    for event in events:
        run = apply(run, event).run
    return run


def step_of(run: Run) -> CodeStep:
    step = run.items[0]
    assert isinstance(step, CodeStep)
    return step


def answer_of(run: Run) -> Answer:
    answer = run.items[-1]
    assert isinstance(answer, Answer)
    return answer


WHOLE = reduce(WHOLE_STREAM)


def test_a_whole_stream_gives_the_whole_run() -> None:
    assert (WHOLE.state, WHOLE.remote_id, WHOLE.ended_at, WHOLE.usage) == (RunState.COMPLETED, ID, 5.0, Usage(3, 4))
    assert WHOLE.items == (DONE_STEP, DONE_ANSWER)


def test_deltas_alone_build_what_the_snapshot_says() -> None:
    deltas_only = [event for event in WHOLE_STREAM if not isinstance(event, CodeSnapshot)]
    step = step_of(reduce(deltas_only))
    assert (step.code, step.outputs, step.started_at) == (DONE_STEP.code, DONE_STEP.outputs, DONE_STEP.started_at)


@pytest.mark.parametrize("cut", range(len(WHOLE_STREAM) + 1))
def test_a_stream_cut_anywhere_and_polled_ends_in_the_same_run(cut: int) -> None:
    assert reduce([*WHOLE_STREAM[:cut], *FINAL_SNAPSHOTS]) == WHOLE


@given(st.sets(st.sampled_from(range(1, len(WHOLE_STREAM))), max_size=8))
def test_missing_events_are_healed_by_snapshots(lost: set[int]) -> None:
    # The items' first events are kept: their order is the order of the items.
    kept = [event for index, event in enumerate(WHOLE_STREAM) if index not in lost or index in (2, 11)]
    without_end = [event for event in kept if event is not WHOLE_STREAM[-1]]
    assert reduce([*without_end, *FINAL_SNAPSHOTS]) == WHOLE


@given(st.lists(st.sampled_from(WHOLE_STREAM), max_size=20))
def test_anything_that_comes_after_the_end_changes_nothing(late: list[RunEvent]) -> None:
    assert reduce(late, WHOLE) == WHOLE


@given(st.permutations(FINAL_SNAPSHOTS[:2]), st.integers(0, 2))
def test_snapshots_after_the_end_are_taken_once(snapshots: list[RunEvent], repeats: int) -> None:
    ended = reduce([WHOLE_STREAM[2], WHOLE_STREAM[11], WHOLE_STREAM[-1]])
    assert reduce(snapshots * (repeats + 1), ended) == WHOLE


@st.composite
def interleavings(draw: st.DrawFn) -> list[RunEvent]:
    """Two code steps whose events are mixed, each in its own order."""
    first: list[RunEvent] = [CodeDelta(ID, "a", str(number)) for number in range(5)]
    second: list[RunEvent] = [LogDelta(ID, "b", 0, str(number)) for number in range(5)]
    mixed: list[RunEvent] = [CodeStarted(ID, "a"), CodeStarted(ID, "b")]
    while first or second:
        source = first if first and (not second or draw(st.booleans())) else second
        mixed.append(source.pop(0))
    return mixed


@given(interleavings())
def test_interleaved_steps_do_not_touch_each_other(events: list[RunEvent]) -> None:
    first, second = reduce(events, GOING).items
    assert first == CodeStep("a", "01234")
    assert second == CodeStep("b", "", (LogOutput("01234"),), StepState.RUNNING)


def test_complaint_03_text_image_text_keeps_all_its_parts() -> None:
    run = reduce([AnswerStarted(ID, "msg"), TextDelta(ID, "msg", 0, "See the "), TextDelta(ID, "msg", 2, "ta")], GOING)
    assert answer_of(run).parts == (TextPart("See the "), TextPart(""), TextPart("ta"))
    run = reduce([AnswerSnapshot(ID, DONE_ANSWER), TextDelta(ID, "msg", 2, "ble")], run)
    assert answer_of(run).parts == DONE_ANSWER.parts


def test_complaint_15_nothing_is_doubled_after_stop() -> None:
    partial = Answer("msg", (TextPart("See the "),), complete=True)
    cancelled = RunStateChanged(ID, RunState.CANCELLED, at=4.0)
    run = reduce([*WHOLE_STREAM[:14], RunStateChanged(ID, RunState.CANCELLING), AnswerSnapshot(ID, partial), cancelled])
    for late in (WHOLE_STREAM[13], AnswerStarted(ID, "msg"), AnswerSnapshot(ID, partial), cancelled):
        assert apply(run, late).kind is ChangeKind.NOTHING
    assert run.items == (DONE_STEP, partial)
    assert run.state is RunState.CANCELLED


def test_stop_keeps_what_was_there_and_closes_it() -> None:
    run = reduce([*WHOLE_STREAM[:8], RunStateChanged(ID, RunState.CANCELLED, at=4.0)])
    step = step_of(run)
    assert (step.code, step.outputs) == ("plot(1)", (LogOutput("a\nb\n"),))
    assert (step.state, step.ended_at) == (StepState.CANCELLED, 4.0)


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (RunState.COMPLETED, StepState.COMPLETED),
        (RunState.CANCELLED, StepState.CANCELLED),
        (RunState.FAILED, StepState.FAILED),
        (RunState.EXPIRED, StepState.FAILED),
        (RunState.INCOMPLETE, StepState.FAILED),
    ],
)
def test_the_end_of_a_run_ends_its_open_items(end: RunState, expected: StepState) -> None:
    run = reduce([CodeStarted(ID, "step/0"), AnswerStarted(ID, "msg"), RunStateChanged(ID, end)], GOING)
    assert step_of(run).state is expected
    assert answer_of(run).complete


@pytest.mark.parametrize(
    ("event", "closed"),
    [
        (
            CodeSnapshot(ID, CodeStep("step/0", "x", state=StepState.RUNNING)),
            CodeStep("step/0", "x", state=StepState.CANCELLED),
        ),
        (AnswerSnapshot(ID, Answer("msg", (TextPart("x"),))), Answer("msg", (TextPart("x"),), complete=True)),
    ],
)
def test_an_unfinished_snapshot_does_not_open_a_finished_run_again(event: RunEvent, closed: RunItem) -> None:
    ended = reduce([RunStateChanged(ID, RunState.CANCELLED)], GOING)
    assert apply(ended, event).run.items == (closed,)


def test_an_older_snapshot_does_not_undo_a_finished_item() -> None:
    run = reduce(WHOLE_STREAM[:16])
    for old in (CodeSnapshot(ID, CodeStep("step/0", "pl")), AnswerSnapshot(ID, Answer("msg", (TextPart("S"),)))):
        assert apply(run, old).kind is ChangeKind.NOTHING


def test_deltas_to_a_finished_item_are_dropped() -> None:
    run = reduce(WHOLE_STREAM[:16])
    for late in (CodeDelta(ID, "step/0", "x"), LogDelta(ID, "step/0", 0, "x"), TextDelta(ID, "msg", 0, "x")):
        assert apply(run, late).kind is ChangeKind.NOTHING


@pytest.mark.parametrize(
    ("old", "late", "expected"),
    [
        (RunState.IN_PROGRESS, RunState.QUEUED, RunState.IN_PROGRESS),
        (RunState.REQUIRES_ACTION, RunState.QUEUED, RunState.REQUIRES_ACTION),
        (RunState.REQUIRES_ACTION, RunState.IN_PROGRESS, RunState.IN_PROGRESS),
        (RunState.CANCELLING, RunState.IN_PROGRESS, RunState.CANCELLING),
        (RunState.CANCELLING, RunState.REQUIRES_ACTION, RunState.CANCELLING),
        (RunState.CANCELLING, RunState.COMPLETED, RunState.COMPLETED),
        (RunState.CANCELLED, RunState.COMPLETED, RunState.CANCELLED),
    ],
)
def test_states_only_go_forward(old: RunState, late: RunState, expected: RunState) -> None:
    run = reduce([RunStateChanged(ID, old), RunStateChanged(ID, late)])
    assert run.state is expected


def test_a_final_state_brings_its_error() -> None:
    error = ErrorInfo(ErrorCode.RATE_LIMITED, {"retry_after": "3"})
    run = reduce([RunStateChanged(ID, RunState.FAILED, error, at=9.0)], GOING)
    assert (run.error, run.ended_at) == (error, 9.0)


def test_events_of_another_run_change_nothing() -> None:
    for event in (CodeDelta("other", "step/0", "x"), RunStateChanged("other", RunState.FAILED)):
        change = apply(GOING, event)
        assert (change.run, change.kind) == (GOING, ChangeKind.NOTHING)


def test_the_first_event_names_the_run_whatever_it_is() -> None:
    started = apply(NEW, CodeStarted(ID, "step/0"))
    assert (started.run.remote_id, started.kind) == (ID, ChangeKind.ITEM_ADDED)
    unchanged = apply(NEW, RunStateChanged(ID, RunState.STARTING))
    assert (unchanged.run.remote_id, unchanged.kind) == (ID, ChangeKind.RUN)


def test_outputs_keep_their_places_when_one_is_missing() -> None:
    late_image: list[RunEvent] = [
        LogDelta(ID, "s", 2, "c"),
        LogDelta(ID, "s", 2, "d"),
        ImageMade(ID, "s", 1, CHART),
        LogDelta(ID, "s", 0, "a"),
    ]
    step = step_of(reduce(late_image, GOING))
    assert step.outputs == (LogOutput("a"), ImageOutput(CHART), LogOutput("cd"))


def test_outputs_of_one_place_are_all_kept() -> None:
    step = step_of(reduce([ImageMade(ID, "s", 0, CHART), LogDelta(ID, "s", 0, "a"), LogDelta(ID, "t", 0, "b")], GOING))
    assert step.outputs == (ImageOutput(CHART), LogOutput("a"))
    other = StoredFile("file_9", "chart.png", 10, "image/png", remote_id="file_9")
    step = step_of(reduce([LogDelta(ID, "s", 0, "a"), ImageMade(ID, "s", 0, other)], GOING))
    assert step.outputs == (LogOutput("a"), ImageOutput(other))


def test_an_image_named_twice_is_shown_once() -> None:
    step = step_of(reduce([ImageMade(ID, "s", 0, CHART), ImageMade(ID, "s", 1, CHART)], GOING))
    assert step.outputs == (ImageOutput(CHART),)


def test_a_change_says_what_it_touched() -> None:
    kinds = [apply(reduce(WHOLE_STREAM[:index]), event).kind for index, event in enumerate(WHOLE_STREAM)]
    run, added, changed = ChangeKind.RUN, ChangeKind.ITEM_ADDED, ChangeKind.ITEM_CHANGED
    assert kinds == [run, run, added, *[changed] * 8, added, *[changed] * 4, run]


def test_a_changed_item_leaves_the_others_as_they_are() -> None:
    before = reduce(WHOLE_STREAM[:12])
    change = apply(before, TextDelta(ID, "msg", 0, "x"))
    assert change.key == "msg"
    assert change.run.items[0] is before.items[0]
