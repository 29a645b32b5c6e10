"""What a service's words mean where its codes do not tell."""

import re

from desktop_app.domain.error import ErrorCode

_FLAGS = re.IGNORECASE | re.DOTALL
_MEANINGS = tuple(
    (code, re.compile(words, _FLAGS))
    for code, words in (
        (ErrorCode.QUOTA_EXHAUSTED, r"exceeded your current quota|insufficient_quota"),
        (ErrorCode.THREAD_BUSY, r"already has an active run|while a run .* is active|conversation_locked"),
        (ErrorCode.CONTAINER_EXPIRED, r"expected container_id|container\b.{0,80}\bexpired"),
        (ErrorCode.CONTENT_FILTERED, r"flagged as potentially violating|content management policy|content_filter"),
        (ErrorCode.MODEL_NOT_FOUND, r"\b(model|deployment)\b.{0,120}(does not exist|not found)"),
        (ErrorCode.TOOLS_UNSUPPORTED, r"tool\b.{0,80}(is|are) not supported (with|by|for)\b"),
        (ErrorCode.CONTEXT_TOO_LONG, r"maximum context length|exceeds the context window"),
    )
)
_RETIRED = re.compile(
    r"\b(assistants?|threads?|agents?|this)\b.{0,40}\b(api|endpoint|service)s?\b.{0,80}"
    r"\b(retired|deprecated|sunset|discontinued|removed|shut ?down|no longer (available|supported))",
    _FLAGS,
)
_IN_WORDS = re.compile(
    r"(?:try again|retry)(?: your request)? (?:in|after) ((?:\d+(?:\.\d+)?\s?[a-z]+\s?)+)", re.IGNORECASE
)
_UNIT = re.compile(r"(\d+(?:\.\d+)?)\s?(ms|millisecond|s|second|sec|m|minute|min|h|hour)s?(?![a-z])", re.IGNORECASE)
_SECONDS = {
    **dict.fromkeys(("ms", "millisecond"), 0.001),
    **dict.fromkeys(("s", "sec", "second"), 1.0),
    **dict.fromkeys(("m", "min", "minute"), 60.0),
    **dict.fromkeys(("h", "hour"), 3600.0),
}


def by_words(message: str) -> ErrorCode | None:
    """The cause that a message tells of, or None."""
    return next((code for code, words in _MEANINGS if words.search(message)), None)


def says_retired(message: str) -> bool:
    """Whether a message says that the whole API is no more."""
    return _RETIRED.search(message) is not None


def wait_in_words(message: str) -> float | None:
    """The seconds in "Please try again in 1m6.2s" or "Please retry after 10 seconds", or None."""
    found = _IN_WORDS.search(message)
    if found is None:
        return None
    parts = _UNIT.findall(found[1])
    return sum(float(number) * _SECONDS[unit.lower()] for number, unit in parts) if parts else None
