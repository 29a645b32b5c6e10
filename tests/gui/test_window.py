"""The window as a whole: small, long words, right to left, names for everything."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

from desktop_app.gui.theme.theme import Theme
from desktop_app.gui.window import MainWindow
from tests.gui.stage import Stage
from tests.harness.wait import until

INTERACTIVE = (QAbstractButton, QAbstractItemView, QLineEdit, QPlainTextEdit, QTabBar)
LONG = "An unusually long name that somebody gave without a thought for the width of panes " * 3


@pytest.fixture
def right_to_left(qapp: QApplication) -> Iterator[None]:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def visible(window: QWidget, name: str) -> QWidget:
    found = window.findChild(QWidget, name)
    assert found is not None
    return found


async def test_everything_one_can_use_has_a_name(stage: Stage) -> None:
    nameless = [
        f"{type(widget).__name__} {widget.objectName()!r} in {widget.parent()!r}"
        for kind in INTERACTIVE
        for widget in stage.window.findChildren(kind)
        if widget.isVisible()
        and not (widget.objectName() and widget.accessibleName())
        # Qt's own: the buttons in a line edit, the scroll buttons of a tab bar
        and not isinstance(widget.parent(), QLineEdit | QTabBar)
    ]
    assert nameless == []


async def test_tab_comes_round_through_all_panes(stage: Stage) -> None:
    seen: list[str] = []
    for _ in range(60):
        QTest.keyClick(QApplication.focusWidget() or stage.window, Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus is not None
        seen.append(focus.objectName())
    assert {"connection", "new-thread", "search", "assistants", "threads", "message", "inspector-tabs"} <= set(seen)


async def test_long_names_fit_the_smallest_window(stage: Stage) -> None:
    stage.services.threads.rename(stage.thread_id, LONG)
    assistant = stage.services.assistants.default
    stage.services.assistants.update(type(assistant)(assistant.id, LONG, LONG, LONG, LONG))
    stage.window.resize(stage.window.minimumSize())
    stage.window.show_inspector(0)
    await until(lambda: stage.window.width() == stage.window.minimumWidth())
    for name in ("connection", "new-thread", "search", "title", "send", "attach", "toggle-inspector"):
        widget = visible(stage.window, name)
        corner = widget.mapTo(stage.window, widget.rect().bottomRight())
        assert stage.window.rect().contains(corner), name
        assert widget.width() >= 16, name


async def test_a_narrow_window_hides_the_inspector_and_a_wide_one_brings_it_back(stage: Stage) -> None:
    stage.window.resize(1280, 800)
    await until(stage.window.inspector.isVisible)
    stage.window.resize(800, 600)
    await until(lambda: not stage.window.inspector.isVisible())
    stage.window.resize(1280, 800)
    await until(stage.window.inspector.isVisible)


async def test_keys_hide_panes(stage: Stage) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(stage.window, Qt.Key.Key_B, control)
    assert not stage.window.left.isVisible()
    QTest.keyClick(stage.window, Qt.Key.Key_B, control)
    assert stage.window.left.isVisible()
    was = stage.window.inspector.isVisible()
    QTest.keyClick(stage.window, Qt.Key.Key_I, control | Qt.KeyboardModifier.ShiftModifier)
    assert stage.window.inspector.isVisible() is not was


@pytest.mark.usefixtures("right_to_left")
async def test_right_to_left_mirrors_the_panes(stage: Stage) -> None:
    window = stage.window
    window.resize(1280, 800)
    await until(window.inspector.isVisible)
    assert window.inspector.x() < window.conversation.x() < window.left.x()
    assert (
        visible(window, "attach").mapTo(window, visible(window, "attach").pos()).x()
        > visible(window, "send").mapTo(window, visible(window, "send").pos()).x()
    )


async def test_a_window_is_where_it_was(stage: Stage, theme: Theme) -> None:
    stage.window.resize(1111, 777)
    stage.window.toggle_left()
    other = MainWindow(theme)
    for name, value in stage.window.saved().items():
        other.restore(name, value)
    assert (other.width(), other.height()) == (1111, 777)
    assert other.left.isHidden()
    other.deleteLater()


async def test_in_a_narrow_window_one_side_pane_gives_way_to_the_other(stage: Stage) -> None:
    window = stage.window
    window.resize(window.minimumSize())
    await until(lambda: not window.inspector.isVisible())
    window.show_inspector(1)
    assert (window.left.isVisible(), window.inspector.isVisible()) == (False, True)
    window.toggle_left()
    assert (window.left.isVisible(), window.inspector.isVisible()) == (True, False)
    window.toggle_left()
    assert (window.left.isVisible(), window.inspector.isVisible()) == (False, False)
    window.resize(1280, 800)
    await until(lambda: window.left.isVisible() and window.inspector.isVisible())


@pytest.mark.parametrize("width", [720, 800, 999, 1000, 1280])
@pytest.mark.parametrize("side", ["left", "inspector"])
async def test_panes_never_overlap(stage: Stage, width: int, side: str) -> None:
    window = stage.window
    window.resize(width, 480)
    await until(lambda: window.width() == width)
    pane = window.left if side == "left" else window.inspector
    if not pane.isVisible():
        window.toggle_left() if side == "left" else window.toggle_inspector()
    await until(pane.isVisible)
    shown = [each for each in (window.left, window.conversation, window.inspector) if each.isVisible()]
    await until(lambda: shown[0].x() == 0 and shown[-1].geometry().right() + 1 == width)
    assert all(one.geometry().right() < other.x() for one, other in pairwise(shown))
