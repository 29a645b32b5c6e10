"""The questions that must work, checked by value."""

import csv
import io
from pathlib import Path

import pytest

from tests.engine.models.analyst.talk import Talk

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_solves_a_linear_equation(talk: Talk) -> None:
    reply = await talk.ask("I need to solve the equation `3x + 11 = 14`. Can you help me?")
    assert "**x = 1**" in reply.text
    assert reply.steps[0].logs.strip() == "x = 1"


async def test_evaluates_and_plots_a_function_then_judges_its_curvature(talk: Talk) -> None:
    first = await talk.ask("Solve the equation y = x^2 + 3 for x = 3 and plot the function graph.")
    assert "**12**" in first.text
    assert first.images == 1
    second = await talk.ask("Is this a concave function?")
    assert second.text.startswith("**No, `y = x^2 + 3` is convex**, not concave: its second derivative is 2")


async def test_draws_a_bar_chart_of_one_sector_and_gives_the_files(talk: Talk, data: Path) -> None:
    content = (data / "companies.csv").read_text()
    await talk.attach("companies.csv", content)
    reply = await talk.ask(
        "create bar chart in the TRANSPORTATION sector for the operating profit from the uploaded csv file"
        " and provide file to me"
    )
    expected = {
        row["name"]: float(row["operating_profit"])
        for row in csv.DictReader(io.StringIO(content))
        if row["sector"] == "TRANSPORTATION"
    }
    saved = next(name for name in reply.files if name.endswith(".csv"))
    rows = csv.DictReader(io.StringIO((await talk.read(saved)).decode()))
    assert {row["name"]: float(row["operating_profit"]) for row in rows} == expected
    assert reply.images == 1
    assert max(expected, key=lambda name: expected[name]) in reply.text
    assert {name.rsplit(".", 1)[1] for name in reply.files} == {"csv", "png"}
    assert all(f"(sandbox:/mnt/data/{name})" in reply.text for name in reply.files)


async def test_shuffles_the_rows_and_gives_the_csv(talk: Talk, penguins: bytes) -> None:
    await talk.attach("penguins.csv", penguins)
    reply = await talk.ask("shuffle the rows and give me the CSV")
    shuffled = (await talk.read(reply.files[0])).decode().splitlines()
    original = penguins.decode().splitlines()
    assert shuffled[0] == original[0]
    assert shuffled != original
    assert sorted(shuffled) == sorted(original)
    assert f"[{reply.files[0]}](sandbox:/mnt/data/{reply.files[0]})" in reply.text
