"""What users of comparable programs have run into, at the whole window. The smaller parts have tests of their own."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PySide6.QtCore import QObject, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QImage

from desktop_app.system import resource
from tests.app.person import person_at_window
from tests.harness.chat_server import ChatServer, Failure, Reply
from tests.harness.wait import until

PENGUINS = resource.find("samples/penguins.csv")
QUESTION = "How much is six times seven?"
MANY = 120 * 1024**2


class Desktop(QObject):
    """Takes what would be opened in another program."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[Path] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        """Keep the path."""
        self.opened.append(Path(url.toLocalFile()))


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    """Return the desktop that opens files."""
    desktop = Desktop()
    take: Any = "take"  # PySide6 takes a str here and says that it wants bytes
    QDesktopServices.setUrlHandler("file", desktop, take)
    yield desktop
    QDesktopServices.unsetUrlHandler("file")


@contextmanager
def pulse() -> Iterator[list[float]]:
    """Measure how long the window's loop was away: every gap between two ticks of a timer, in seconds."""
    gaps: list[float] = []
    loop = asyncio.get_running_loop()
    last = loop.time()

    def tick() -> None:
        nonlocal last
        gaps.append(loop.time() - last)
        last = loop.time()

    timer = QTimer(interval=5)
    timer.timeout.connect(tick)
    timer.start()
    yield gaps
    timer.stop()


async def test_complaint_01_and_15_stop_stops_and_doubles_nothing(server: ChatServer) -> None:
    server.add(Reply("It is forty", hangs=True), Reply("Hello again."))
    async with person_at_window() as person:
        await person.ask(QUESTION)
        await person.read("It is fort")
        await person.ask("Too early")
        assert person.draft == "Too early"
        await person.press(Qt.Key.Key_Escape)
        await person.press(Qt.Key.Key_Escape)
        await person.see_the_run_end()
        await until(server.abandoned.is_set)

        assert [person.says(words) for words in (QUESTION, "It is fort", "Too early")] == [1, 1, 0]
        await person.press(Qt.Key.Key_Return)
        await person.read("Hello again.")
        await person.see_the_run_end()
        assert [person.says(words) for words in (QUESTION, "It is fort", "Too early")] == [1, 1, 1]
    asked = [message["content"] for message in server.requests[1]["messages"] if message["role"] == "user"]
    assert [QUESTION in asked[0], "Too early" in asked[-1], len(asked)] == [True, True, 2]


async def test_complaint_01_stop_by_the_button_ends_running_code(server: ChatServer) -> None:
    server.add(Reply(code="print('be' + 'gun', flush=True)\nimport time\ntime.sleep(600)"), Reply(code="print(6 * 7)"))
    server.add(Reply("It is 42."))
    async with person_at_window() as person:
        await person.ask(QUESTION)
        await person.read("begun")
        await person.click("send")
        await person.click("send")
        await person.see_the_run_end()
        await person.ask("And now?")
        await person.read("It is 42.")
        await person.see_the_run_end()
    assert len(server.requests) == 3


async def test_complaint_04_two_files_of_one_name_keep_their_own_bytes(server: ChatServer, tmp_path: Path) -> None:
    for text in ("first", "second"):
        server.add(Reply(code=f"open('/mnt/data/made.txt', 'w').write('{text}')"), Reply(f"The {text} one."))
    async with person_at_window() as person:
        for number, text in enumerate(("first", "second")):
            await person.ask(f"Make the {text} file")
            await person.read(f"The {text} one.")
            await person.see_the_run_end()
            await person.click("file-chip-save", number)
            await person.save_as(tmp_path / f"{text}.txt")
        await person.click("file-chip-save", 0)
        await person.save_as(tmp_path / "first again.txt")
    saved = [(tmp_path / f"{name}.txt").read_text() for name in ("first", "second", "first again")]
    assert saved == ["first", "second", "first"]


