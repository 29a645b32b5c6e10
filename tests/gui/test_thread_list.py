"""Threads in the left pane: search, rename, delete, and the keyboard."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton

from desktop_app.gui.models.thread import HitRow
from desktop_app.gui.widgets.nav_list import NavList
from tests.gui.stage import Stage
from tests.harness.wait import until


def nav(stage: Stage, name: str) -> NavList:
    found = stage.find(name)
    assert isinstance(found, NavList)
    return found


def add_threads(stage: Stage, *titles: str) -> list[str]:
    """Name the open thread and make more; return their ids, the last used first."""
    ids: list[str] = []
    for title in titles:
        thread = stage.services.threads.create(stage.services.assistants.default.id)
        stage.services.threads.rename(thread.id, title)
        ids.insert(0, thread.id)
    stage.workspace.session.open(ids[0])
    return ids


def titles(view: NavList) -> list[str]:
    model = view.model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


async def test_threads_stand_under_a_heading_last_used_first(stage: Stage) -> None:
    add_threads(stage, "Penguins", "Profits")
    assert titles(nav(stage, "threads")) == ["Today", "Profits", "Penguins"]
    assert stage.find("title", QLabel).property("text") == "Profits"


async def test_a_deleted_thread_comes_back_by_undo(stage: Stage) -> None:
    profits, penguins = add_threads(stage, "Penguins", "Profits")
    view = nav(stage, "threads")
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert titles(view) == ["Today", "Penguins"]
    assert stage.thread_id == penguins
    undo = stage.find("toast-action", QPushButton)
    assert undo.isVisible()
    assert undo.property("text") == "Undo"
    QTest.mouseClick(undo, Qt.MouseButton.LeftButton)
    assert titles(view) == ["Today", "Profits", "Penguins"]
    assert stage.services.threads.get(profits) is not None


async def test_deleting_the_last_thread_leaves_a_new_one(stage: Stage) -> None:
    view = nav(stage, "threads")
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert titles(view) == ["Today", "New thread"]


async def test_f2_renames_in_place(stage: Stage) -> None:
    add_threads(stage, "Penguins")
    view = nav(stage, "threads")
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_F2)
    editor = view.findChild(QLineEdit, "thread-title")
    assert editor is not None
    editor.selectAll()
    QTest.keyClicks(editor, "Birds")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    await until(lambda: titles(view) == ["Today", "Birds"])


async def test_arrow_keys_skip_headings_and_open_threads(stage: Stage) -> None:
    profits, penguins = add_threads(stage, "Penguins", "Profits")
    view = nav(stage, "threads")
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert stage.thread_id == penguins
    for _ in range(3):
        QTest.keyClick(view, Qt.Key.Key_Up)
    assert stage.thread_id == profits


async def test_search_finds_marks_and_opens(stage: Stage) -> None:
    _, penguins = add_threads(stage, "Penguin weights", "Profits by sector")
    field = stage.find("search")
    field.setFocus()
    QTest.keyClicks(field, "penguin")
    hits = nav(stage, "hits")
    await until(hits.isVisible)
    row = hits.model().index(0, 0).data(Qt.ItemDataRole.UserRole)
    assert isinstance(row, HitRow)
    assert row.id == penguins
    QTest.keyClick(field, Qt.Key.Key_Down)
    QTest.keyClick(hits, Qt.Key.Key_Return)
    assert stage.thread_id == penguins
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert nav(stage, "threads").isVisible()


async def test_search_says_that_nothing_was_found(stage: Stage) -> None:
    QTest.keyClicks(stage.find("search"), "xylophone")
    nothing = stage.find("nothing-found")
    await until(nothing.isVisible)
    assert "xylophone" in str(nothing.property("text"))


async def test_the_main_way_needs_no_mouse(stage: Stage) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    add_threads(stage, "Penguins")
    QTest.keyClick(stage.window, Qt.Key.Key_N, control)
    assert stage.services.threads.get(stage.thread_id) == stage.services.threads.items[0]
    assert QApplication.focusWidget() is stage.find("message")
    stage.type("Hello?")
    QTest.keyClick(stage.find("message"), Qt.Key.Key_Return)
    await until(lambda: stage.engine.played.asked == ["Hello?"])
    QTest.keyClick(stage.window, Qt.Key.Key_F, control)
    assert QApplication.focusWidget() is stage.find("search")
    stage.engine.played.finish()
    await until(lambda: not stage.services.conversation.is_busy(stage.thread_id))
