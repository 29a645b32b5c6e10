"""Small values that are no secrets, in one JSON file."""

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path

from desktop_app.domain.error import DeskError, ErrorCode

_log = logging.getLogger(__name__)


class JsonSettings:
    """Implements `domain.port.Settings`: every change is on the disk when `set` returns, whole or not at all.

    A file that cannot be read is put aside as `NAME.broken`; settings then start afresh.
    """

    def __init__(self, path: Path) -> None:
        """`path` need not exist; its folder is made with the first value. Blocks for one small file."""
        self._path = path
        self._values = _read(path)

    def get(self, name: str) -> str | None:
        """A value, or None."""
        return self._values.get(name)

    def set(self, name: str, value: str) -> None:
        """Keeps it.

        Raises:
            DeskError: STORAGE_FAILED; `get` has the new value nevertheless.
        """
        if self._values.get(name) == value:
            return
        self._values[name] = value
        try:
            _write(self._path, self._values)
        except OSError as error:
            raise DeskError(ErrorCode.STORAGE_FAILED, error.strerror or "", path=self._path) from error

    def all(self) -> Mapping[str, str]:
        """Everything, as it is now."""
        return dict(self._values)


def _read(path: Path) -> dict[str, str]:
    try:
        values = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        _put_aside(path, str(error))
        return {}
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        _put_aside(path, "not an object of strings")
        return {}
    return values


def _put_aside(path: Path, reason: str) -> None:
    broken = path.with_name(f"{path.name}.broken")
    _log.warning("settings put aside as %s: %s", broken, reason)
    try:
        path.replace(broken)
    except OSError as error:
        _log.warning("settings cannot be put aside: %s", error)


def _write(path: Path, values: Mapping[str, str]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.part")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(values, file, indent=2, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
