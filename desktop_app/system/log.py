"""The log file, from which every known secret is removed by its value.

Redaction by pattern misses the key of the next service, so each secret is registered when it is read, and the finished
text of a record is searched for it: arguments, exceptions and their causes included.
"""

import json
import logging
import re
import sys
import time
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final
from urllib.parse import quote, quote_plus

REDACTED: Final = "[redacted]"
SHORTEST_SECRET: Final = 4
"""Anything shorter appears in ordinary text, and would shred the log instead of protecting anything."""

_FILE_BYTES: Final = 1_000_000
_FILES_KEPT: Final = 4
_CHATTY: Final = ("asyncio", "httpcore2", "httpx2", "markdown_it", "matplotlib", "openai", "PIL")
"""Libraries that log whole requests, or every step, below WARNING."""


class Redactor:
    """Removes registered secrets from text, also in the forms they take in URLs, JSON and reprs."""

    def __init__(self) -> None:
        self._forms: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def add(self, secret: str) -> None:
        """From now on remove `secret`. One of less than `SHORTEST_SECRET` characters is ignored."""
        if len(secret) < SHORTEST_SECRET:
            return
        self._forms |= {
            secret,
            quote(secret, safe=""),
            quote_plus(secret),
            json.dumps(secret)[1:-1],
            repr(secret)[1:-1],
        }
        # The longest first: one secret may be the beginning of another.
        longest_first = sorted(self._forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def scrub(self, text: str) -> str:
        """Return `text` without any registered secret."""
        return text if self._pattern is None else self._pattern.sub(REDACTED, text)


_REDACTOR: Final = Redactor()


def redact(secret: str) -> None:
    """Keep `secret` out of every log of this process from now on."""
    _REDACTOR.add(secret)


def scrub(text: str) -> str:
    """Return `text` without any registered secret: for whatever leaves the process besides the log."""
    return _REDACTOR.scrub(text)


class Formatter(logging.Formatter):
    """One record as text, in UTC, without secrets."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the finished text of `record`; the last step removes the secrets."""
        return scrub(super().format(record))


class FileHandler(RotatingFileHandler):
    """A log of bounded size that only its owner can read."""

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600)
        super().__init__(
            path, maxBytes=_FILE_BYTES, backupCount=_FILES_KEPT, encoding="utf-8", errors="backslashreplace"
        )

    def doRollover(self) -> None:  # noqa: N802 - the name logging calls
        """Start the next file, as private as the first."""
        super().doRollover()
        Path(self.baseFilename).chmod(0o600)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name logging calls
        """Report a record that could not be written. The original would print its arguments, secrets included."""
        if sys.stderr is not None:
            sys.stderr.write(scrub(f"A log record of {record.name} was lost.\n{traceback.format_exc()}"))


def start(folder: Path, name: str, *, level: int = logging.INFO) -> Path:
    """Send all logging of this process to `folder/name.log` and return that path.

    Each process has a name of its own: two that rotate one file lose records. Calling it again moves the log.
    """
    path = folder / f"{name}.log"
    handler = FileHandler(path)
    handler.setFormatter(Formatter())
    root = logging.getLogger()
    stop()
    root.addHandler(handler)
    root.setLevel(level)
    for library in _CHATTY:
        logging.getLogger(library).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    return path


def stop() -> None:
    """Close the log file, if there is one."""
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, FileHandler)]:
        root.removeHandler(handler)
        handler.close()
