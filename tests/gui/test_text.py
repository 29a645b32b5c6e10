"""Everything that can happen has words of its own."""

import pytest
from PySide6.QtWidgets import QApplication

from desktop_app.domain.entity import Remark, RemarkKind, RunState
from desktop_app.domain.error import ErrorCode, ErrorInfo
from desktop_app.gui.measure import duration, money, short_time, size
from desktop_app.gui.text import activity, describe, details, notice, remark_words, run_state
from desktop_app.services.activity import ActivityKind
from desktop_app.services.notice import Notice, NoticeKind


@pytest.mark.parametrize("code", ErrorCode)
def test_every_error_says_what_happened_and_what_to_do(code: ErrorCode) -> None:
    text = describe(ErrorInfo(code))
    assert len(text.title) > 12
    assert not text.title.endswith(".")
    assert text.help.endswith((".", "enough space."))
    assert "failed" not in text.title.lower().split()
    assert "{" not in text.title + text.help


@pytest.mark.usefixtures("qapp")
def test_no_two_errors_say_the_same() -> None:
    titles = [describe(ErrorInfo(code)).title for code in ErrorCode]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("kind", ActivityKind)
def test_every_wait_says_for_what(kind: ActivityKind) -> None:
    assert len(activity(kind)) > 7


def test_an_upload_says_how_far_it_is() -> None:
    assert activity(ActivityKind.UPLOADING, 2, 5) == "Uploading 3 of 5 files"


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_notice_has_words(kind: NoticeKind) -> None:
    assert len(notice(Notice(kind, "subject", ErrorInfo(ErrorCode.DISK_FULL)))) > 10


@pytest.mark.parametrize("state", RunState)
def test_every_run_state_has_words(state: RunState) -> None:
    assert run_state(state).lower() != "failed"


def test_data_finds_its_way_into_the_words() -> None:
    limits = {"name": "big.csv", "size": "600000000", "limit": "512000000"}
    text = describe(ErrorInfo(ErrorCode.FILE_TOO_LARGE, limits))
    assert text.title == "“big.csv” is too large"
    assert text.help == "It has 600 MB; at most 512 MB are possible."
    assert describe(ErrorInfo(ErrorCode.RATE_LIMITED, {"retry_after": "8"})).help.endswith("Try again in 8 s.")


def test_details_carry_the_code_and_the_technical_text() -> None:
    text = details(ErrorInfo(ErrorCode.SERVER_FAILED, {"message": "boom"}, "HTTP 500, request id 42"))
    assert "Code: server_failed" in text
    assert "HTTP 500, request id 42" in text


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (18_400, "18 kB"),
        (1_230_000, "1.2 MB"),
        (5_000_000_000, "5.0 GB"),
    ],
)
def test_sizes(qapp: QApplication, count: int, words: str) -> None:
    assert qapp is not None
    assert size(count) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.42, "0.4 s"), (3, "3 s"), (59.9, "1 min"), (125, "2 min 5 s"), (3780, "1 h 3 min")]
)
def test_durations(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_times_get_shorter_the_nearer_they_are() -> None:
    now = 1_780_000_000.0
    assert ":" in short_time(now - 60, now)
    assert len(short_time(now - 3 * 86_400, now)) <= 4


@pytest.mark.parametrize("kind", RemarkKind)
def test_every_remark_is_a_sentence_with_and_without_its_data(kind: RemarkKind) -> None:
    for data in ({}, {"files": "1", "names": "a.csv"}):
        words = remark_words(Remark("m", kind, data))
        assert words.endswith(".")
        assert "{" not in words


def test_a_remark_counts_what_was_uploaded_again() -> None:
    begin = "The sandbox at the service had expired. A new one was started"
    said = [remark_words(Remark("m", RemarkKind.CONTAINER_REPLACED, {"files": files})) for files in ("0", "1", "3")]
    assert said == [f"{begin}.", f"{begin} and 1 file was uploaded again.", f"{begin} and 3 files were uploaded again."]


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0.0, "0.00 USD"),
        (0.00001, "under 0.0001 USD"),
        (0.00024, "0.0002 USD"),
        (0.0341, "0.034 USD"),
        (12.5, "12.50 USD"),
    ],
)
def test_money_has_as_many_digits_as_say_something(amount: float, words: str) -> None:
    assert money(amount, "USD") == words
