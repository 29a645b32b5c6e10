"""Learns from the errors of earlier tries how to read a file."""

from dataclasses import dataclass, replace

from desktop_app.engine.models.analyst.table.source import Fixes


@dataclass(frozen=True, slots=True)
class Failure:
    """A try that failed: the exception's class, and the logs with the traceback."""

    error: str
    logs: str


def corrected(failures: tuple[Failure, ...]) -> tuple[Fixes, str] | None:
    """The fixes that all failures together call for, and what is done about the last; None if one has no cure."""
    fixes, said = Fixes(), ""
    for failure in failures:
        step = _next(fixes, failure)
        if step is None:
            return None
        fixes, said = step
    return fixes, said


def _next(fixes: Fixes, failure: Failure) -> tuple[Fixes, str] | None:
    """One more fix, or None where the one that would help is already in place."""
    last = next((line for line in reversed(failure.logs.splitlines()) if line.strip()), "").lower()
    if failure.error == "UnicodeDecodeError" and not fixes.encoding:
        return replace(
            fixes, encoding="cp1252"
        ), "The file is not UTF-8. Reading it as Latin-1 (in the form Windows writes)."
    if failure.error == "UnicodeDecodeError" and fixes.encoding == "cp1252":
        return replace(
            fixes, encoding="latin-1"
        ), "Some bytes are not in Windows' form either. Reading it as plain Latin-1."
    if failure.error == "ParserError" and not fixes.skip_bad_lines and "date" not in last:
        return replace(
            fixes, skip_bad_lines=True
        ), "Some lines have more fields than the header. Leaving those lines out."
    about_dates = any(word in last for word in ("time data", "datetime", "date", "time zone", "format"))
    if about_dates and not fixes.coerce_dates and failure.error not in ("TypeError", "KeyError"):
        said = "Some dates cannot be read. Trying every format, and counting those that are no dates."
        return replace(fixes, coerce_dates=True), said
    numeric = failure.error in ("TypeError", "ValueError", "DataError")
    if numeric and not fixes.coerce_numbers:
        said = "Some numbers are written as text. Converting them, and counting those that are no numbers."
        return replace(fixes, coerce_numbers=True), said
    return None
