"""The whole job by mouse and keyboard: the real window, the real engine, the real sandbox, a real data set."""

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from desktop_app.system import resource
from tests.app.person import person_at_window

PENGUINS = resource.find("samples/penguins.csv")
COMPANIES = Path(__file__).parents[1] / "data" / "companies.csv"


@pytest.mark.usefixtures("home")
async def test_drop_a_file_ask_watch_the_code_run_keep_the_result(tmp_path: Path) -> None:
    saved = tmp_path / "kept.csv"

    async with person_at_window() as person:
        await person.drop(PENGUINS)
        await person.ask("Average body mass by species, plot it and give me the CSV")
        await person.read("import pandas as pd")
        await person.see("figure")
        await person.see_the_run_end()
        await person.read("5,076")

        await person.click("file-chip-save")
        await person.save_as(saved)
        await person.read_label("kept.csv")

    rows = list(csv.DictReader(saved.read_text().splitlines()))
    assert [row["species"] for row in rows] == ["Gentoo", "Chinstrap", "Adelie"]
    assert float(rows[0]["body_mass_g"]) == pytest.approx(5076.016)

    async with person_at_window() as person:
        await person.type("gentoo", into="search")
        await person.see("hits")
        await person.press(Qt.Key.Key_Down)
        await person.press(Qt.Key.Key_Return)
        await person.read("5,076")
        await person.see("figure")
        person.transcript.setFocus()
        await person.press(Qt.Key.Key_Home)
        await person.read("Average body mass by species, plot it and give me the CSV")


@pytest.mark.usefixtures("home")
async def test_the_first_start_is_one_click_from_a_chart() -> None:
    async with person_at_window() as person:
        await person.click("sample-0")
        await person.see("figure")
        await person.see_the_run_end()

        await person.read("5,076")


@pytest.mark.usefixtures("home")
async def test_equations_are_solved_and_followed_up() -> None:
    async with person_at_window() as person:
        await person.ask("I need to solve the equation `3x + 11 = 14`. Can you help me?")
        await person.read("x = 1")
        await person.see_the_run_end()

        await person.ask("Solve the equation y = x^2 + 3 for x = 3 and plot the function graph.")
        await person.read("y = 12")
        await person.see("figure")
        await person.see_the_run_end()

        await person.ask("Is this a concave function?")
        await person.read("y = x^2 + 3 is convex")
        await person.see_the_run_end()


@pytest.mark.usefixtures("home")
async def test_a_sector_is_charted_and_the_file_provided(tmp_path: Path) -> None:
    async with person_at_window() as person:
        await person.drop(COMPANIES)
        await person.ask(
            "create bar chart in the TRANSPORTATION sector for the operating profit from the uploaded csv file and "
            "provide file to me",
        )
        await person.see("figure")
        await person.see_the_run_end()
        await person.read("Together: 740.3.")
        await person.click("file-chip-save")
        await person.save_as(tmp_path / "kept")

    with COMPANIES.open(encoding="utf-8") as source:
        rows = [row for row in csv.DictReader(source) if row["sector"] == "TRANSPORTATION"]
    assert sum(float(row["operating_profit"]) for row in rows) == pytest.approx(740.3)
    assert (tmp_path / "kept").read_bytes()[:4] in (b"\x89PNG", b"name")


@pytest.mark.usefixtures("home")
async def test_rows_are_shuffled_and_none_is_lost(tmp_path: Path) -> None:
    async with person_at_window() as person:
        await person.drop(PENGUINS)
        await person.ask("shuffle the rows and give me the CSV")
        await person.see_the_run_end()
        await person.click("file-chip-save")
        await person.save_as(tmp_path / "shuffled.csv")

    before, after = (path.read_text().splitlines() for path in (PENGUINS, tmp_path / "shuffled.csv"))
    assert after[0] == before[0]
    assert after != before
    assert len(after) == len(before)


@pytest.mark.usefixtures("home")
async def test_a_new_question_comes_into_view_wherever_one_was_reading() -> None:
    async with person_at_window() as person:
        await person.click("sample-0")
        await person.see("figure")
        await person.see_the_run_end()
        person.transcript.setFocus()
        await person.press(Qt.Key.Key_Home)
        assert not person.transcript.follows

        await person.ask("What is in this file?")
        await person.see_the_run_end()

        assert person.transcript.follows
