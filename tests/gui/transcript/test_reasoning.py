"""What the model thought, and what was done on the way, beside the answer."""

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from desktop_app.domain.entity import Reasoning, Remark, RemarkKind, RunState
from desktop_app.gui.transcript.model import TranscriptModel
from desktop_app.gui.transcript.row import ReasoningRow, Row, StepRow
from desktop_app.gui.transcript.view import TranscriptView
from desktop_app.services.activity import Activity, ActivityKind
from tests.gui.transcript.thread import answer, changed, prefixes, question, run, step

THOUGHT = Reasoning("t", "**Looking at the columns**\n\nThere are *two* of them.", complete=True)
REPLACED = Remark("m", RemarkKind.CONTAINER_REPLACED, {"files": "3"})


def rows(model: TranscriptModel) -> list[Row]:
    index = 0
    while index < len(model.rows):
        model.expand(index)
        index += 1
    return list(model.rows)


def words(model: TranscriptModel) -> str:
    return "\n".join(row.text for row in rows(model))


def header(view: TranscriptView) -> QAbstractButton:
    found = view.findChild(QAbstractButton, "reasoning-header")
    assert isinstance(found, QAbstractButton)
    assert found.isVisible()
    return found


def test_it_is_open_until_the_answer_begins(model: TranscriptModel) -> None:
    thinking = run(0, THOUGHT, state=RunState.IN_PROGRESS)
    model.set_items([thinking])
    assert "There are two of them." in words(model)
    model.apply(changed(replace(thinking, items=(THOUGHT, step()))))
    model.flush()
    assert "There are two of them." in words(model)
    model.apply(changed(replace(thinking, items=(THOUGHT, step(), answer("Two", complete=False)))))
    model.flush()
    assert "There are two of them." not in words(model)
    folded = next(row for row in rows(model) if isinstance(row, ReasoningRow))
    assert folded.summary == "Looking at the columns"


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("## The plan\n\nmore", "The plan"),
        ("**Use** `my_column` now", "Use my_column now"),
        ("\n\n- first\n- second", "- first"),
        ("word " * 1_000, ("word " * 40).strip()),
    ],
)
def test_folded_it_says_how_it_begins(model: TranscriptModel, text: str, summary: str) -> None:
    model.set_items([run(0, Reasoning("t", text, complete=True), answer("Two"))])
    assert [row.summary for row in rows(model) if isinstance(row, ReasoningRow)] == [summary]


def test_what_a_person_opened_stays_open_when_the_answer_begins(model: TranscriptModel) -> None:
    thinking = run(0, THOUGHT, state=RunState.IN_PROGRESS)
    model.set_items([thinking])
    head = next(row for row in rows(model) if isinstance(row, ReasoningRow))
    model.toggle(head)
    model.toggle(head)
    model.apply(changed(replace(thinking, items=(THOUGHT, answer("Two")))))
    model.flush()
    assert "There are two of them." in words(model)


def test_nothing_is_shown_of_an_empty_summary(model: TranscriptModel) -> None:
    model.set_items([run(0, Reasoning("t", "", complete=True), answer("Two"))])
    assert not any(isinstance(row, ReasoningRow) for row in rows(model))


def test_a_delta_touches_only_the_open_block(model: TranscriptModel) -> None:
    text = "A paragraph.\n\n" * 50
    thinking = run(0, Reasoning("t", text), state=RunState.IN_PROGRESS)
    model.set_items([thinking])
    before = rows(model)
    named: list[int] = []
    model.dataChanged.connect(lambda first, last: named.extend(range(first.row(), last.row() + 1)))
    model.rowsInserted.connect(lambda _parent, first, last: named.extend(range(first, last + 1)))
    for grown in prefixes("The end of it all", 4):
        model.apply(changed(replace(thinking, items=(Reasoning("t", text + grown),))))
        model.flush()
    assert set(named) <= {len(before) - 1, len(before)}  # the paragraph that was the last one, and the new one
    assert all(old is new for old, new in zip(before[:-1], model.rows, strict=False))


