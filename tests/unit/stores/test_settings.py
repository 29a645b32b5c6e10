"""Settings survive what happens to a small file."""

import logging
import stat
from pathlib import Path

import pytest

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.stores.settings import JsonSettings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "settings.json"


def test_values_are_there_after_a_restart(path: Path) -> None:
    settings = JsonSettings(path)
    settings.set("theme", "dark")
    settings.set("endpoint", "http://localhost:11434/v1 größe")
    again = JsonSettings(path)
    assert (again.get("theme"), again.get("nothing")) == ("dark", None)
    assert again.all() == {"theme": "dark", "endpoint": "http://localhost:11434/v1 größe"}


def test_nobody_else_can_read_them_and_no_scratch_file_stays(path: Path) -> None:
    JsonSettings(path).set("theme", "dark")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_value_that_is_the_same_is_not_written(path: Path) -> None:
    settings = JsonSettings(path)
    settings.set("theme", "dark")
    before = path.stat().st_ino
    settings.set("theme", "dark")
    assert path.stat().st_ino == before


def test_what_all_returns_is_a_copy(path: Path) -> None:
    settings = JsonSettings(path)
    dict(settings.all())["theme"] = "dark"
    assert settings.get("theme") is None


@pytest.mark.expects_log("settings put aside")
@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b'{"a": 1}', b"\xff\xfe", b"null"])
def test_a_broken_file_is_put_aside(path: Path, broken: bytes, caplog: pytest.LogCaptureFixture) -> None:
    path.parent.mkdir()
    path.write_bytes(broken)
    with caplog.at_level(logging.WARNING):
        settings = JsonSettings(path)
    assert settings.all() == {}
    assert path.with_name("settings.json.broken").read_bytes() == broken
    assert "put aside" in caplog.text
    settings.set("theme", "light")
    assert JsonSettings(path).get("theme") == "light"


def test_a_write_that_fails_is_said_and_the_value_counts(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    settings = JsonSettings(tmp_path / "other" / "settings.json")
    (tmp_path / "other").touch()
    with pytest.raises(DeskError) as caught:
        settings.set("theme", "dark")
    assert caught.value.code is ErrorCode.STORAGE_FAILED
    assert settings.get("theme") == "dark"