async def test_complaint_05_13_and_14_figures_and_files_are_shown_saved_and_opened(
    server: ChatServer, desktop: Desktop, tmp_path: Path
) -> None:
    code = (
        "from PIL import Image\ndisplay(Image.effect_noise((2400, 1600), 50))\nopen('/mnt/data/a.csv', 'w').write('1')"
    )
    server.add(Reply(code=code), Reply("See [the table](sandbox:/mnt/data/a.csv)."))
    async with person_at_window() as person:
        await person.ask("Draw something")
        await person.read("See the table.")
        await person.see_the_run_end()
        shown = await person.see("figure")
        await person.click("figure-save")
        await person.save_as(tmp_path / "kept.png")
        assert shown.width() < 2400
        await person.click_link("sandbox:/mnt/data/a.csv")
        await until(lambda: desktop.opened)
        await person.click("file-chip-open")
        await until(lambda: len(desktop.opened) == 2)
        assert [path.name for path in desktop.opened] == ["a.csv", "a.csv"]
        assert desktop.opened[1].read_text() == "1"
    assert QImage(str(tmp_path / "kept.png")).size().toTuple() == (2400, 1600)


@pytest.mark.usefixtures("home")
async def test_complaint_07_a_file_that_vanished_keeps_the_text(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(PENGUINS.read_bytes())
    async with person_at_window() as person:
        await person.hover(path)
        path.unlink()
        await person.let_go(path)
        await person.ask("How many rows are there?")
        assert person.draft == "How many rows are there?"
        assert "no longer there" in (await person.see("chip-table.csv")).accessibleName()

        path.write_bytes(PENGUINS.read_bytes())
        await person.click("chip-retry")
        await person.type("")
        await person.press(Qt.Key.Key_Return)
        await person.read("344")
        await person.see_the_run_end()
        assert (person.draft, person.says("How many rows are there?")) == ("", 1)


async def test_complaint_08_large_files_never_block_the_window(server: ChatServer, tmp_path: Path) -> None:
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        file.truncate(MANY)
    server.add(Reply(code=f"open('/mnt/data/made.bin', 'wb').write(bytes({MANY}))"), Reply("Here it is."))
    async with person_at_window() as person:
        await person.read_label("Sandbox: bubblewrap")
        with pulse() as gaps:
            await person.drop(path)
            await person.ask("Copy it")
            await person.read("Here it is.")
            await person.see_the_run_end()
            await person.click("file-chip-save")
            await person.save_as(tmp_path / "kept.bin")
    assert (tmp_path / "kept.bin").stat().st_size == MANY
    assert len(gaps) > 100
    assert max(gaps) < 0.5


async def test_complaint_10_reading_back_is_possible_while_it_streams(server: ChatServer) -> None:
    code = "import time\nfor line in range(40):\n    print('line', line, flush=True)\n    time.sleep(0.03)"
    server.add(Reply("\n\n".join(f"Paragraph {number}" for number in range(60)), code), Reply("The end. " * 900))
    async with person_at_window() as person:
        await person.ask(QUESTION)
        await person.read("line 1\n")
        bar = person.transcript.verticalScrollBar()
        assert bar.value() == bar.maximum() > 0
        person.transcript.setFocus()
        await person.press(Qt.Key.Key_Home)
        await person.see_the_run_end()
        await person.read("The end.")
        assert (bar.value(), bar.maximum() > 0) == (bar.minimum(), True)


async def test_complaint_17_html_in_errors_is_text(server: ChatServer) -> None:
    server.add(*[Failure(400, "<h1>Bad</h1><img src='file:///etc/passwd'>")] * 2)
    async with person_at_window() as person:
        await person.ask(QUESTION)
        note = await person.see("note")
        assert "<h1>Bad</h1>" in note.accessibleName()


@pytest.mark.usefixtures("home")
async def test_complaint_19_a_dropped_excel_file_is_attached_and_its_numbers_are_right(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (("fruit", "price"), ("apple", 1.5), ("pear", 4.0), ("apple", 2.5)):
        book.active.append(row)
    book.save(tmp_path / "prices.xlsx")
    async with person_at_window() as person:
        await person.drop(tmp_path / "prices.xlsx")
        await person.ask("What is the average price by fruit?")
        await person.see_the_run_end()
        for fruit, price in (("apple", 2), ("pear", 4)):
            assert re.search(rf"\b{fruit}\s+{price}(\.0+)?\b", person.transcript_text())
