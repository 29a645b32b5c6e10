"""Everything by keyboard, and said aloud."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListView, QMenu

from desktop_app.domain.entity import RunState
from desktop_app.gui.widgets.focus import focus_stops
from tests.gui.stage import Stage
from tests.harness.wait import until

NO_KEY = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def press(stage: Stage, key: Qt.Key, modifier: Qt.KeyboardModifier = NO_KEY) -> str:
    """Return what has the keyboard afterwards."""
    QTest.keyClick(QApplication.focusWidget() or stage.window, key, modifier)
    focused = QApplication.focusWidget()
    return focused.objectName() if focused else ""


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Return what a screen reader is told to say."""
    said: list[str] = []

    def hear(event: object) -> None:
        message = getattr(event, "message", None)
        if callable(message):
            said.append(str(message()))

    monkeypatch.setattr(QAccessible, "updateAccessibility", hear)
    QAccessible.setActive(True)
    yield said
    QAccessible.setActive(False)


async def test_tab_goes_as_the_eye_does_and_back(stage: Stage) -> None:
    order = ["connection", "new-thread", "search", "new-assistant", "assistants", "threads", "toggle-left"]
    order += ["header-assistant", "toggle-inspector", "sample-0", "sample-1", "sample-2"]
    order += ["message", "attach", "composer-assistant", "inspector-tabs", "inspector-edit"]
    stage.find("connection").setFocus()
    assert [press(stage, Qt.Key.Key_Tab) for _ in order] == [*order[1:], order[0]]
    assert [press(stage, Qt.Key.Key_Tab, SHIFT) for _ in order] == order[::-1]


async def test_right_to_left_tab_begins_at_the_right(stage: Stage) -> None:
    QApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        await until(lambda: stage.window.left.x() > stage.window.inspector.x())
        names = [stop.objectName() for stop in focus_stops(stage.window)]
        assert names.index("toggle-left") < names.index("toggle-inspector")
        assert names[0] == "connection"
    finally:
        QApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


async def test_a_key_goes_from_pane_to_pane_and_remembers_where_it_was(stage: Stage) -> None:
    stage.find("attach").setFocus()
    assert press(stage, Qt.Key.Key_F6) == "inspector-tabs"
    assert press(stage, Qt.Key.Key_F6) == "connection"
    assert press(stage, Qt.Key.Key_F6) == "attach"
    assert press(stage, Qt.Key.Key_F6, SHIFT) == "connection"
    stage.window.toggle_inspector()
    assert press(stage, Qt.Key.Key_F6) == "attach"
    assert press(stage, Qt.Key.Key_F6) == "connection"


async def test_escape_leaves_the_search_and_enter_opens_a_hit(stage: Stage) -> None:
    first = stage.thread_id
    stage.services.threads.rename(first, "Volcano heights")
    stage.services.conversation.ask(first, "How high is it?")
    await until(lambda: stage.engine.played.started)
    stage.engine.played.finish()
    await until(lambda: not stage.services.conversation.is_busy(first))
    stage.workspace.session.open(stage.services.threads.create(stage.services.assistants.default.id).id)
    stage.find("search").setFocus()
    QTest.keyClicks(stage.find("search"), "volcano")
    await until(lambda: stage.find("hits").isVisible())
    assert press(stage, Qt.Key.Key_Down) == "hits"
    press(stage, Qt.Key.Key_Return)
    assert stage.thread_id == first
    assert press(stage, Qt.Key.Key_Escape) == "search"
    assert stage.find("threads").isVisible()


async def test_complaint_22_the_course_of_a_run_is_spoken(stage: Stage, spoken: list[str]) -> None:
    stage.services.conversation.ask(stage.thread_id, "Hello?")
    await until(lambda: "Writing the answer" in spoken)
    stage.engine.played.finish()
    await until(lambda: "The assistant has answered" in spoken)


async def test_a_run_that_ends_badly_is_spoken_in_words(stage: Stage, spoken: list[str]) -> None:
    stage.services.conversation.ask(stage.thread_id, "Hello?")
    await until(lambda: stage.engine.played.started)
    stage.engine.played.finish(RunState.EXPIRED)
    await until(lambda: "Took too long" in spoken)


async def test_a_context_menu_opens_by_key(stage: Stage) -> None:
    threads = stage.find("threads")
    assert isinstance(threads, QListView)
    at = threads.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, at, threads.mapToGlobal(at), NO_KEY)
    QApplication.sendEvent(threads.viewport(), event)
    await until(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    popup = QApplication.activePopupWidget()
    assert popup is not None
    popup.close()