def test_what_is_folded_is_not_parsed_while_it_grows(model: TranscriptModel) -> None:
    thinking = run(0, THOUGHT, state=RunState.IN_PROGRESS)
    model.set_items([thinking])
    model.toggle(next(row for row in rows(model) if isinstance(row, ReasoningRow)))
    before = list(model.rows)
    model.apply(changed(replace(thinking, items=(replace(THOUGHT, text=THOUGHT.text + " More."),))))
    model.flush()
    assert all(old is new for old, new in zip(before, model.rows, strict=True))


def test_it_is_folded_and_unfolded_by_mouse_and_by_keyboard(view: TranscriptView) -> None:
    view.set_items([question(), run(0, THOUGHT, answer("Two"))])
    assert header(view).accessibleName() == "Reasoning: Looking at the columns"
    assert header(view).accessibleDescription() == "Folded"
    QTest.mouseClick(header(view), Qt.MouseButton.LeftButton)
    assert header(view).accessibleDescription() == "Unfolded"
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is header(view)
    QTest.keyClick(header(view), Qt.Key.Key_Return)
    assert header(view).accessibleDescription() == "Folded"


def test_it_can_be_selected_and_copied_with_the_rest(view: TranscriptView) -> None:
    view.set_items([run(0, THOUGHT, REPLACED, state=RunState.IN_PROGRESS)])
    view.select_all()
    assert view.selected_text() == (
        "Data analyst\n\nReasoning\nLooking at the columns\n\n"
        "There are two of them.\n\n"
        "The sandbox at the service had expired. A new one was started and 3 files were uploaded again."
    )


def test_the_whole_answer_is_copied_without_what_was_thought(view: TranscriptView) -> None:
    view.set_items([run(0, THOUGHT, answer("Two"))])
    copy = view.menu_at(QPoint(100, 40))
    assert [action.objectName() for action in copy.actions() if action.objectName() == "copy-answer"] == ["copy-answer"]
    assert view.model.markdown(1) == "Two"


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_a_remark_wraps_and_has_its_sign_at_the_side(view: TranscriptView, direction: Qt.LayoutDirection) -> None:
    view.setLayoutDirection(direction)
    view.resize(360, 600)
    view.set_items([run(0, REPLACED, answer("Two"))])
    line = next(widget for widget in view.shown if widget.row and widget.row.key.endswith("/m"))
    assert line.height() > 30
    assert line.accessibleName().startswith("The sandbox at the service had expired.")
    at_left = direction is Qt.LayoutDirection.LeftToRight
    side = line.grab(
        line.rect().adjusted(0, 0, 16 - line.width(), 0)
        if at_left
        else line.rect().adjusted(line.width() - 16, 0, 0, 0)
    )
    image = side.toImage()
    colours = {image.pixel(x, y) for x in range(image.width()) for y in range(18)}
    assert len(colours) > 2


def test_complaint_18_one_line_says_that_the_sandbox_expired_and_the_files_are_there_again(
    view: TranscriptView,
) -> None:
    view.set_items([question(), run(0, REPLACED, answer("Two"))])
    said = [widget.row.text for widget in view.shown if widget.row and "sandbox" in widget.row.text]
    assert said == ["The sandbox at the service had expired. A new one was started and 3 files were uploaded again."]


def test_an_account_that_begins_anew_replaces_what_was_shown(model: TranscriptModel) -> None:
    first = run(0, THOUGHT, step("s1", "# Old"), state=RunState.IN_PROGRESS)
    model.set_items([first])
    rows(model)
    model.apply(changed(replace(first, items=(REPLACED,))))
    model.flush()
    assert not any(isinstance(row, StepRow | ReasoningRow) for row in rows(model))
    model.apply(changed(replace(first, items=(REPLACED, step("s2", "# New"), answer("Two")))))
    model.flush()
    said = words(model)
    assert "Old" not in said
    assert said.index("had expired") < said.index("New") < said.index("Two")


def test_a_wait_counts_down(view: TranscriptView) -> None:
    view.set_items([question()])
    view.set_activity(Activity(ActivityKind.RATE_LIMITED, time.time(), until=time.time() + 3_600))
    line = view.findChild(QWidget, "activity")
    assert isinstance(line, QWidget)
    assert line.accessibleName() == "The service asks to wait. Going on in 1 h 0 min."
    view.set_activity(Activity(ActivityKind.RATE_LIMITED, time.time(), until=time.time() - 1))
    assert line.accessibleName() == "The service asked to wait. Going on now."
