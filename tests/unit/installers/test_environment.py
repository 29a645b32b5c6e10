"""The virtual environment is made once, and made good when it broke."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from workshop import environment
from workshop.terminal import SetupError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the environments made here are those of POSIX systems")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project without dependencies; its environment takes seconds to make, so there is one for all."""
    folder = tmp_path_factory.mktemp("project")
    for lock in (environment.RUNTIME, environment.DEVELOPMENT):
        (folder / lock).touch()
    return folder


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_it_is_set_up_once_for_each_lock(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / environment.RUNTIME).write_text("# first\n")
    python = environment.make(project, environment.RUNTIME)
    version = subprocess.run(
        [python, "-c", "import sys; print(sys.version_info >= (3, 11))"], capture_output=True, check=True
    )
    assert version.stdout == b"True\n"
    assert "Installing the dependencies of requirements.txt" in said(capsys)

    environment.make(project, environment.RUNTIME)
    assert said(capsys) == ""

    environment.make(project, environment.DEVELOPMENT)
    assert "Installing the dependencies of requirements-dev.txt" in said(capsys)
    environment.make(project, environment.RUNTIME)
    assert said(capsys) == ""

    (project / environment.RUNTIME).write_text("# changed\n")
    environment.make(project, environment.RUNTIME)
    assert "Installing" in said(capsys)

    python.unlink()
    environment.make(project, environment.RUNTIME)
    assert "Making .venv anew" in said(capsys)
    assert os.access(python, os.X_OK)


def test_a_failed_installation_is_tried_again(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (project / environment.RUNTIME).write_text("no-hash==1\n")
    for _ in range(2):
        with pytest.raises(SetupError, match="could not be installed"):
            environment.make(project, environment.RUNTIME)
    assert "hash" in capfd.readouterr().err.lower()
