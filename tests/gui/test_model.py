"""The list models keep Qt's rules and say exactly what changed."""

import time
from collections.abc import Callable, Sequence
from itertools import pairwise, permutations

import pytest
from PySide6.QtCore import QAbstractItemModel
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desktop_app.domain.entity import Assistant, SearchHit, Thread
from desktop_app.gui.models.assistant import AssistantModel
from desktop_app.gui.models.thread import HitModel, ThreadModel

DAY = 86_400.0
NOW = time.mktime((2026, 5, 20, 12, 0, 0, 0, 0, -1))


def thread(name: str, days_ago: float = 0, *, busy: bool = False, unread: bool = False) -> Thread:
    at = NOW - days_ago * DAY
    return Thread(name, f"Title {name}", "assistant", at, at, busy=busy, unread=unread)


def follow_the_rules(tester: ModelTester, model: QAbstractItemModel) -> None:
    """Let Qt's own tester watch the model for as long as the test lasts."""
    check: Callable[[QAbstractItemModel], None] = tester.check
    check(model)


def shown(model: ThreadModel) -> list[str]:
    return [row.title for row in model.rows()]


def test_threads_are_grouped_by_day(qtmodeltester: ModelTester) -> None:
    model = ThreadModel()
    follow_the_rules(qtmodeltester, model)
    model.show([thread("a"), thread("b", 1), thread("c", 3), thread("d", 7), thread("e", 40)], NOW)
    assert shown(model) == [
        *("Today", "Title a"),
        *("Yesterday", "Title b"),
        *("Last week", "Title c", "Title d"),
        *("Older", "Title e"),
    ]


def test_headings_cannot_be_chosen() -> None:
    model = ThreadModel()
    model.show([thread("a")], NOW)
    assert [model.is_choosable(row) for row in model.rows()] == [False, True]


def test_marks_are_said() -> None:
    model = ThreadModel()
    model.show([thread("a", busy=True), thread("b", unread=True)], NOW)
    assert [model.index(row).data() for row in (1, 2)] == ["Title a, working", "Title b, new answer"]


def test_every_change_of_a_list_ends_in_that_list(qtmodeltester: ModelTester) -> None:
    model = AssistantModel()
    follow_the_rules(qtmodeltester, model)
    orders = [list(order) for length in range(4) for order in permutations("abc", length)]
    for before, after in pairwise([*orders, *reversed(orders)]):
        for names in (before, after):
            model.set_rows([Assistant(name, name) for name in names])
            assert [row.id for row in model.rows()] == names


def test_only_the_row_that_changed_is_named(qtbot: QtBot) -> None:
    model = AssistantModel()
    model.set_rows([Assistant("1", "One"), Assistant("2", "Two"), Assistant("3", "Three")])
    with (
        qtbot.assertNotEmitted(model.rowsInserted),
        qtbot.assertNotEmitted(model.rowsRemoved),
        qtbot.waitSignal(model.dataChanged) as changed,
    ):
        model.set_rows([Assistant("1", "One"), Assistant("2", "Zwei"), Assistant("3", "Three")])
    assert [index.row() for index in changed.args[:2]] == [1, 1]


@pytest.mark.parametrize("names", ["", "a", "ab", "aba"])
def test_a_thread_found_twice_is_shown_once(qtmodeltester: ModelTester, names: Sequence[str]) -> None:
    model = HitModel()
    follow_the_rules(qtmodeltester, model)
    model.show([SearchHit(thread(name), "snippet", ((0, 4),)) for name in names])
    assert [row.id for row in model.rows()] == list(dict.fromkeys(names))
