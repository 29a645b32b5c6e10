"""The one command list."""

import importlib
import itertools
import subprocess
import sys

import pytest

from tests.harness.source import ROOT


def dev(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "installers/dev.py", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("argument", ["--help", "-h", "help"])
def test_help_lists_every_command_with_what_it_does(argument: str) -> None:
    answer = dev(argument)
    assert answer.returncode == 0
    lines = [line.split(maxsplit=1) for line in answer.stdout.splitlines() if line.startswith("  ")]
    commands = {"run", "test", "pytest", "check", "format", "lock", "bench", "cut", "screenshots"}
    assert commands == {line[0] for line in lines}
    assert all(line[1].endswith(".") for line in lines)


def test_the_halves_are_all_tests_and_none_twice() -> None:
    sys.path.insert(0, str(ROOT / "installers"))
    halves = importlib.import_module("dev").HALVES
    sys.path.pop(0)
    folders = {path.relative_to(ROOT).parts[:2] for path in ROOT.glob("tests/**/test_*.py")}
    assert sorted("/".join(parts) for parts in folders) == sorted(itertools.chain(*halves))


def test_without_a_command_it_shows_them_and_fails() -> None:
    answer = dev()
    assert answer.returncode == 2
    assert "  run " in answer.stdout


def test_an_unknown_command_is_named() -> None:
    answer = dev("tset")
    assert answer.returncode == 2
    assert "There is no command 'tset'." in answer.stdout


def test_arguments_that_would_be_ignored_are_refused() -> None:
    answer = dev("check", "--fast")
    assert answer.returncode == 1
    assert answer.stdout == "Arguments not understood: --fast\n"


def test_an_unknown_benchmark_is_refused() -> None:
    answer = dev("bench", "nothing")
    assert answer.returncode == 1
    assert "There is no benchmark nothing." in answer.stdout
