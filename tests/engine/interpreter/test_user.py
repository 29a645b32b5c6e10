"""The sandbox holds for an ordinary user too: run by root, its tests run once more without any privilege."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app.engine.interpreter import bubblewrap, user

ROOT = Path(__file__).resolve().parents[3]
STAGE = Path("/mnt")  # in a mount namespace of its own
FOLDER = "tests/engine/interpreter"
TESTS = (
    "test_escape.py",
    "test_limit.py::test_a_fork_bomb_is_stopped",
    "test_limit.py::test_memory_of_all_processes_is_summed",
    "test_limit.py::test_disk_cannot_be_filled_out_of_sight",
)
SECONDS = 170
LAUNCH = Path(bubblewrap.__file__).with_name("launch.py")


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user runs all of these tests anyway")
def test_the_escapes_fail_for_an_ordinary_user_too(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    uid = user.unprivileged()
    os.chown(home, uid, uid)
    python = Path(sys.executable).relative_to(ROOT)
    command = [f"{STAGE}/0/{python}", "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--basetemp={STAGE}/1/tmp"]
    command += ["-c", f"{STAGE}/0/pyproject.toml", *(f"{STAGE}/0/{FOLDER}/{name}" for name in TESTS)]
    plan = {"uid": uid, "stage": str(STAGE), "sources": [str(ROOT), str(home)], "command": command}
    reader, writer = os.pipe()
    os.write(writer, json.dumps(plan).encode())
    os.close(writer)
    result = subprocess.run(
        [sys.executable, "-I", "-S", str(LAUNCH), str(reader)],
        env={"PATH": os.environ["PATH"], "HOME": f"{STAGE}/1", "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        pass_fds=[reader],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    os.close(reader)
    assert result.returncode == 0, result.stdout[-8000:] + result.stderr[-2000:]
