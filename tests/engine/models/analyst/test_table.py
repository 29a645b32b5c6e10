"""Questions about tables: the numbers of the answers, against numbers worked out without pandas."""

import csv
import io
import statistics
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.models.analyst.talk import Talk

pytestmark = pytest.mark.asyncio(loop_scope="package")

Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def rows(penguins: bytes) -> Rows:
    return list(csv.DictReader(io.StringIO(penguins.decode())))


@pytest.fixture
async def birds(talk: Talk, penguins: bytes) -> Talk:
    await talk.attach("penguins.csv", penguins)
    return talk


@pytest.fixture
async def firms(talk: Talk, data: Path) -> Talk:
    await talk.attach("companies.csv", (data / "companies.csv").read_text())
    return talk


@pytest.fixture
async def shop(talk: Talk, data: Path) -> Talk:
    await talk.attach("orders.csv", (data / "orders.csv").read_text())
    return talk


def mean(rows: Rows, column: str, keep: Callable[[dict[str, str]], bool]) -> float:
    return statistics.fmean(float(row[column]) for row in rows if keep(row) and row[column] not in ("", "NA"))


async def test_tells_what_is_in_the_file(birds: Talk) -> None:
    reply = await birds.ask("What is in this file?")
    assert "**344 rows and 8 columns**" in reply.text
    assert "| body_mass_g | number | 2 | 94 | 2,700 to 6,300, average 4,201.8 |" in reply.text
    assert "| year | whole number | 0 | 3 | 2007 to 2009 |" in reply.text


async def test_averages_by_group_draws_and_saves_in_one_question(birds: Talk, rows: Rows) -> None:
    reply = await birds.ask("average body mass by species and plot it, save as xlsx")
    gentoo = mean(rows, "body_mass_g", lambda row: row["species"] == "Gentoo")
    assert f"highest for **Gentoo** with **{gentoo:,.0f}**" in reply.text
    assert reply.images == 1
    assert [name.endswith("_by_species.xlsx") for name in reply.files] == [True]


async def test_follow_ups_refer_to_the_question_before(birds: Talk, rows: Rows) -> None:
    await birds.ask("average body mass by species and plot it")
    by_island = await birds.ask("and by island?")
    assert f"**Biscoe** with **{mean(rows, 'body_mass_g', lambda r: r['island'] == 'Biscoe'):,.0f}**" in by_island.text
    assert by_island.images == 1
    in_2008 = await birds.ask("same for 2008")
    biscoe = mean(rows, "body_mass_g", lambda r: r["island"] == "Biscoe" and r["year"] == "2008")
    assert f"**Biscoe** with **{biscoe:,.1f}**" in in_2008.text
    as_file = await birds.ask("give me that as CSV")
    saved = list(csv.reader(io.StringIO((await birds.read(as_file.files[0])).decode())))
    assert saved[0] == ["island", "body_mass_g"]
    assert float(saved[1][1]) == pytest.approx(biscoe)
    assert as_file.images == 0
    one = await birds.ask("For females only: average body_mass_g")
    female = mean(rows, "body_mass_g", lambda r: r["sex"] == "female")
    assert f"is **{female:,.1f}** (165 values)" in one.text


async def test_correlation_with_a_scatter_plot(birds: Talk) -> None:
    reply = await birds.ask("Plot flipper length against body mass by species")
    assert "**r = 0.871** (342 pairs)" in reply.text
    assert reply.images == 1


async def test_counts_distinct_and_missing_values(birds: Talk, rows: Rows) -> None:
    counts = await birds.ask("How many penguins are there per island?")
    dream = sum(row["island"] == "Dream" for row in rows)
    assert f"| Dream | {dream} |" in counts.text
    distinct = await birds.ask("how many different species are there?")
    assert "**3 different values**" in distinct.text
    missing = await birds.ask("Are there missing values?")
    assert "| sex | 11 | 3.2 % |" in missing.text


async def test_forgives_typing_errors_in_column_names(firms: Talk) -> None:
    reply = await firms.ask("averge opertaing proft by secotr")
    assert '"operating_profit"' in reply.code
    assert '"sector"' in reply.code


async def test_top_rows_and_conditions(firms: Talk, data: Path) -> None:
    firm_rows = list(csv.DictReader((data / "companies.csv").read_text().splitlines()))
    top = await firms.ask("top 3 companies by employees")
    largest = sorted(firm_rows, key=lambda row: -int(row["employees"]))[:3]
    assert [line.split(" | ")[0].strip("| ") for line in top.text.splitlines()[4:7]] == [row["name"] for row in largest]
    negative = await firms.ask("which companies have a negative operating profit?")
    assert f"**{sum(float(row['operating_profit']) < 0 for row in firm_rows)} rows**" in negative.text
    both = await firms.ask("companies in Germany with revenue over 2000")
    expected = [r["name"] for r in firm_rows if r["country"] == "Germany" and float(r["revenue"]) > 2000]
    assert f"**{len(expected)} rows**" in both.text
    assert all(name in both.text for name in expected)


async def test_development_over_time_in_sensible_periods(shop: Talk, data: Path) -> None:
    order_rows = list(csv.DictReader((data / "orders.csv").read_text().splitlines()))
    reply = await shop.ask("sales over time")
    january = sum(float(row["sales"]) for row in order_rows if row["order_date"].startswith("2023-01"))
    assert f"from **{january:,.1f}** in 2023-01" in reply.text
    assert reply.images == 1
    year = await shop.ask("total quantity by product in 2024")
    chairs = sum(int(r["quantity"]) for r in order_rows if r["product"] == "Chair" and r["order_date"] >= "2024")
    assert f"| Chair | {chairs:,} |" in year.text


async def test_says_which_column_is_missing(firms: Talk) -> None:
    reply = await firms.ask("average revenue by region")
    assert reply.steps == ()
    assert "There is no column `region`" in reply.text
    assert "`operating_profit`" in reply.text


async def test_says_that_a_name_is_no_value(firms: Talk) -> None:
    reply = await firms.ask("operating profit of Nowhere Motors")
    assert reply.steps == ()
    assert "“Nowhere Motors”" in reply.text


async def test_says_which_column_it_picked(birds: Talk) -> None:
    reply = await birds.ask("average length")
    assert "I took “length” to mean the column “bill_length_mm”" in reply.text


@pytest.mark.parametrize("kind", ["bar", "pie", "box", "histogram", "line", "scatter", "heatmap"])
async def test_draws_every_kind_of_chart(birds: Talk, kind: str) -> None:
    reply = await birds.ask(f"{kind} chart of body mass by year")
    assert reply.images == 1
    assert reply.steps[-1].error_name is None


async def test_merges_two_files_by_their_common_column(talk: Talk) -> None:
    await talk.attach("left.csv", "id,x\n1,5\n2,6\n")
    await talk.attach("right.csv", "id,y\n2,7\n3,8\n")
    reply = await talk.ask("merge the two files")
    merged = (await talk.read(reply.files[0])).decode().splitlines()
    assert merged[0] in ("id,x,y", "id,y,x")
    assert len(merged) == 4
    assert "In both files: 1" in reply.text


async def test_offers_questions_when_it_does_not_understand(birds: Talk) -> None:
    reply = await birds.ask("Write a poem in the style of Shakespeare")
    assert reply.steps == ()
    assert "no language model" in reply.text
    assert "Average bill length by species as a bar chart" in reply.text
    assert "Connect a model…" in reply.text
