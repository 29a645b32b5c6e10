"""Limits and waiting times, as headers and messages tell them."""

import email.utils
import time

import pytest

from desktop_app.backends.wire.limit import rate_limits, retry_after
from desktop_app.domain.connection import RateLimits


def test_limits_are_read_from_the_headers() -> None:
    headers = {
        "x-ratelimit-limit-requests": "60",
        "x-ratelimit-remaining-requests": "59",
        "x-ratelimit-limit-tokens": "150000",
        "x-ratelimit-remaining-tokens": "149984",
        "x-ratelimit-reset-requests": "1s",
        "x-ratelimit-reset-tokens": "6m0.5s",
    }
    assert rate_limits(headers) == RateLimits(59, 60, 149984, 150000, 360.5)


@pytest.mark.parametrize("headers", [{}, {"x-ratelimit-limit-requests": "many", "x-ratelimit-reset-tokens": "soon"}])
def test_a_service_that_does_not_say_has_none(headers: dict[str, str]) -> None:
    assert rate_limits(headers) is None


@pytest.mark.parametrize(
    ("headers", "message", "seconds"),
    [
        ({"retry-after": "7"}, "", 7),
        ({"retry-after": "0.5"}, "", 0.5),
        ({"retry-after-ms": "1500", "retry-after": "2"}, "", 1.5),
        ({"x-ms-retry-after-ms": "250"}, "", 0.25),
        ({"retry-after": "tomorrow"}, "Please try again in 6.2s.", 6.2),
        ({}, "Rate limit reached. Please try again in 20ms. Visit the page", 0.02),
        ({}, "Please try again in 1m6.5s.", 66.5),
        ({}, "Please retry after 10 seconds.", 10),
        ({}, "Please retry your request after 2 minutes", 120),
        ({}, "Try again in 1 hour", 3600),
        ({}, "Slow down.", None),
        ({}, "Please try again in a while", None),
        ({"retry-after": "99999999"}, "", None),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], message: str, seconds: float | None) -> None:
    assert retry_after(headers, message) == (None if seconds is None else pytest.approx(seconds))


def test_a_date_to_wait_for() -> None:
    seconds = retry_after({"retry-after": email.utils.formatdate(time.time() + 100, usegmt=True)}, "")
    assert seconds is not None
    assert 0 < seconds <= 100
    assert retry_after({"retry-after": email.utils.formatdate(0, usegmt=True)}, "") == 0
