"""The command line, as a person meets it."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from desktop_app import __version__

KEY = "key-on-the-command-line"


def _run(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "desktop_app", *arguments],
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "desktop_app", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _line(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    line: dict[str, Any] = json.loads(process.stdout.readline())
    return line


def test_the_version_and_the_help_are_there_without_qt() -> None:
    assert _run("--version").stdout == f"Assistant Desk {__version__}\n"
    code = (
        "import sys; from desktop_app.cli import main\n"
        "try: main(['engine', '--help'])\n"
        "except SystemExit as end: print(end.code, any(name.startswith(('PySide6', 'openai')) for name in sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "--api-key-file" in result.stdout
    assert result.stdout.endswith("0 False\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--nonsense",),
        ("engine", "--port", "x"),
        ("engine", "--port", "65536"),
        ("engine", "--api-key", "a", "--api-key-file", "b"),
        ("engine", "extra"),
    ],
)
def test_a_command_line_without_sense_ends_with_2(arguments: tuple[str, ...]) -> None:
    result = _run(*arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert "usage:" in result.stderr


def test_what_cannot_be_done_is_said_in_one_sentence(home: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        cases = {
            ("--port", port): f"Cannot listen on 127.0.0.1, port {port}: Address already in use.",
            ("--host", "nowhere.invalid", "--api-key", "k"): "nowhere.invalid is no address of this computer",
            ("--host", "::"): ":: can be reached by others: give a key with --api-key-file.",
            ("--api-key-file", str(tmp_path / "none")): "No such file or directory.",
            ("--api-key-file", str(tmp_path / "empty")): "there is no key in",
            ("--api-key-file", str(tmp_path / "binary")): "it is not a text file.",
            ("--api-key-file", "-", "--model-api-key-file", "-"): "only one key can be read from standard input.",
            ("--model", "m"): "--model and --model-api-key-file need a --model-base-url.",
            ("--api-key", "sch\xf6n"): "the key must consist of printable ASCII characters.",
            ("--home", str(tmp_path / "empty" / "home")): "cannot write to",
        }
        for arguments, sentence in cases.items():
            result = _run("engine", *arguments)
            assert (result.returncode, result.stdout) == (1, ""), arguments
            assert sentence in result.stderr
            assert result.stderr.count("\n") == 1
    assert home.exists()


@pytest.mark.usefixtures("home")
def test_the_engine_prints_one_line_and_stops_on_a_signal() -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        process = _start("engine")
        line = _line(process)
        assert line["base_url"].startswith("http://127.0.0.1:")
        assert len(line["api_key"]) > 30
        process.send_signal(number)
        output, errors = process.communicate(timeout=20)
        assert (process.returncode, output, errors) == (0, "", "")


def test_a_key_from_standard_input_is_nowhere_else(home: Path) -> None:
    process = _start("engine", "--api-key-file", "-")
    assert process.stdin is not None
    process.stdin.write(f"{KEY}\n")
    process.stdin.flush()
    line = _line(process)
    shown = [Path(f"/proc/{process.pid}/{name}").read_bytes() for name in ("cmdline", "environ")]
    process.terminate()
    _, errors = process.communicate(timeout=20)
    assert "api_key" not in line
    assert KEY.encode() not in b"".join(shown)
    assert KEY not in errors
    stored = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    assert stored
    assert not any(KEY.encode() in data for data in stored)


@pytest.mark.usefixtures("home")
def test_a_second_engine_in_the_same_home_is_refused() -> None:
    first = _start("engine")
    _line(first)
    second = _run("engine")
    first.terminate()
    first.communicate(timeout=20)
    assert (second.returncode, second.stdout) == (1, "")
    assert "another engine is using" in second.stderr


def test_everything_is_below_the_home_that_is_given(home: Path, tmp_path: Path) -> None:
    process = _start("engine", "--home", str(tmp_path / "elsewhere"))
    _line(process)
    process.terminate()
    process.communicate(timeout=20)
    assert list((tmp_path / "elsewhere").rglob("engine.sqlite3"))
    assert list(home.iterdir()) == []


@pytest.mark.usefixtures("home")
def test_the_controlled_engine_ends_with_its_pipe() -> None:
    process = _start("engine", "--control")
    assert process.stdin is not None
    process.stdin.write(
        '{"api_key": "k"}\n{"id": 1, "sandbox_status": {}}\n{"id": 2}\n{"id": 3, "use_endpoint": null}\n'
    )
    process.stdin.flush()
    assert "base_url" in _line(process)
    answers: dict[int, dict[str, Any]] = {}
    for answer in (_line(process) for _ in range(3)):
        answers[answer.pop("id")] = answer
    assert answers[1]["result"]["ok"]
    assert answers[2]["error"]["code"] == "request_refused"
    assert answers[3] == {"result": None}
    output, errors = process.communicate(timeout=5)
    assert (process.returncode, output, errors) == (0, "", "")


@pytest.mark.usefixtures("home")
def test_the_controlled_engine_wants_its_key_first() -> None:
    result = _run("engine", "--control", text='{"id": 1}\n')
    assert (result.returncode, json.loads(result.stdout)["error"]["code"]) == (1, "request_refused")
