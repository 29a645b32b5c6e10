"""Code and logs: lines, colours, what is cut, and what an escape code may not do."""

import pytest

from desktop_app.gui.transcript.line import CHUNK, CodeLines, Lines, LogLines
from desktop_app.gui.transcript.rich import Ink, plain_text
from desktop_app.gui.transcript.summary import summarize
from tests.gui.transcript.thread import prefixes

CODE = 'import os\nx = """abc\ndef\n"""\n\ndef f(a):\n    # hi\n    return f"{a}" + \'x\'\n' * 12


def text(lines: Lines) -> str:
    return "\n".join(plain_text(chunk) for chunk in lines.chunks)


@pytest.mark.parametrize("size", [1, 3, 40])
def test_code_that_grows_is_coloured_as_if_it_came_at_once(size: int) -> None:
    whole, streamed = CodeLines("python"), CodeLines("python")
    whole.feed(CODE)
    for prefix in prefixes(CODE, size):
        streamed.feed(prefix)
    assert streamed.chunks == whole.chunks
    assert text(whole) == CODE.removesuffix("\n")


def test_code_has_the_colours_of_its_tokens() -> None:
    lines = CodeLines("python")
    lines.feed("for x in read('a'):  # note")
    inks = {span.text.strip(): span.style.ink for span in lines.chunks[0][0].spans}
    assert inks["for"] is Ink.KEYWORD
    assert inks["read"] is Ink.FUNCTION
    assert inks["'a'"] is Ink.STRING
    assert inks["# note"] is Ink.COMMENT


def test_an_unknown_language_is_plain() -> None:
    lines = CodeLines("no-such-language")
    lines.feed("a <b>")
    assert text(lines) == "a <b>"


def test_finished_chunks_stay_the_same_objects() -> None:
    lines = LogLines()
    log = "".join(f"row {index}\n" for index in range(3 * CHUNK))
    lines.feed(log)
    before = list(lines.chunks)
    lines.feed(log + "one more\n")
    assert [lines.chunks[index] is before[index] for index in range(2)] == [True, True]


def test_a_log_loses_escape_codes_and_what_a_carriage_return_overwrote() -> None:
    lines = LogLines()
    lines.feed("10 %\r50 %\r100 %\n\x1b[31mred\x1b[0m\x07 \x1b]8;;http://x\x07link\n")
    assert text(lines) == "100 %\nred link"


def test_a_traceback_is_in_the_colour_of_errors() -> None:
    lines = LogLines()
    lines.feed("fine\nTraceback (most recent call last):\n  File x\nKeyError: 'a'")
    inks = [paragraph.spans[0].style.ink for paragraph in lines.chunks[0]]
    assert inks == [Ink.TEXT, Ink.ERROR, Ink.ERROR, Ink.ERROR]
    assert lines.traceback == 1


def test_a_huge_line_is_cut_to_be_shown_and_whole_when_copied() -> None:
    lines = LogLines()
    lines.feed("x" * 10_000)
    assert len(lines.chunks[0]) == 5
    assert lines.chunks[0][0].continued


@pytest.mark.parametrize(
    ("code", "summary"),
    [
        ("# Read the file\nimport pandas", "Read the file"),
        ("import pandas as pd\n\n# Top ten\nx = 1", "Top ten"),
        ("df = pd.read_csv('/mnt/data/sales.csv')", "Read sales.csv"),
        ("ax = df.plot.bar(x='a')", "Draw a chart"),
        ("x = 1 + 1", "x = 1 + 1"),
        ("", ""),
    ],
)
def test_a_step_is_summed_up_in_one_line(code: str, summary: str) -> None:
    assert summarize(code) == summary
