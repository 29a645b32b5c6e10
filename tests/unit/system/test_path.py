"""Where things live."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app.system import path

FOLDERS = ("data", "config", "cache", "log", "runtime", "blobs", "engine", "workspaces")


def test_the_home_variable_moves_everything(home: Path) -> None:
    place = path.locate()
    everything = [getattr(place, name) for name in (*FOLDERS, "archive", "settings", "socket")]
    assert all(found.is_relative_to(home) for found in everything)
    assert len(set(everything)) == len(everything)


def found_by_platform(name: str, tmp_path: Path, **environ: str) -> Path:
    """Return a folder as a process of its own finds it, for which any warning is an error."""
    script = f"from desktop_app.system.path import locate; print(locate().{name})"
    environ |= {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-W", "error", "-c", script]
    return Path(subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout.strip())


def test_without_the_variable_the_platform_decides(tmp_path: Path) -> None:
    data = found_by_platform("data", tmp_path)
    assert "assistant-desk" in data.parts
    if sys.platform == "linux":
        assert data == tmp_path / ".local" / "share" / "assistant-desk" / "data"


@pytest.mark.skipif(sys.platform != "linux", reason="the desktop session of Linux")
def test_sockets_are_never_in_a_folder_that_others_can_guess(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir(mode=0o700)
    with_session = found_by_platform("runtime", tmp_path, XDG_RUNTIME_DIR=str(tmp_path / "run"))
    assert with_session == tmp_path / "run" / "assistant-desk" / "runtime"
    without = found_by_platform("runtime", tmp_path)
    assert without == tmp_path / ".local" / "state" / "assistant-desk" / "runtime"


def test_a_relative_home_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert path.locate({path.HOME_VARIABLE: "desk"}).data == tmp_path / "desk" / "data"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has access lists, not modes")
def test_the_folders_are_private_whatever_the_umask(home: Path) -> None:
    place = path.locate({path.HOME_VARIABLE: str(home / "new")}).make()
    for name in FOLDERS:
        assert stat.S_IMODE(getattr(place, name).stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "new").stat().st_mode) == 0o700


def test_making_a_place_twice_keeps_what_is_in_it(home: Path) -> None:
    place = path.locate().make()
    place.settings.write_text("{}")
    place.data.chmod(0o755)
    place.make()
    assert place.settings.read_text() == "{}"
    assert place.data.is_relative_to(home)
    if sys.platform != "win32":
        assert stat.S_IMODE(place.data.stat().st_mode) == 0o700


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has access lists, not modes")
def test_a_folder_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(PermissionError, match="another user"):
        path.make_private(tmp_path)
