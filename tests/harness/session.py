"""A desktop session for tests: `python -m tests.harness.session COMMAND...` runs the command inside it.

On Linux the command gets a display with a window manager, a message bus with an unlocked keyring, and a fresh home,
all of which end with it. Whatever is missing is an error: nothing falls back to a display that draws nothing.
Elsewhere the command gets the session that is there.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

SCREEN = "1600x1000x24"
KEYRING_PASSWORD = b"test-password"
_SECONDS = 30
_KEPT_OUT = (
    "DISPLAY",
    "WAYLAND_",
    "XAUTHORITY",
    "XDG_",
    "DBUS_",
    "QT_",
    "GNOME_KEYRING_",
    "OPENAI_",
    "ASSISTANT_DESK_",
)
"""Variables of the caller's session that would reach into the tests."""


@contextmanager
def session(environ: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield the environment of a fresh desktop session, which ends with the context."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="desk-", ignore_cleanup_errors=True)))
        fresh = {name: value for name, value in environ.items() if not name.startswith(_KEPT_OUT)}
        fresh |= {
            "HOME": str(_private(folder / "home")),
            "XDG_RUNTIME_DIR": str(_private(folder / "run")),
            "LC_ALL": "C.UTF-8",
            "QT_QPA_PLATFORM": "xcb",
        }
        log = stack.enter_context((folder / "session.log").open("w"))
        fresh["DISPLAY"] = stack.enter_context(_display(fresh, log.fileno()))
        fresh["DBUS_SESSION_BUS_ADDRESS"] = stack.enter_context(_bus(fresh, log.fileno()))
        stack.enter_context(_process(["openbox", "--sm-disable"], fresh, log.fileno()))
        _unlock_keyring(fresh, log.fileno())
        yield fresh


def _private(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    return folder


@contextmanager
def _process(command: Sequence[str], environ: Mapping[str, str], log: int, fds: Sequence[int] = ()) -> Iterator[None]:
    """Run a program of the session in the background until the context ends."""
    program = shutil.which(command[0])
    if program is None:
        raise SystemExit(f"{command[0]} is missing. `python3 installers/dev.py test` installs it.")
    process = subprocess.Popen(
        [program, *command[1:]], env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=fds
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


@contextmanager
def _announced(command: Sequence[str], environ: Mapping[str, str], log: int) -> Iterator[str]:
    """Run a program that writes one line, once it is ready, to the descriptor it gets as its last argument."""
    reader, writer = os.pipe()
    with _process([*command, str(writer)], environ, log, [writer]), os.fdopen(reader) as announcement:
        os.close(writer)
        line = announcement.readline().strip()
        if not line:
            raise SystemExit(f"{command[0]} did not start.")
        yield line


@contextmanager
def _display(environ: Mapping[str, str], log: int) -> Iterator[str]:
    """Start an X server on a free display and yield its name."""
    command = ["Xvfb", "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset", "-displayfd"]
    with _announced(command, environ, log) as number:
        yield f":{number}"


@contextmanager
def _bus(environ: Mapping[str, str], log: int) -> Iterator[str]:
    """Start a message bus and yield its address."""
    address = f"--address=unix:path={environ['XDG_RUNTIME_DIR']}/bus"
    with _announced(["dbus-daemon", "--session", "--nofork", address, "--print-address"], environ, log) as line:
        yield line


def _unlock_keyring(environ: Mapping[str, str], log: int) -> None:
    """Start a keyring, which ends with the bus, and create and unlock its default collection."""
    command = ["gnome-keyring-daemon", "--unlock", "--components=secrets"]
    subprocess.run(command, env=environ, input=KEYRING_PASSWORD, stdout=log, stderr=log, check=True, timeout=_SECONDS)


def _stop(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _wait(process: subprocess.Popen[bytes]) -> int:
    """Return the exit code once the process has ended; Ctrl+C reaches it too, and it ends in its own time."""
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def main(command: Sequence[str]) -> int:
    """Run `command` in a session of its own and return its exit code."""
    if sys.platform != "linux":
        return subprocess.call(command)
    signal.signal(signal.SIGTERM, _stop)
    with session(os.environ) as environ, subprocess.Popen(command, env=environ) as process:
        try:
            return _wait(process)
        finally:
            process.terminate()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
