"""What is logged, and above all what is not."""

import logging
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop_app.system import log

SECRET = "sk-é/+ \"quoted\" 'key' \\ 0123456789"
LOGGER = logging.getLogger("desktop_app.test")

pytestmark = pytest.mark.expects_log("desktop_app.test")


@pytest.fixture
def log_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(log, "_REDACTOR", log.Redactor())
    root = logging.getLogger()
    level = root.level
    yield log.start(tmp_path, "window")
    log.stop()
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def file_handler() -> log.FileHandler:
    return next(handler for handler in logging.getLogger().handlers if isinstance(handler, log.FileHandler))


def as_message() -> None:
    LOGGER.error(f"key {SECRET}")  # noqa: G004 - one of the ways a secret gets into a record


def as_argument() -> None:
    LOGGER.error("key %s and %r", SECRET, {"api_key": SECRET})


def fail(error: Exception) -> None:
    raise error


def as_exception() -> None:
    try:
        fail(ValueError(SECRET))
    except ValueError:
        LOGGER.exception("failed")


def as_cause() -> None:
    try:
        try:
            fail(KeyError(SECRET))
        except KeyError as error:
            raise RuntimeError("no secret here") from error
    except RuntimeError:
        LOGGER.exception("failed")


def as_context_of_a_group() -> None:
    try:
        try:
            fail(KeyError(SECRET))
        except KeyError:
            fail(ExceptionGroup("group", [OSError(1, SECRET)]))
    except ExceptionGroup:
        LOGGER.exception("failed")


def as_note() -> None:
    error = ValueError("no secret here")
    error.add_note(f"sent {SECRET}")
    LOGGER.error("failed", exc_info=error)


def as_url() -> None:
    LOGGER.error("GET https://example.org/?key=sk-%C3%A9%2F%2B+%22quoted%22+%27key%27+%5C+0123456789")


def as_json() -> None:
    LOGGER.error('{"key": "sk-\\u00e9/+ \\"quoted\\" \'key\' \\\\ 0123456789"}')


WAYS = [as_message, as_argument, as_exception, as_cause, as_context_of_a_group, as_note, as_url, as_json]


@pytest.mark.parametrize("write", WAYS)
def test_a_registered_secret_never_comes_out(write: Callable[[], None], log_file: Path) -> None:
    log.redact(SECRET)
    write()
    text = log_file.read_text(encoding="utf-8")
    assert log.REDACTED in text
    assert "0123456789" not in text


def test_a_secret_within_a_longer_one_leaves_no_rest(log_file: Path) -> None:
    log.redact("sk-123456")
    log.redact("sk-123456-and-more")
    LOGGER.error("sk-123456-and-more, sk-123456")
    assert log_file.read_text().endswith(f"{log.REDACTED}, {log.REDACTED}\n")


@pytest.mark.parametrize("short", ["", "a", "abc"])
def test_what_is_too_short_to_be_a_secret_leaves_the_log_readable(short: str, log_file: Path) -> None:
    log.redact(short)
    LOGGER.error("abc a b c")
    assert log_file.read_text().endswith("abc a b c\n")


def test_text_that_leaves_by_another_way_can_be_scrubbed(log_file: Path) -> None:
    log.redact(SECRET)
    assert log_file.exists()
    assert log.scrub(f"Bearer {SECRET}") == f"Bearer {log.REDACTED}"


def test_a_record_that_cannot_be_formatted_shows_no_secret(log_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log.redact(SECRET)
    file_handler().handle(logging.LogRecord("desktop_app.test", logging.ERROR, "", 0, "%d", (SECRET,), None))
    assert "was lost" in capsys.readouterr().err
    assert log_file.read_text() == ""


def test_a_line_tells_when_how_bad_and_where(log_file: Path) -> None:
    LOGGER.error("Disk full")
    assert log_file.read_text().splitlines()[-1].endswith("Z ERROR   desktop_app.test: Disk full")


def test_libraries_do_not_log_their_requests(log_file: Path) -> None:
    logging.getLogger("openai._base_client").info("Request options: everything")
    LOGGER.info("ready")
    assert "Request options" not in log_file.read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has access lists, not modes")
def test_the_log_is_private_and_its_size_is_bounded(log_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_handler(), "maxBytes", 1000)
    for _ in range(100):
        LOGGER.info("x" * 100)
    files = list(log_file.parent.glob("window.log*"))
    assert len(files) == 5
    assert sum(file.stat().st_size for file in files) < 5 * 1000
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_starting_again_moves_the_log(log_file: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    second = log.start(tmp_path / "other", "window")
    LOGGER.error("here")
    assert "here" in second.read_text()
    assert log_file.read_text() == ""
