"""Tests of the names the services make: titles of threads and names of saved files."""

import pytest

from desktop_app.services.file import safe_name
from desktop_app.services.thread import TITLE_CHARACTERS, title_from


def test_a_short_question_is_its_own_title() -> None:
    assert title_from("  Plot\n mass   by species ") == "Plot mass by species"


def test_a_long_question_is_cut_at_a_word() -> None:
    title = title_from("profit " * 40)

    assert title.endswith("profit…")
    assert len(title) <= TITLE_CHARACTERS + 1


def test_a_long_word_is_cut_anywhere() -> None:
    assert len(title_from("x" * 500)) == TITLE_CHARACTERS + 1


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("chart.png", "chart.png"),
        ("../../.ssh/id_rsa", "id_rsa"),
        ("C:\\Windows\\evil.exe", "evil.exe"),
        ('a<b>:"c|?*.csv', "a_b___c___.csv"),
        ("two\nlines.txt", "two_lines.txt"),
        ("..", "file"),
        ("", "file"),
        ("Umsätze 2026.csv", "Umsätze 2026.csv"),
    ],
)
def test_a_saved_name_stays_in_its_folder(name: str, safe: str) -> None:
    assert safe_name(name) == safe
