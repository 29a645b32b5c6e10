"""Keys and tokens of tests, each made anew, so that they can be looked for by their value where they must not be."""

import os
import secrets
from pathlib import Path

import psutil

_made: set[bytes] = set()


def new_secret(prefix: str = "sk-") -> str:
    """A secret that nobody else has; from now on `traces` looks for it."""
    secret = f"{prefix}{secrets.token_hex(20)}"
    _made.add(secret.encode())
    return secret


def traces(folder: Path) -> list[str]:
    """Where any secret of this test run can be read.

    That is in the files below a folder, and in the arguments and the environments of this process and its children.
    """
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    processes = [psutil.Process(), *psutil.Process().children(recursive=True)]
    files += [Path(f"/proc/{process.pid}/{name}") for process in processes for name in ("cmdline", "environ")]
    return [str(path) for path in files if _holds_secret(path)]


def _holds_secret(path: Path) -> bool:
    if not os.access(path, os.R_OK):
        return False
    try:
        content = path.read_bytes()
    except (FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
        return False
    return any(secret in content for secret in _made)
