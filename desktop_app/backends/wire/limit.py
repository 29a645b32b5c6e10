"""What the headers of an answer say of limits and waiting.

Source: https://platform.openai.com/docs/guides/rate-limits (`x-ratelimit-*`); Azure sends the first four of them,
`retry-after-ms` and `x-ms-retry-after-ms`.
"""

import email.utils
import re
import time
from collections.abc import Mapping

from desktop_app.backends.wire.words import wait_in_words
from desktop_app.domain.connection import RateLimits

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_MOST_SECONDS = 7 * 86400.0


def rate_limits(headers: Mapping[str, str]) -> RateLimits | None:
    """What is left of the person's limits, or None if the service does not say."""
    limits = RateLimits(
        requests_left=_count(headers, "x-ratelimit-remaining-requests"),
        requests_limit=_count(headers, "x-ratelimit-limit-requests"),
        tokens_left=_count(headers, "x-ratelimit-remaining-tokens"),
        tokens_limit=_count(headers, "x-ratelimit-limit-tokens"),
        reset_seconds=_reset(headers),
    )
    return None if limits == RateLimits() else limits


def retry_after(headers: Mapping[str, str], message: str) -> float | None:
    """For how many seconds to wait, or None if the service does not say."""
    for name in ("retry-after-ms", "x-ms-retry-after-ms"):
        milliseconds = _number(headers.get(name, ""))
        if milliseconds is not None:
            return _usable(milliseconds / 1000)
    value = headers.get("retry-after", "")
    seconds = _number(value)
    if seconds is None and value:
        date = email.utils.parsedate_tz(value)
        seconds = max(email.utils.mktime_tz(date) - time.time(), 0.0) if date else None
    return _usable(seconds) if seconds is not None else wait_in_words(message)


def _usable(seconds: float) -> float | None:
    return seconds if 0 <= seconds <= _MOST_SECONDS else None


def _count(headers: Mapping[str, str], name: str) -> int | None:
    value = headers.get(name, "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None


def _reset(headers: Mapping[str, str]) -> float | None:
    names = ("x-ratelimit-reset-requests", "x-ratelimit-reset-tokens")
    times = [seconds for name in names if (seconds := _duration(headers.get(name, ""))) is not None]
    return max(times, default=None)


def _duration(value: str) -> float | None:
    """Seconds of `1m6.2s`, `20ms` or a bare number."""
    bare = _number(value)
    if bare is not None:
        return bare
    parts = _DURATION.findall(value)
    return sum(float(number) * _SECONDS[unit] for number, unit in parts) if parts else None


def _number(value: str) -> float | None:
    return float(value) if re.fullmatch(r"\d{1,15}(\.\d{1,9})?", value.strip()) else None
