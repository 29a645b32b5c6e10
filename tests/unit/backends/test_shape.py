"""JSON that somebody else wrote, and what is sent to them."""

import json

import pytest

from desktop_app.backends.wire.shape import address, optional_number, place, sendable
from desktop_app.domain.error import DeskError


@pytest.mark.parametrize(
    ("words", "number"),
    [("1", 1.0), ("0.5", 0.5), ("true", None), ('"1"', None), ("NaN", None), ("-Infinity", None), ("1e999", None)],
)
def test_a_number_can_be_reckoned_with(words: str, number: float | None) -> None:
    assert optional_number(json.loads(f'{{"n": {words}}}'), "n") == number


def test_a_number_of_a_thousand_digits_is_none() -> None:
    assert optional_number({"n": 10**1000}, "n") is None


@pytest.mark.parametrize("value", [-1, 10_000, "1", None])
def test_no_place_is_made_for_an_index_that_is_none(value: object) -> None:
    with pytest.raises(DeskError):
        place({"content_index": value}, "content_index")


def test_halves_of_a_character_are_joined_and_others_replaced() -> None:
    assert sendable({"a": ["\ud83d" + "\ude00", "b\ud83d"]}) == {"a": ["😀", "b\ufffd"]}
    assert address("files", "\ud83d") == "/files/%3F"


def test_what_can_be_sent_is_sent_as_it_is() -> None:
    body = {"a": ["😀", 1]}
    assert sendable(body) is body
