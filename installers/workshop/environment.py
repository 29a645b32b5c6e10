"""The virtual environment with the locked dependencies."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from workshop.terminal import SetupError, say

RUNTIME = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"
"""The locks. The second holds everything of the first, in the same versions."""

_STAMP = "installed-locks.json"
_SYSTEM_PYTHON = Path("/usr/bin/python3")
_OLDEST = (3, 11)


def make(root: Path, lock: str) -> Path:
    """Return the Python of `root/.venv`, which exists afterwards and holds what `lock` names.

    Installs only if the lock has changed since it was last installed there.

    Raises:
        SetupError: it could not be made.
    """
    folder = root / ".venv"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not _works(python):
        _create(folder)
    stamp = folder / _STAMP
    wanted = {name: _digest(root / name) for name in (RUNTIME, DEVELOPMENT)}
    if _read(stamp).get(lock) == wanted[lock]:
        return python
    stamp.unlink(missing_ok=True)
    say(f"Installing the dependencies of {lock} into .venv; the first time this downloads several hundred megabytes.")
    install = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", "-r", lock]
    if not sys.stdout.isatty():
        install += ["--quiet", "--progress-bar=off"]
    if subprocess.call(install, cwd=root):
        raise SetupError("The dependencies could not be installed; the reason is above.")
    done = wanted if lock == DEVELOPMENT else {lock: wanted[lock]}
    stamp.write_text(json.dumps(done), encoding="utf-8")
    return python


def _create(folder: Path) -> None:
    """Make an empty virtual environment, in place of a broken one."""
    base = _base()
    if folder.exists():
        say("Making .venv anew: its Python does not start any more.")
        shutil.rmtree(folder)
    # The sandbox runs under another user when this one is root, and has to be able to read the packages.
    mask = os.umask(0o022)
    try:
        if subprocess.call([str(base), "-m", "venv", str(folder)]):
            raise SetupError(f"{base} could not make a virtual environment; the reason is above.")
    finally:
        os.umask(mask)


def _base() -> Path:
    """Return the Python to build on: the system's, which every user may read, else the one that runs this."""
    if sys.platform == "linux" and _works(_SYSTEM_PYTHON):
        return _SYSTEM_PYTHON
    return Path(sys.executable)


def _works(python: Path) -> bool:
    """Return whether `python` starts and is new enough."""
    try:
        check = subprocess.run([str(python), "-c", f"import sys; sys.exit(sys.version_info < {_OLDEST})"], check=False)
    except OSError:
        return False
    return check.returncode == 0


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read(stamp: Path) -> dict[str, str]:
    try:
        content: dict[str, str] = json.loads(stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content
