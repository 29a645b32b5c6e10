"""The model: rows are named when they change, never before, and made only when they differ."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QAbstractItemModel
from PySide6.QtTest import QAbstractItemModelTester

from desktop_app.domain.entity import (
    CodeStep,
    ImageOutput,
    LogOutput,
    MessageState,
    Run,
    RunState,
    StepState,
    StoredFile,
)
from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.domain.event import (
    AnswerSnapshot,
    AnswerStarted,
    CodeDelta,
    CodeRunning,
    CodeStarted,
    ImageMade,
    LogDelta,
    RunEvent,
    RunStateChanged,
    TextDelta,
)
from desktop_app.domain.reduce import apply
from desktop_app.gui.transcript.model import TranscriptModel
from desktop_app.gui.transcript.row import FigureRow, Frame, MoreRow, NoteRow, PendingRow, Row, StepRow, TextRow
from desktop_app.services.activity import Activity, ActivityKind
from desktop_app.services.transcript import ChangeScope
from tests.gui.transcript.thread import answer, changed, question, run, step, thread

PICTURE = StoredFile("f", "chart.png", 1, "image/png", "x", "file-1")


def expand(model: TranscriptModel) -> Sequence[Row]:
    index = 0
    while index < len(model.rows):
        if not model.expand(index):
            index += 1
    return model.rows


def named(model: QAbstractItemModel) -> list[int]:
    """The number of rows in each change that the model names, as they come."""
    counts: list[int] = []
    model.rowsInserted.connect(lambda _parent, first, last: counts.append(last - first + 1))
    model.dataChanged.connect(lambda first, last: counts.append(last.row() - first.row() + 1))
    model.rowsRemoved.connect(lambda _parent, first, last: counts.append(last - first + 1))
    return counts


def steps(model: TranscriptModel) -> list[StepRow]:
    return [row for row in model.rows if isinstance(row, StepRow)]


def test_the_model_keeps_qts_contract(model: TranscriptModel) -> None:
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    model.set_items(thread(3))
    expand(model)
    model.set_activity(Activity(ActivityKind.WAITING_FOR_MODEL, 0.0))
    model.apply(changed(question(9), ChangeScope.ITEM_ADDED))
    model.apply(changed(run(9, step(), answer("a\n\n- b")), ChangeScope.ITEM_ADDED))
    model.flush()
    expand(model)
    model.toggle(steps(model)[0])
    model.toggle(steps(model)[0])
    model.apply(changed(run(9, step())))
    model.flush()
    model.set_activity(None)
    assert tester.model() is model


def test_complaint_09_a_new_message_rebuilds_nothing(model: TranscriptModel) -> None:
    model.set_items(thread(300))
    before = list(expand(model))
    counts = named(model)
    model.apply(changed(question(1000), ChangeScope.ITEM_ADDED))
    model.flush()
    assert sum(counts) == 1
    assert all(old is new for old, new in zip(before, model.rows, strict=False))


def test_complaint_09_a_delta_names_only_the_open_block(model: TranscriptModel) -> None:
    text = "block\n\n" * 200
    growing = run(0, answer(text, complete=False), state=RunState.IN_PROGRESS)
    model.set_items([*thread(50), growing])
    expand(model)
    counts = named(model)
    for end in range(10):
        model.apply(changed(replace(growing, items=(answer(text + "word " * end, complete=False),))))
        model.flush()
    assert max(counts) == 1
    assert sum(counts) <= 10


def test_changes_are_collected_until_the_next_frame(model: TranscriptModel) -> None:
    growing = run(0, answer("", complete=False), state=RunState.IN_PROGRESS)
    model.set_items([growing])
    expand(model)
    settled: list[bool] = []
    model.settled.connect(lambda: settled.append(True))
    for end in range(100):
        model.apply(changed(replace(growing, items=(answer("word " * end, complete=False),))))
    assert not settled
    model.flush()
    assert len(settled) == 1
    assert model.rows[-1].text.count("word") == 99


def test_opening_a_long_thread_makes_no_rows_nobody_sees(model: TranscriptModel) -> None:
    model.set_items(thread(5_000))
    assert len(model.rows) == 10_000
    assert all(isinstance(row, PendingRow) for row in model.rows)


def test_a_recorded_stream_ends_in_the_rows_of_the_finished_run(model: TranscriptModel) -> None:
    events: list[RunEvent] = [
        RunStateChanged("x", RunState.IN_PROGRESS),
        CodeStarted("x", "s1", 1.0),
        *(CodeDelta("x", "s1", piece) for piece in ("# Read", " it\nimport ", "pandas\n", "1/0")),
        CodeRunning("x", "s1"),
        LogDelta("x", "s1", 0, "Traceback (most recent call last)\n"),
        LogDelta("x", "s1", 0, "ZeroDivisionError: division by zero\n"),
        CodeStarted("x", "s2", 2.0),
        CodeDelta("x", "s2", "plot()"),
        ImageMade("x", "s2", 0, PICTURE),
        AnswerStarted("x", "a"),
        *(TextDelta("x", "a", 0, piece) for piece in ("Here:\n\n", "```python\n", "x = 1\n", "```\n", "\n- a\n- b")),
        AnswerSnapshot("x", answer("Here:\n\n```python\nx = 1\n```\n\n- a\n- b", files=(PICTURE,))),
        RunStateChanged("x", RunState.COMPLETED, at=3.0),
    ]
    current = Run("r0", "t", "q0", "Analyst", "", 0.0)
    model.set_items([question(), current])
    expand(model)
    for event in events:
        current = apply(current, event).run
        model.apply(changed(current))
        model.flush()
    other = TranscriptModel()
    other.set_items([question(), current])
    assert list(expand(other)) == list(model.rows)


def test_steps_are_open_while_they_run_and_fold_when_the_answer_begins(model: TranscriptModel) -> None:
    working = step(state=StepState.RUNNING)
    model.set_items([run(0, working, state=RunState.IN_PROGRESS)])
    expand(model)
    assert steps(model)[0].is_open
    model.apply(changed(run(0, step(), answer("So", complete=False), state=RunState.IN_PROGRESS)))
    model.flush()
    assert not steps(model)[0].is_open


def test_a_step_the_person_opened_stays_open(model: TranscriptModel) -> None:
    model.set_items([run(0, step(), state=RunState.IN_PROGRESS)])
    expand(model)
    model.toggle(steps(model)[0])
    model.toggle(steps(model)[0])
    model.apply(changed(run(0, step(), answer("So"))))
    model.flush()
    assert steps(model)[0].is_open


def test_a_step_with_a_figure_stays_open(model: TranscriptModel) -> None:
    plotted = replace(step(), outputs=(ImageOutput(PICTURE),))
    model.set_items([run(0, plotted, answer("So"))])
    expand(model)
    assert steps(model)[0].is_open
    assert any(isinstance(row, FigureRow) and row.last for row in model.rows)


def test_a_failed_step_says_what_went_wrong(model: TranscriptModel) -> None:
    error = ErrorInfo(ErrorCode.CODE_FAILED, {"name": "KeyError", "message": "'sector'"})
    model.set_items([run(0, replace(step(state=StepState.FAILED), error=error), answer("So"))])
    expand(model)
    assert steps(model)[0].problem == "There is no column or key “sector”"


def test_a_long_log_is_shortened_until_all_of_it_is_wanted(model: TranscriptModel) -> None:
    log = "".join(f"row {index}\n" for index in range(10_000))
    model.set_items([run(0, replace(step(state=StepState.RUNNING), outputs=(LogOutput(log),)))])
    expand(model)
    more = next(row for row in model.rows if isinstance(row, MoreRow))
    assert sum(row.text.count("\n") + 1 for row in model.rows if isinstance(row, TextRow)) < 30
    model.show_all(more)
    logged = [row.text for row in model.rows if isinstance(row, TextRow) and row.frame is Frame.LOG]
    assert "\n".join(logged) == log.removesuffix("\n")


def test_complaint_12_fences_in_logs_are_plain_text(model: TranscriptModel) -> None:
    log = "```python\n**x**\n```\n<b>y</b>"
    logged = replace(step(state=StepState.RUNNING), outputs=(LogOutput(log),))
    model.set_items([run(0, logged, state=RunState.IN_PROGRESS), question(1, "next")])
    expand(model)
    assert [row.text for row in model.rows if isinstance(row, TextRow) and row.frame is Frame.LOG] == [log]
    assert model.rows[-1].text == "next"


def test_only_the_newest_failure_offers_retry(model: TranscriptModel) -> None:
    failed = replace(question(), state=MessageState.FAILED, error=ErrorInfo(ErrorCode.UPLOAD_FAILED))
    model.set_items([failed])
    expand(model)
    assert [row.can_retry for row in model.rows if isinstance(row, NoteRow)] == [True]
    model.apply(changed(question(1), ChangeScope.ITEM_ADDED))
    model.flush()
    assert [row.can_retry for row in model.rows if isinstance(row, NoteRow)] == [False]


def test_waiting_is_always_the_last_row(model: TranscriptModel) -> None:
    model.set_items(thread(1))
    model.set_activity(Activity(ActivityKind.WAITING_FOR_MODEL, 0.0))
    model.apply(changed(run(5, CodeStep("s")), ChangeScope.ITEM_ADDED))
    model.flush()
    expand(model)
    assert model.rows[-1].key == "activity"
    model.set_activity(None)
    assert model.rows[-1].key == "r5/s"
