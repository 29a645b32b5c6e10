"""The view: what a person sees, by mouse and keyboard, and what never happens."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.domain.entity import (
    Answer,
    FileLink,
    ImageOutput,
    ImagePart,
    LogOutput,
    Run,
    RunState,
    StepState,
    StoredFile,
    TextPart,
    TranscriptItem,
)
from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.gui.theme.theme import Theme, ThemeChoice
from desktop_app.gui.transcript.figure_widget import FigureWidget
from desktop_app.gui.transcript.row import StepRow
from desktop_app.gui.transcript.text_widget import TextWidget
from desktop_app.gui.transcript.view import TranscriptView
from desktop_app.gui.transcript.viewer import FigureViewer
from desktop_app.services.activity import Activity, ActivityKind
from desktop_app.services.transcript import ChangeScope
from tests.gui.transcript.thread import Blobs, answer, changed, question, run, step, thread

MakePicture = Callable[[str, int, int], StoredFile]


def shown_text(view: TranscriptView) -> str:
    return "\n".join(widget.row.text for widget in view.shown if widget.row)


def button(view: QWidget, name: str, index: int = 0) -> QAbstractButton:
    found = [each for each in view.findChildren(QAbstractButton, name) if each.isVisible()]
    return found[index]


def press(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def text_widget(view: TranscriptView, part: str) -> TextWidget:
    return next(each for each in view.shown if isinstance(each, TextWidget) and each.row and part in each.row.text)


def point_of(view: TranscriptView, part: str) -> QPoint:
    """A point of the viewport upon the middle of some text."""
    widget = text_widget(view, part)
    assert widget.row
    start = widget.row.text.index(part)
    for x in range(0, widget.width(), 3):
        for y in range(0, widget.height(), 4):
            if start < widget.offset_at(QPoint(x, y)) < start + len(part) and widget.link_at(QPoint(x, y)):
                return widget.mapTo(view.viewport(), QPoint(x, y))
    raise AssertionError(f"no point upon {part!r}")


def test_complaint_03_every_part_of_an_answer_is_shown(view: TranscriptView, picture: MakePicture) -> None:
    parts = (TextPart("before"), ImagePart(picture("p", 40, 30)), TextPart("after"))
    view.set_items([run(0, Answer("a", parts, complete=True))])
    assert "before" in shown_text(view)
    assert "after" in shown_text(view)
    assert len([each for each in view.shown if isinstance(each, FigureWidget)]) == 1


def test_complaint_05_a_figure_is_decoded_copied_and_zoomed_at_full_resolution(
    qtbot: QtBot, view: TranscriptView, blobs: Blobs, picture: MakePicture
) -> None:
    file = picture("p", 2400, 1200)
    view.set_items([run(0, replace(step(), outputs=(ImageOutput(file),)))])
    figure = next(each for each in view.shown if isinstance(each, FigureWidget))
    assert 300 < figure.height() < 420
    qtbot.waitUntil(lambda: view.context.images.image(blobs.folder / "p") is not None)
    press(button(view, "figure-copy"))
    assert QGuiApplication.clipboard().image().width() == 2400
    with qtbot.waitSignal(view.save_requested) as saved:
        press(button(view, "figure-save"))
    assert saved.args == [file]
    press(button(view, "figure-zoom"))
    viewer = view.findChild(FigureViewer)
    assert isinstance(viewer, FigureViewer)
    press(button(viewer, "viewer-full-size"))
    assert viewer.canvas.sceneRect().width() == 2400
    QTest.keyClick(viewer, Qt.Key.Key_Escape)


def test_complaint_10_reading_back_is_possible_while_it_streams(view: TranscriptView) -> None:
    growing = run(99, answer("", complete=False), state=RunState.IN_PROGRESS)
    view.set_items([*thread(30), growing])
    assert view.follows
    QTest.keyClick(view, Qt.Key.Key_PageUp)
    assert not view.follows
    assert button(view, "jump-to-newest").isVisible()
    before = [(each.row.key, each.y()) for each in view.shown if each.row]
    for end in range(1, 20):
        view.apply(changed(replace(growing, items=(answer("line\n\n" * end, complete=False),))))
        view.model.flush()
    assert [(each.row.key, each.y()) for each in view.shown if each.row] == before
    press(button(view, "jump-to-newest"))
    assert view.follows
    view.apply(changed(replace(growing, items=(answer("line\n\n" * 40 + "the end", complete=False),))))
    view.model.flush()
    assert "the end" in shown_text(view)


def test_complaint_12_fences_in_logs_do_not_break_what_follows(view: TranscriptView) -> None:
    log = "```\n# no heading\n<b>no bold</b>"
    failed = replace(step(state=StepState.RUNNING), outputs=(LogOutput(log),))
    view.set_items([run(0, failed, state=RunState.IN_PROGRESS), question(1, "next")])
    assert log in shown_text(view)
    assert shown_text(view).endswith("next")


def test_complaint_13_a_figure_of_a_code_step_is_painted(
    qtbot: QtBot, view: TranscriptView, picture: MakePicture
) -> None:
    file = picture("p", 400, 200)
    view.set_items([run(0, replace(step(), outputs=(ImageOutput(file),)), answer("Here it is."))])
    figure = next(each for each in view.shown if isinstance(each, FigureWidget))

    def is_painted() -> bool:
        return figure.grab().toImage().pixelColor(figure.width() // 2, figure.height() // 2).name() == "#2457d6"

    qtbot.waitUntil(is_painted)


@pytest.mark.parametrize("annotated", [True, False])
def test_complaint_14_a_link_to_a_made_file_opens_it(qtbot: QtBot, view: TranscriptView, annotated: bool) -> None:
    file = StoredFile("f1", "my result.csv", 3, "text/csv", "x")
    text = "Take [the table](<sandbox:/mnt/data/my result.csv>)."
    links = (FileLink("sandbox:/mnt/data/my result.csv", file, 18, 48),) if annotated else ()
    made = Answer("a", (TextPart(text, links),), () if annotated else (file,), complete=True)
    view.set_items([run(0, made)])
    with qtbot.waitSignal(view.open_requested) as opened:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point_of(view, "the table"))
    assert opened.args == [file]


def test_complaint_17_html_in_answers_and_errors_is_text(view: TranscriptView) -> None:
    html = "<h1>big</h1><img src='http://example.org/x.png'>"
    error = ErrorInfo(ErrorCode.RUN_FAILED, {"message": html})
    view.set_items([question(0, html), replace(run(0, answer(html)), state=RunState.FAILED, error=error)])
    assert shown_text(view).count(html) == 2
    note = view.findChild(QWidget, "note")
    assert isinstance(note, QWidget)
    assert html in note.accessibleName()


def test_links_open_only_what_is_harmless(qtbot: QtBot, view: TranscriptView) -> None:
    view.set_items([run(0, answer("[good](https://example.org/a) [evil](file:///etc/passwd) [odd](sandbox:/none)"))])
    with qtbot.waitSignal(view.link_activated) as activated:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point_of(view, "good"))
    assert activated.args == ["https://example.org/a"]
    with qtbot.assertNotEmitted(view.link_activated), qtbot.assertNotEmitted(view.open_requested):
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=point_of(view, "odd"))


def test_two_files_of_one_name_are_saved_each(view: TranscriptView) -> None:
    first = StoredFile("f1", "out.csv", 3, "text/csv", "x")
    second = StoredFile("f2", "out.csv", 5, "text/csv", "y")
    view.set_items([run(0, answer("one", files=(first,))), run(1, answer("two", files=(second,)))])
    saved: list[object] = []
    view.save_requested.connect(saved.append)
    press(button(view, "file-chip-save", 0))
    press(button(view, "file-chip-save", 1))
    assert sorted(file.id for file in saved if isinstance(file, StoredFile)) == ["f1", "f2"]


def test_a_file_that_is_not_here_can_be_fetched(qtbot: QtBot, view: TranscriptView) -> None:
    file = StoredFile("f1", "out.csv", 3, "text/csv", remote_id="file_1")
    view.set_items([run(0, answer("one", files=(file,)))])
    with qtbot.waitSignal(view.fetch_requested) as fetched:
        press(button(view, "file-chip-fetch"))
    assert fetched.args == [file]


def test_what_nobody_has_any_more_is_not_offered(view: TranscriptView) -> None:
    file = StoredFile("f1", "chart.png", 0, "image/png")
    view.set_items([run(0, replace(step(), outputs=(ImageOutput(file),)), answer("one", files=(file,)))])
    names = [each.accessibleName() for name in ("figure", "file-chip") for each in view.findChildren(QWidget, name)]
    assert names == ["Figure chart.png, no longer available", "chart.png, no longer available"]
    for name in ("figure-fetch", "file-chip-fetch"):
        with pytest.raises(IndexError):
            button(view, name)


def test_a_picture_bomb_is_not_decoded(view: TranscriptView, blobs: Blobs, picture: MakePicture) -> None:
    file = picture("p", 10, 10)
    target = blobs.folder / "p"
    data = bytearray(target.read_bytes())
    data[16:24] = (60_000).to_bytes(4, "big") * 2
    target.write_bytes(bytes(data))
    view.set_items([run(0, replace(step(), outputs=(ImageOutput(file),)))])
    figure = next(each for each in view.shown if isinstance(each, FigureWidget))
    assert figure.height() < 100
    assert view.context.images.image(target) is None


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_a_step_is_folded_by_keyboard_and_stays_where_it_is(view: TranscriptView, key: Qt.Key) -> None:
    view.set_items([*thread(3), run(9, step(code="x = 1\n" * 60), state=RunState.IN_PROGRESS), question(10)])
    view.scroll_to_row(len(view.model.rows) - 4)
    header = button(view, "step-header")
    place = header.mapTo(view, QPoint(0, 0))
    assert "x = 1" in header.accessibleName()
    assert header.accessibleDescription() == "Unfolded"
    header.setFocus()
    QTest.keyClick(header, key)
    folded = [row.is_open for row in view.model.rows if isinstance(row, StepRow)]
    assert folded == [False]
    assert header.accessibleDescription() == "Folded"
    assert header.hasFocus()
    assert header.mapTo(view, QPoint(0, 0)).y() >= place.y()


def test_tab_goes_through_what_can_be_pressed_and_out_again(view: TranscriptView) -> None:
    file = StoredFile("f1", "out.csv", 3, "text/csv", "x")
    view.set_items([run(0, step(), answer("done", files=(file,)))])
    view.activateWindow()
    view.setFocus()
    names = []
    for _ in range(3):
        QTest.keyClick(QApplication.focusWidget() or view, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        names.append(focused.objectName() if focused else "")
    assert names == ["step-header", "file-chip-save", "file-chip-open"]


def test_retry_and_details_of_a_failed_run(qtbot: QtBot, view: TranscriptView) -> None:
    failed = replace(run(0, state=RunState.FAILED), error=ErrorInfo(ErrorCode.SERVER_FAILED, {}, "HTTP 500"))
    view.set_items([question(), failed])
    with qtbot.waitSignal(view.retry_requested):
        press(button(view, "retry"))
    with qtbot.waitSignal(view.details_copied) as copied:
        press(button(view, "copy-details"))
    assert "HTTP 500" in copied.args[0]


def test_waiting_says_for_what(view: TranscriptView) -> None:
    view.set_items([question()])
    view.set_activity(Activity(ActivityKind.RUNNING_CODE, 0.0))
    line = view.findChild(QWidget, "activity")
    assert isinstance(line, QWidget)
    assert "Running code" in line.accessibleName()
    view.set_activity(None)
    assert not line.isVisible()


def test_another_width_keeps_what_is_read_in_sight(view: TranscriptView) -> None:
    view.set_items(thread(40, "A paragraph that is long enough to wrap. " * 8))
    view.scroll_to_row(30)
    key = next(each.row.key for each in view.shown if each.row)
    view.resize(420, 600)
    QApplication.processEvents()
    assert next(each.row.key for each in view.shown if each.row) == key


def test_going_up_and_down_again_ends_at_the_same_place(view: TranscriptView) -> None:
    view.set_items(thread(100))
    before = [(each.row.key, each.y()) for each in view.shown if each.row]
    for _ in range(40):
        view.scroll_by(-333)
    for _ in range(40):
        view.scroll_by(333)
    assert [(each.row.key, each.y()) for each in view.shown if each.row] == before


def test_nothing_jumps_while_one_scrolls_up_through_rows_of_unknown_height(view: TranscriptView) -> None:
    view.set_items(thread(100, "Words. " * 60 + "\n\n```\n" + "x\n" * 70 + "```"))
    for _ in range(60):
        before = {each.row.key: each.y() for each in view.shown if each.row}
        view.scroll_by(-97)
        after = {each.row.key: each.y() for each in view.shown if each.row}
        common = before.keys() & after.keys()
        assert common
        assert {after[key] - before[key] for key in common} == {97}


def test_the_column_stands_in_the_middle_with_and_without_a_scroll_bar(view: TranscriptView) -> None:
    places = []
    for turns in (1, 40):
        view.set_items(thread(turns))
        places.append({(each.x(), each.width()) for each in view.shown})
    assert places == [{(28, 744)}, {(28, 744)}]


def test_the_scroll_bar_reaches_the_beginning(view: TranscriptView) -> None:
    view.set_items(thread(500))
    view.verticalScrollBar().setValue(0)
    assert view.first == 0
    assert not view.follows


def test_rows_do_not_overlap(view: TranscriptView) -> None:
    view.set_items(thread(20, "text\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\nx\n```"))
    ends = [(each.y(), each.y() + each.height()) for each in view.shown]
    assert all(end <= start for (_, end), (start, _) in pairwise(ends))


def test_a_thread_of_ten_thousand_messages_has_few_widgets(view: TranscriptView) -> None:
    view.set_items(thread(5_000))
    assert len(view.viewport().findChildren(TextWidget)) < 60


def test_both_themes_are_applied_at_once(qtbot: QtBot, theme: Theme, view: TranscriptView) -> None:
    view.set_items([question(0, "hello")])
    theme.choose(ThemeChoice.DARK)
    try:
        QApplication.processEvents()
        assert view.viewport().grab().toImage().pixelColor(2, 2).name() == theme.colour("surface").name()
    finally:
        theme.choose(ThemeChoice.LIGHT)
    qtbot.waitUntil(lambda: view.viewport().grab().toImage().pixelColor(2, 2).name() == "#ffffff")


def test_a_large_table_has_its_own_limit(view: TranscriptView) -> None:
    rows = "".join(f"| {index} | x |\n" for index in range(1_000))
    view.set_items([run(0, answer("| a | b |\n|---|---|\n" + rows))])
    table = view.findChild(QWidget, "large-table")
    assert isinstance(table, QWidget)
    assert table.height() <= 400


def test_a_paragraph_that_turns_out_to_be_a_table_is_shown_as_one(view: TranscriptView) -> None:
    growing = run(0, answer("| a | b |", complete=False), state=RunState.IN_PROGRESS)
    view.set_items([growing])
    view.apply(changed(replace(growing, items=(answer("| a | b |\n|---|---|\n| 1 | 2 |"),))))
    view.model.flush()
    assert "\na\tb\n1\t2\n" in shown_text(view)


def test_a_new_thread_is_shown_at_its_end(view: TranscriptView) -> None:
    view.set_items(thread(40))
    view.scroll_to_row(0)
    view.set_items([replace(item, thread_id="other") for item in [*thread(40), question(50, "the newest")]])
    assert "the newest" in shown_text(view)
    assert view.follows


def test_what_is_added_is_shown_by_the_timer(qtbot: QtBot, view: TranscriptView) -> None:
    view.set_items([question()])
    view.apply(changed(Run("r1", "t", "q0", "Analyst", "", 0.0, items=(answer("Hello"),)), ChangeScope.ITEM_ADDED))
    qtbot.waitUntil(lambda: "Hello" in shown_text(view))


@pytest.mark.parametrize("width", [360, 900])
def test_the_buttons_of_a_problem_fit_into_its_card(view: TranscriptView, width: int) -> None:
    error = ErrorInfo(ErrorCode.UNAUTHORIZED, {"message": "x" * 300}, "HTTP 401")
    view.resize(width, 600)
    view.set_items([replace(run(0), state=RunState.FAILED, error=error)])
    note = next(widget for widget in view.shown if widget.objectName() == "note")
    buttons = [child for child in note.findChildren(QAbstractButton) if child.isVisible()]
    assert len(buttons) == 3
    assert all(note.rect().contains(each.geometry()) for each in buttons)
    assert not any(one.geometry().intersects(other.geometry()) for one, other in combinations(buttons, 2))


def test_a_thread_is_found_again_as_it_was_left(view: TranscriptView) -> None:
    long: list[TranscriptItem] = [
        run(0, step(code="x = 1\n" * 3), answer("A paragraph.\n\n" * 200)),
        question(1),
        run(1, answer("Short")),
    ]
    view.set_items(long)
    view.scroll_to_row(0)
    header = next(widget.row for widget in view.shown if isinstance(widget.row, StepRow))
    press(button(view, "step-header"))
    view.scroll_by(900)
    words = shown_text(view)
    other = replace(question(7), thread_id="other")
    shown: list[list[TranscriptItem]] = [long, [other], long]
    for items in shown:  # a snapshot of the same thread, another thread, and back
        view.set_items(items)
    assert shown_text(view) == words
    view.scroll_to_row(0)
    assert next(widget.row for widget in view.shown if isinstance(widget.row, StepRow)).is_open is not header.is_open


def test_a_thread_that_was_left_at_its_end_is_shown_at_its_end(view: TranscriptView) -> None:
    items = thread(30)
    view.set_items(items)
    view.set_items([replace(question(7), thread_id="other")])
    view.set_items([*items, question(99, "The newest")])
    assert "The newest" in shown_text(view)
