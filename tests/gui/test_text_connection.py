"""Services, ways to sign in and problems of addresses have words of their own."""

from collections.abc import Callable, Iterable
from enum import StrEnum

import pytest

from desktop_app.domain.address import Problem
from desktop_app.domain.connection import ConnectionKind, SignIn
from desktop_app.gui.text import address_problem, kind_help, kind_name, sign_in_name


@pytest.mark.parametrize(
    ("words", "things"),
    [
        (kind_name, ConnectionKind),
        (kind_help, ConnectionKind),
        (sign_in_name, SignIn),
        (address_problem, [problem for problem in Problem if problem is not Problem.EMPTY]),
    ],
)
def test_each_is_said_in_words_of_its_own(words: Callable[[StrEnum], str], things: Iterable[StrEnum]) -> None:
    said = [words(thing) for thing in things]
    assert all(said)
    assert len(said) == len(set(said))


def test_an_empty_field_is_not_called_wrong() -> None:
    assert address_problem(Problem.EMPTY) == ""
