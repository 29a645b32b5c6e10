"""How questions are read, without a sandbox."""

import pytest

from desktop_app.engine.models.analyst.formula.expression import formulas
from desktop_app.engine.models.analyst.language import likeness, parts, readable, spoken
from desktop_app.engine.models.analyst.shape import Column, Table
from desktop_app.engine.models.analyst.table.parse import parse
from desktop_app.engine.models.analyst.table.query import Action, Chart, Filter, Query, continued

TABLE = Table(
    (
        Column("name", "text", 60, values=("Atlas Rail", "Cedar Data")),
        Column("sector", "text", 3, values=("TRANSPORTATION", "HEALTH CARE", "ENERGY")),
        Column("operating_profit", "number", 60, low=-50, high=900),
        Column("bodyMass_g", "number", 60, low=1, high=9),
        Column("year", "number", 3, low=2007, high=2009, whole=True),
        Column("sex", "text", 2, values=("male", "female")),
        Column("order date", "date", 90, as_text=True),
    ),
    rows=60,
)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("operating profit in the TRANSPORTATION sector", Filter("sector", "==", ("TRANSPORTATION",))),
        ("profit in the health care sector", Filter("sector", "==", ("HEALTH CARE",))),
        ("profit in the banking sector", Filter("sector", "==", ("banking",))),
        ("rows where year is 2007", Filter("year", "==", (2007,))),
        ("profit in 2008", Filter("year", "==", (2008,))),
        ("profit since 2008", Filter("year", ">=", (2008,))),
        ("average profit for females", Filter("sex", "==", ("female",))),
        ("operating profit over 1,500.5", Filter("operating_profit", ">", (1500.5,))),
        ("rows with operating_profit at least 10", Filter("operating_profit", ">=", (10,))),
        ("operating profit between 5 and 10", Filter("operating_profit", "between", (5, 10))),
        ("name contains 'rail'", Filter("name", "contains", ("rail",))),
        ("profit by name without ENERGY", Filter("sector", "!=", ("ENERGY",))),
        ("profit of Atlas Rail", Filter("name", "==", ("Atlas Rail",))),
        ("profit for TRANSPORTATION and ENERGY", Filter("sector", "==", ("TRANSPORTATION", "ENERGY"))),
        ("rows where sex is missing", Filter("sex", "missing", ())),
        ("sector != ENERGY", Filter("sector", "!=", ("ENERGY",))),
    ],
)
def test_reads_conditions(text: str, condition: Filter) -> None:
    assert parse(text, TABLE).filters == (condition,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Average operating profit by sector", (Action.AGGREGATE, ("operating_profit",), ("sector",), ("mean",))),
        ("MEDIAN body mass per sector and sex!", (Action.AGGREGATE, ("bodyMass_g",), ("sector", "sex"), ("median",))),
        ("how many names by sector", (Action.COUNT, (), ("sector",), ("count",))),
        ("total of `operating_profit` for each year", (Action.AGGREGATE, ("operating_profit",), ("year",), ("sum",))),
        ("gender counts", (Action.COUNT, (), ("sex",), ("count",))),
    ],
)
def test_reads_measures_keys_and_functions(text: str, expected: tuple[object, ...]) -> None:
    query = parse(text, TABLE)
    assert (query.action, query.measures, query.keys, query.functions) == expected


@pytest.mark.parametrize(
    ("text", "chart", "save"),
    [
        ("bar chart of operating profit from the uploaded csv file", Chart.BAR, ()),
        ("plot it and save as Excel", Chart.AUTO, ("xlsx",)),
        ("give me the file", None, ("same",)),
        ("export to JSON", None, ("json",)),
        ("histogram of body mass as a PNG file", Chart.HISTOGRAM, ("png",)),
        ("describe the data in this csv file", None, ()),
    ],
)
def test_reads_charts_and_files(text: str, chart: Chart | None, save: tuple[str, ...]) -> None:
    query = parse(text, TABLE)
    assert (query.chart, query.save) == (chart, save)


def test_a_follow_up_replaces_only_what_it_says() -> None:
    first = parse("bar chart of the average operating profit by sector in 2007", TABLE)
    year = continued(first, parse("same for 2008", TABLE))
    assert year.filters == (Filter("year", "==", (2008,)),)
    assert (year.keys, year.chart) == (("sector",), Chart.BAR)
    line = continued(year, parse("now as line chart", TABLE))
    assert (line.chart, line.filters) == (Chart.LINE, year.filters)
    assert continued(line, parse("and by sex?", TABLE)).keys == ("sex",)
    assert continued(line, parse("sort it descending", TABLE)).descending is True


def test_a_new_question_is_not_a_follow_up() -> None:
    first = parse("bar chart of the average operating profit by sector in 2007", TABLE)
    assert continued(first, parse("total body mass by sex", TABLE)).filters == ()
    assert continued(first, parse("What is in this file?", TABLE)).action is Action.OVERVIEW
    assert continued(Query(), parse("and by sex?", TABLE)).keys == ("sex",)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("body mass", "bodyMass_g"),
        ("operating profits", "operating_profit"),
        ("opertaing proft", "operating_profit"),
        ("Order-Date", "order date"),
    ],
)
def test_words_are_compared_with_names(said: str, name: str) -> None:
    assert likeness(parts(said), name) >= 0.8
    assert likeness(parts("penguin"), name) == 0


def test_names_are_made_readable() -> None:
    assert (readable("body_mass_g"), spoken("body_mass_g")) == ("Body mass (g)", "body mass")
    assert (readable("GDP"), spoken("GDP")) == ("GDP", "GDP")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I need to solve the equation `3x + 11 = 14`. Can you help me?", ("3x + 11 = 14",)),
        ("Solve the equation y = x^2 + 3 for x = 3 and plot the function graph.", ("y = x^2 + 3", "x = 3")),
        ("solve x + y = 5 and x - y = 1", ("x + y = 5", "x - y = 1")),
        ("Is sin(x)/x \u2212 2·x² a concave function?", ("sin(x)/x - 2*x^2",)),
        ("a bar chart of sales, and a table of costs", ()),
    ],
)
def test_finds_formulas_in_sentences(text: str, found: tuple[str, ...]) -> None:
    assert formulas(text) == found
