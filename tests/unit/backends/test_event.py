"""Events are the same however their bytes are cut, and half an event is none."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.backends.wire.event import EventDecoder
from desktop_app.domain.error import DeskError, ErrorCode

STREAM = (
    ": a comment\n\nevent: first\ndata: {}\n\n"
    "id: 7\r\ndata:grüße\r\ndata:  世界 🌍\r\n\r\n"
    "event: empty\n\nretry: 5\n\n"
    "data: last\rnonsense\r\r\n"
    "event: nameless\ndata: x\n\n"
).encode()
EVENTS = [("first", "{}"), ("", "grüße\n 世界 🌍"), ("", "last"), ("nameless", "x")]


def decoded(*chunks: bytes) -> list[tuple[str, str]]:
    decoder = EventDecoder()
    return [event for chunk in chunks for event in decoder.feed(chunk)]


def test_events_are_read() -> None:
    assert decoded(STREAM) == EVENTS


@given(st.lists(st.integers(0, len(STREAM))))
def test_events_are_the_same_however_they_are_cut(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(STREAM)]
    assert decoded(*(STREAM[start:end] for start, end in itertools.pairwise(places))) == EVENTS


@given(st.integers(0, len(STREAM) - 1))
def test_a_stream_that_ends_anywhere_tells_only_whole_events(end: int) -> None:
    told = decoded(STREAM[:end])
    assert told == EVENTS[: len(told)]
    assert len(told) < len(EVENTS)


def test_bytes_that_are_no_text_are_an_error() -> None:
    with pytest.raises(DeskError) as caught:
        decoded(b"data: \xff\n\n")
    assert caught.value.code is ErrorCode.RESPONSE_INVALID


def test_an_event_without_an_end_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop_app.backends.wire.event._MOST_BYTES", 100)
    assert decoded(*[b"data: 1234567890\n\n"] * 20) == [("", "1234567890")] * 20
    with pytest.raises(DeskError):
        decoded(*[b"data: 1234567890\n"] * 20)
