"""System packages are installed only if they are missing, and only after saying so."""

import os
from pathlib import Path

import pytest
from workshop import system_package
from workshop.terminal import SetupError

INSTALLED = r"""#!/bin/sh
printf 'installed\tlibegl1, \ninstalled\tlibglib2.0-0t64, libglib2.0-0 (= 2.84), other\nconfig-files\tlibgl1, \n'
"""
RECORD = """#!/bin/sh
echo "$(basename "$0") $*" >> "$(dirname "$0")/calls"
[ "$(basename "$0")" = apt-get ] || exec "$@"
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that stands for the programs of a Debian computer; what apt-get and sudo do, it notes down."""
    for name, text in {"dpkg-query": INSTALLED, "apt-get": RECORD, "sudo": RECORD}.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return tmp_path


def calls(programs: Path) -> list[str]:
    path = programs / "calls"
    return path.read_text().splitlines() if path.exists() else []


def as_user(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: number)


def test_what_is_there_is_left_alone_also_under_a_newer_name(
    programs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    system_package.install(["libegl1", "libglib2.0-0"])
    assert calls(programs) == []
    assert capsys.readouterr().out == ""


def test_what_is_missing_is_named_and_installed(
    programs: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    as_user(0, monkeypatch)
    system_package.install(["libgl1", "libegl1", "bubblewrap"])
    assert "These system packages are missing: bubblewrap libgl1\n" in capsys.readouterr().out
    update, install = calls(programs)
    assert update.endswith("update")
    assert install.endswith("--no-install-recommends bubblewrap libgl1")


def test_an_ordinary_user_installs_through_sudo(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_user(1000, monkeypatch)
    system_package.install(["bubblewrap"])
    assert [call.split()[0] for call in calls(programs)] == ["sudo", "apt-get", "sudo", "apt-get"]


def test_without_sudo_the_command_for_root_is_told(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_user(1000, monkeypatch)
    (programs / "sudo").unlink()
    (programs / "sh").symlink_to("/bin/sh")
    monkeypatch.setenv("PATH", str(programs))
    with pytest.raises(SetupError, match="As root, run: apt-get install bubblewrap"):
        system_package.install(["bubblewrap"])
    assert calls(programs) == []


def test_a_failing_apt_is_an_error(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    as_user(0, monkeypatch)
    (programs / "apt-get").write_text("#!/bin/sh\nexit 100\n")
    with pytest.raises(SetupError, match="could not be installed"):
        system_package.install(["bubblewrap"])


def test_other_systems_are_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    system_package.install(["bubblewrap"])
    assert list(tmp_path.iterdir()) == []
