"""What must not break it: an engine that dies, an impatient person, an end in the middle, a large archive."""

import os
import signal
import time
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QWidget

from desktop_app.domain.entity import Question, Thread
from desktop_app.gui.sample import load
from desktop_app.stores.archive.archive import SqliteArchive
from desktop_app.system.path import locate
from tests.app.person import person_at_window
from tests.harness.chat_server import ChatServer, Reply

QUESTION = "How much is six times seven?"
SLOW = Reply(code="print('be' + 'gun', flush=True)\nimport time\ntime.sleep(600)")
REST = (Reply(code="print(6 * 7)"), Reply("It is 42."))


def engines() -> list[int]:
    children = psutil.Process().children()
    return [process.pid for process in children if "--control" in process.cmdline()]


@pytest.mark.expects_log("The engine has ended")
async def test_an_engine_killed_in_the_middle_of_a_run_is_replaced_and_completes_it(server: ChatServer) -> None:
    server.add(SLOW, *REST)
    async with person_at_window() as person:
        await person.ask(QUESTION)
        await person.read("begun")
        (killed,) = engines()
        os.kill(killed, signal.SIGKILL)
        await person.read("It is 42.")
        await person.see_the_run_end()
        assert [person.says(words) for words in (QUESTION, "print(6 * 7)", "begun", "It is 42.")] == [1, 1, 0, 1]
        assert engines() != [killed]
        assert not person.all("banner", QWidget)
    assert len(server.requests) == 3


async def test_quitting_in_the_middle_of_a_run_completes_it_at_the_next_start(server: ChatServer) -> None:
    server.add(SLOW, *REST)
    async with person_at_window() as person:
        await person.ask(QUESTION)
        await person.read("begun")
        await person.press(Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
        await person.until(lambda: not person.window.isVisible(), "the window to go")
    assert engines() == []

    async with person_at_window() as person:
        await person.read("It is 42.")
        await person.see_the_run_end()
        assert [person.says(words) for words in (QUESTION, "print(6 * 7)", "It is 42.")] == [1, 1, 1]
    assert len(server.requests) == 3


@pytest.mark.usefixtures("home")
async def test_a_double_click_on_a_sample_question_asks_once() -> None:
    async with person_at_window() as person:
        await person.double_click("sample-0")
        await person.see("figure")
        await person.see_the_run_end()
        person.transcript.setFocus()
        await person.press(Qt.Key.Key_Home)
        assert person.says(load().questions[0]) == 1
        assert [chip.split(",")[0] for chip in person.chips].count("penguins.csv") == 1


@pytest.mark.usefixtures("home")
async def test_what_cannot_be_attached_is_said_before_the_drop(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    async with person_at_window() as person:
        words = await person.hover(tmp_path, tmp_path / "empty.csv")
        assert words.startswith("This cannot be attached")
        assert f"“{tmp_path.name}” is a folder" in words
        assert "“empty.csv” is empty" in words
        await person.let_go(tmp_path, tmp_path / "empty.csv")
        assert not person.all("chips", QWidget)

        words = await person.hover(tmp_path / "empty.csv", tmp_path / "table.csv")
        assert words.startswith("Attach to this message\ntable.csv")
        assert "“empty.csv” is empty" in words
        await person.drag_away()
        await person.until(lambda: not person.all("drop-overlay", QWidget), "the targets to go")


@pytest.mark.usefixtures("home")
async def test_300_threads_open_and_are_searched_quickly() -> None:
    archive = await SqliteArchive.open(locate().make().data)
    for number in range(300):
        thread = Thread(f"thread_{number}", f"Numbers {number}", "", number, number)
        await archive.save_thread(thread)
        for part in range(3):
            text = f"What about walrus{number} and {part}? " * 20
            await archive.save_question(Question(f"question_{number}_{part}", thread.id, text, (), number))
    await archive.aclose()

    begin = time.monotonic()
    async with person_at_window() as person:
        threads = await person.see_a(QAbstractItemView, "threads")
        assert threads.model().rowCount() > 300
        await person.read("walrus299")
        opened = time.monotonic()
        await person.type("walrus123", into="search")
        hits = await person.see_a(QAbstractItemView, "hits")
        await person.until(lambda: hits.model().rowCount() == 1, "the one hit")
        found = time.monotonic()
        await person.press(Qt.Key.Key_Down)
        await person.press(Qt.Key.Key_Return)
        await person.read("walrus123")
    assert (opened - begin < 5, found - opened < 2) == (True, True)
