#!/usr/bin/env python3
"""The one command list of this project: `python3 installers/dev.py COMMAND [arguments]`.

Needs nothing but Python 3.11 and, on Debian or Ubuntu, apt. What a command needs, it sets up first: the system
packages (it says which, and installs only those that are missing) and `.venv` with the locked dependencies.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - said in words, to whoever starts this with an older one
    sys.exit("Assistant Desk needs Python 3.11 or newer. Start this with such a Python.")

from workshop import environment, system_package
from workshop.terminal import SetupError, say

ROOT = Path(__file__).resolve().parent.parent

CHECKS = {
    "ruff check": ["ruff", "check"],
    "ruff format": ["ruff", "format", "--check"],
    "mypy": ["mypy"],
    "import-linter": ["lint-imports", "--no-logo"],
}
"""The checks that run no code of the project, as programs of the environment and their arguments."""

HALVES = (
    ("tests/app", "tests/architecture", "tests/contract", "tests/gui"),
    ("tests/engine", "tests/property", "tests/unit"),
)
"""All tests, in two parts that take about as long and run side by side: most of a test is waiting for a process."""


def run(arguments: Sequence[str]) -> int:
    """Start the application, with files to attach."""
    system_package.install(system_package.APPLICATION)
    python = environment.make(ROOT, environment.RUNTIME)
    return _call(
        [
            python,
            "-m",
            "desktop_app",
            *(str(Path(name).resolve()) if Path(name).exists() else name for name in arguments),
        ]
    )


def test(arguments: Sequence[str]) -> int:
    """Run all checks and tests, as CI does; arguments go to pytest."""
    failed = _check(_development())
    code = pytest(arguments) if arguments else _test_in_halves()
    if failed:
        say(f"Besides the tests, these failed (see above): {', '.join(failed)}")
    return code or bool(failed)


def pytest(arguments: Sequence[str]) -> int:
    """Run the tests alone; arguments go to pytest."""
    return _with_display(_development(), "pytest", arguments)


def check(arguments: Sequence[str]) -> int:
    """Run the linters, the type checker and the import rules."""
    _refuse(arguments)
    return bool(_check(_development()))


def format_(arguments: Sequence[str]) -> int:
    """Format the code and repair what ruff can."""
    python = _development()
    return _module(python, "ruff", ["format", *arguments]) or _module(python, "ruff", ["check", "--fix", *arguments])


def lock(arguments: Sequence[str]) -> int:
    """Lock the dependencies of pyproject.toml again; arguments go to `uv pip compile`, such as --upgrade."""
    python = _development()
    options = ["--universal", "--python-version=3.11", "--generate-hashes", "--no-header", "--quiet"]
    options += ["--no-emit-index-url", "--no-emit-find-links", *arguments]
    runtime = ["pyproject.toml", "--extra=entra", f"--output-file={environment.RUNTIME}"]
    development = ["pyproject.toml", "--group=dev", "--extra=entra", f"--constraint={environment.RUNTIME}"]
    development.append(f"--output-file={environment.DEVELOPMENT}")
    return any(_module(python, "uv", ["pip", "compile", *options, *files]) for files in (runtime, development))


def bench(arguments: Sequence[str]) -> int:
    """Measure: all benchmarks of tests/benchmarks, or those named; prints JSON."""
    folder = ROOT / "tests" / "benchmarks"
    known = sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))
    unknown = set(arguments) - set(known)
    if unknown:
        raise SetupError(f"There is no benchmark {', '.join(sorted(unknown))}. There are: {', '.join(known)}")
    python = _development()
    return max((_with_display(python, f"tests.benchmarks.{name}", []) for name in arguments or known), default=0)


def cut(arguments: Sequence[str]) -> int:
    """Listen to ten thousand runs whose streams break; arguments go to pytest."""
    return pytest(["tests/property", "--runs=10000", "--override-ini=faulthandler_timeout=0", *arguments])


def screenshots(arguments: Sequence[str]) -> int:
    """Take the screenshots of the README again."""
    _refuse(arguments)
    return _with_display(_development(), "tests.screenshots", [])


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "run": run,
    "test": test,
    "pytest": pytest,
    "check": check,
    "format": format_,
    "lock": lock,
    "bench": bench,
    "cut": cut,
    "screenshots": screenshots,
}


def help_text() -> str:
    """Return the command list."""
    lines = [f"  {name:12} {(command.__doc__ or '').strip()}" for name, command in COMMANDS.items()]
    return "\n".join(["Usage: python3 installers/dev.py COMMAND [arguments]", "", *lines])


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; 2 for a command that does not exist."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        say(help_text())
        return 0 if arguments else 2
    name, *rest = arguments
    if name not in COMMANDS:
        say(f"There is no command {name!r}.\n\n{help_text()}")
        return 2
    try:
        return int(COMMANDS[name](rest))
    except SetupError as failure:
        say(str(failure))
        return 1
    except KeyboardInterrupt:
        return 130


def _development() -> Path:
    """Set up everything for development and return the Python of `.venv`."""
    system_package.install(system_package.APPLICATION + system_package.TESTS)
    return environment.make(ROOT, environment.DEVELOPMENT)


def _check(python: Path) -> list[str]:
    """Run all checks, also after one has failed, and return the names of those that failed."""
    failed = []
    for name, (program, *arguments) in CHECKS.items():
        say(f"== {name}")
        if _call([python.with_name(program), *arguments]):
            failed.append(name)
    return failed


def _test_in_halves() -> int:
    """Run all tests, and show what the second half said once both have ended."""
    with tempfile.TemporaryFile() as output:
        command = [sys.executable, __file__, "pytest", *HALVES[1]]
        with subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT) as second:
            code = pytest(HALVES[0])
            code = second.wait() or code
        output.seek(0)
        say(output.read().decode(errors="replace"))
    return code


def _with_display(python: Path, module: str, arguments: Sequence[str]) -> int:
    """Run a module in a session of its own: display, message bus, keyring and home."""
    return _module(python, "tests.harness.session", [str(python), "-m", module, *arguments])


def _module(python: Path, module: str, arguments: Sequence[str]) -> int:
    return _call([python, "-m", module, *arguments])


def _call(command: Sequence[str | Path]) -> int:
    """Run a command at the root of the project, and return its exit code once it has ended."""
    sys.stdout.flush()
    with subprocess.Popen([str(part) for part in command], cwd=ROOT) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:  # the command got it too, and ends in its own time
                continue


def _refuse(arguments: Sequence[str]) -> None:
    if arguments:
        raise SetupError(f"Arguments not understood: {shlex.join(arguments)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
