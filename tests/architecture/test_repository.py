"""What must and must not lie in the repository."""

import re
import subprocess
import sys

import pytest

from tests.harness.source import ROOT, name, texts

LOCKS = ("requirements.txt", "requirements-dev.txt")
SETUP = re.compile(r"python3? installers/dev\.py ([a-z-]+)")


def locked(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ]+)", (ROOT / lock).read_text(), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*-(?!-hash=)", text, re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_in_a_lock_is_pinned_with_hashes(lock: str) -> None:
    entries = [line for line in (ROOT / lock).read_text().splitlines() if line and line[0] not in " #"]
    assert entries
    assert [entry for entry in entries if "==" not in entry or not entry.endswith("\\")] == []


def test_the_locks_agree() -> None:
    runtime, development = (locked(lock) for lock in LOCKS)
    assert runtime.items() <= development.items()


def test_the_locks_hold_every_dependency_of_the_project() -> None:
    table = (ROOT / "pyproject.toml").read_text().split("dependencies = [", 1)[1].split("\n]", 1)[0]
    named = {found.lower() for found in re.findall(r'^ +"([A-Za-z0-9-]+)', table, re.MULTILINE)}
    assert named
    assert named <= locked("requirements.txt").keys()


def test_no_other_lock_is_kept() -> None:
    assert not (ROOT / "uv.lock").exists()  # it would record the address of whatever index made it


def test_no_file_knows_where_this_checkout_lies() -> None:
    found = [name(path) for path, text in texts() if str(ROOT) in text or sys.prefix in text]
    assert found == []


def test_every_command_that_the_documents_name_exists() -> None:
    listing = subprocess.run(
        [sys.executable, "installers/dev.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    commands = set(re.findall(r"^  ([a-z]+) ", listing, re.MULTILINE))
    named = {command for _, text in texts() for command in SETUP.findall(text)}
    assert {"run", "test"} <= named
    assert named <= commands


def test_ci_runs_what_the_readme_says() -> None:
    lines = [line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line and not line.startswith("#")]
    calls = [line for line in lines if not line.startswith(("set ", "cd "))]
    assert len(calls) == 1
    command = calls[0].removeprefix("exec ")
    assert command in (ROOT / "README.md").read_text()
