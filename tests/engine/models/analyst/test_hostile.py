"""Names from files and words of people can say anything; in the code they are strings and nothing else."""

import ast
import csv
import io
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.engine.models.analyst.fact import TableFact, decode_facts
from desktop_app.engine.models.analyst.formula.skill import formula_task
from desktop_app.engine.models.analyst.program import Task, literal
from desktop_app.engine.models.analyst.question import Question
from desktop_app.engine.models.analyst.shape import Column, FileShape, Table, decode_shape
from desktop_app.engine.models.analyst.skill import task_for
from desktop_app.engine.models.analyst.wording import code, named, table
from tests.engine.models.analyst.talk import Talk

NASTY = (
    '"; import os; os.system("id")',
    "a'b\"c",
    "line\nbreak",
    "back\\slash",
    "{x}",
    "%s",
    "$a$",
    "`|*_[]<>#",
    "\u202e",
    "\U0001d4b3",
)
TEXT = st.one_of(st.sampled_from(NASTY), st.text(st.characters(codec="utf-8"), min_size=1, max_size=30))
QUESTIONS = (
    "what is in this file?",
    "average {number} by {group} as bar chart, save as xlsx",
    "plot {number} over time",
    "scatter plot of {number} against {other} by {group}",
    "correlation matrix",
    "rows where {group} is {value}",
    "top 5 by {number}",
    "boxplot of {number} by {group}",
    "pie of {group}",
    "outliers in {number}",
    "shuffle the rows and give me the file",
    "count by {group} and {other}",
    "drop missing in {number}",
)


def _question(text: str, name: str, table: Table) -> Question:
    return Question(text, (), (), (name,), frozenset({name}), (FileShape(name, "table", table),))


@given(
    name=TEXT,
    columns=st.lists(TEXT, min_size=4, max_size=4, unique=True),
    value=TEXT,
    question=st.sampled_from(QUESTIONS),
    form=st.sampled_from([("csv", ";"), ("xlsx", ","), ("json", ","), ("jsonl", ",")]),
)
def test_names_stand_only_in_strings(
    name: str, columns: list[str], value: str, question: str, form: tuple[str, str]
) -> None:
    number, other, group, date = columns
    shape = Table(
        (
            Column(number, "number", 50, low=-5, high=5000),
            Column(other, "number", 50, unit="$", as_text=True),
            Column(group, "text", 2, values=(value, "b")),
            Column(date, "date", 90, as_text=True, low=19000, high=19900),
        ),
        format=form[0],
        delimiter=form[1],
        member=name if form[0] == "csv" else "",
        sheet=value,
        sheets=(value, "b"),
        key=value,
        nested=form[0] == "json",
        rows=100,
    )
    asked = question.format(number=f'"{number}"', other=f'"{other}"', group=f'"{group}"', value=f'"{value}"')
    outcome = task_for(_question(asked, name, shape))
    if isinstance(outcome, Task):
        for source in (outcome.program.source(), outcome.program.facts_source()):
            # The same question on harmless names has the same code, but for what stands in strings.
            assert _without_strings(source).isdisjoint({"os", "system", "import_", "eval", "exec"})
            ast.parse(source)


VOCABULARY = """
    average total median min max count how many number of different by per and for each in where is not over under
    between 2007 2008 5 10 top bottom highest lowest first last rows sort descending plot bar line pie scatter box
    histogram heatmap over time monthly save as csv xlsx png json same it that now also missing outliers correlation
    describe shuffle sample compare species island body mass bill length year date female Adelie
"""
WORDS = VOCABULARY.split()
BIRDS = Table(
    (
        Column("species", "text", 3, values=("Adelie", "Gentoo", "Chinstrap")),
        Column("island", "text", 3, values=("Biscoe", "Dream")),
        Column("body_mass_g", "number", 94, low=2700, high=6300),
        Column("bill_length_mm", "number", 164, low=32, high=60),
        Column("sex", "text", 2, values=("male", "female")),
        Column("year", "number", 3, low=2007, high=2009, whole=True),
        Column("date", "date", 300, as_text=True, low=13800, high=14500),
    ),
    rows=344,
)


@settings(max_examples=300)
@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=10).map(" ".join), min_size=1, max_size=3))
def test_any_thread_of_words_has_an_answer_or_code_that_parses(texts: list[str]) -> None:
    question = replace(_question(texts[-1], "penguins.csv", BIRDS), earlier=tuple(texts[:-1]))
    outcome = task_for(question)
    if isinstance(outcome, Task):
        ast.parse(outcome.program.source())
        ast.parse(outcome.program.facts_source())
        assert outcome.answer(decode_facts("{}"))


def _without_strings(source: str) -> set[str]:
    """All names and attributes of the code."""
    nodes = list(ast.walk(ast.parse(source)))
    return {n.id for n in nodes if isinstance(n, ast.Name)} | {n.attr for n in nodes if isinstance(n, ast.Attribute)}


@given(st.text(max_size=60))
def test_whatever_is_asked_the_code_parses(text: str) -> None:
    question = Question(f"solve and plot {text} = x + 3", (), (), (), frozenset())
    outcome = formula_task(question)
    if isinstance(outcome, Task):
        ast.parse(outcome.program.source())
        ast.parse(outcome.program.facts_source())


@given(st.text())
def test_a_literal_is_the_text_itself(text: str) -> None:
    assert ast.literal_eval(literal(text)) == text


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)
    )
)
def test_any_answer_of_the_sandbox_is_a_shape_and_facts(value: object) -> None:
    text = json.dumps(value)
    assert decode_shape("a.csv", text).name == "a.csv"
    assert decode_facts(text).table("nothing").rows == ()


def test_no_answer_of_the_sandbox_is_one_too() -> None:
    assert decode_shape("a.csv", "[" * 100_000).kind == "unreadable"
    assert decode_facts("not json").values == {}


@pytest.mark.asyncio(loop_scope="package")
async def test_hostile_columns_are_read_by_their_real_names(talk: Talk) -> None:
    columns = ['"; import os; os._exit(1); "', "it's\n{twin}\\lines", "a$b$c"]
    stream = io.StringIO()
    csv.writer(stream).writerows([columns, *[[i, "xy"[i % 2], i * i] for i in range(20)]])
    await talk.attach("'; raise SystemExit #.csv", stream.getvalue())
    reply = await talk.ask("what is in this file?")
    assert "**20 rows and 3 columns**" in reply.text
    reply = await talk.ask('bar chart of the average "a$b$c" by twin lines, as xlsx')
    assert [step.error_name for step in reply.steps] == [None]
    assert reply.images == 1
    assert "**133**" in reply.text


def test_names_cannot_format_the_answer() -> None:
    assert named("a*b`c[d](e)") == r"a\*b\`c\[d\](e)"
    assert code("a`b") == "``a`b``"
    assert table(TableFact(("x|y",), (("1 | 2\n3",),), 1)).splitlines() == [r"| x\|y |", "| --- |", r"| 1 \| 2 3 |"]
