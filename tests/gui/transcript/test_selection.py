"""Selecting across rows: by mouse, by keyboard, and what comes out of it."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from desktop_app.domain.entity import LogOutput, RunState, StepState
from desktop_app.gui.transcript.view import TranscriptView
from desktop_app.services.transcript import ChangeScope
from tests.gui.transcript.thread import answer, changed, question, run, step


def drag(view: TranscriptView, first: QPoint, last: QPoint) -> None:
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=first)
    QTest.mouseMove(view.viewport(), (first + last) / 2)
    QTest.mouseMove(view.viewport(), last)
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=last)


def corner(view: TranscriptView, index: int, *, end: bool = False) -> QPoint:
    rect = view.shown[index].geometry()
    return rect.bottomRight() - QPoint(1, 2) if end else rect.topLeft() + QPoint(0, 2)


def test_the_mouse_selects_across_rows_and_copy_keeps_the_order(view: TranscriptView) -> None:
    view.set_items([run(0, answer("First *paragraph*.\n\nSecond one.\n\n- a\n- b"))])
    drag(view, corner(view, 1), corner(view, 3, end=True))
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "First paragraph.\n\nSecond one.\n\n•\ta\n•\tb"


def test_dragging_upwards_selects_the_same(view: TranscriptView) -> None:
    view.set_items([run(0, answer("First.\n\nSecond."))])
    drag(view, corner(view, 2, end=True), corner(view, 1))
    assert view.selected_text() == "First.\n\nSecond."


def test_a_double_click_selects_a_word(view: TranscriptView) -> None:
    view.set_items([run(0, answer("Wonderful words"))])
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=corner(view, 1) + QPoint(10, 8))
    assert view.selected_text() == "Wonderful"


def test_select_all_copies_what_nobody_has_scrolled_to(view: TranscriptView) -> None:
    view.set_items(
        [item for number in range(60) for item in (question(number, f"Q{number}"), run(number, answer("A")))]
    )
    QTest.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    text = view.selected_text()
    assert [line for line in text.split("\n") if line.startswith("Q")] == [f"Q{number}" for number in range(60)]


def test_a_selection_stays_on_its_text_while_rows_are_added_before_and_after(view: TranscriptView) -> None:
    running = run(0, step(code="y = 2", state=StepState.RUNNING), state=RunState.IN_PROGRESS)
    view.set_items([running, question(1, "Keep this")])
    drag(view, corner(view, -1), corner(view, -1, end=True))
    view.apply(changed(run(0, step(code="y = 2\n" * 100), answer("one\n\ntwo"))))
    view.apply(changed(question(2, "More"), ChangeScope.ITEM_ADDED))
    view.model.flush()
    assert view.selected_text() == "Keep this"


def test_code_in_chunks_is_copied_as_it_was(view: TranscriptView) -> None:
    code = "".join(f"x{index} = {index}\n" for index in range(100))
    view.set_items([run(0, answer(f"```python\n{code}```"))])
    view.select_all()
    assert view.selected_text() == "Data analyst\n\n" + code.removesuffix("\n")
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.selected_text() == ""


def test_a_line_cut_for_display_is_copied_whole(view: TranscriptView) -> None:
    logged = step(state=StepState.RUNNING)
    view.set_items([run(0, logged.__class__("s", "x", (LogOutput("y" * 9_000),), StepState.RUNNING))])
    view.select_all()
    assert "y" * 9_000 in view.selected_text()


def test_the_menu_offers_code_and_the_answer_as_markdown(view: TranscriptView) -> None:
    view.set_items([run(0, step(code="z = 3", state=StepState.RUNNING), answer("Some **markdown**"))])
    menu = view.menu_at(corner(view, 1) + QPoint(20, 5))
    actions = {action.objectName(): action for action in menu.actions()}
    actions["copy-code"].trigger()
    assert QGuiApplication.clipboard().text() == "z = 3"
    actions["copy-answer"].trigger()
    assert QGuiApplication.clipboard().text() == "Some **markdown**"
    assert isinstance(menu, QMenu)
    menu.deleteLater()


def test_emoji_do_not_shift_the_selection(view: TranscriptView) -> None:
    view.set_items([question(0, "🎉🎉 party")])
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=corner(view, 0, end=True) - QPoint(30, 16))
    assert view.selected_text() == "party"
