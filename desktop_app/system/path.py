"""Where everything the application stores lives."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Self

from platformdirs import PlatformDirs

HOME_VARIABLE = "ASSISTANT_DESK_HOME"


class Place(NamedTuple):
    """The folders of one installation; two places share nothing.

    Attributes:
        data: what must never be lost: the archive, its blobs, the engine's data.
        config: what the person chose.
        cache: what can be deleted at any time.
        log: the logs.
        runtime: sockets and locks of running processes.
    """

    data: Path
    config: Path
    cache: Path
    log: Path
    runtime: Path

    @property
    def archive(self) -> Path:
        """Return the database of all conversations."""
        return self.data / "archive.sqlite"

    @property
    def blobs(self) -> Path:
        """Return the folder of the archive's files, by content."""
        return self.data / "blobs"

    @property
    def engine(self) -> Path:
        """Return the folder of the embedded engine."""
        return self.data / "engine"

    @property
    def workspaces(self) -> Path:
        """Return the folder that holds one working folder for each sandbox."""
        return self.engine / "workspaces"

    @property
    def settings(self) -> Path:
        """Return the file of the settings. It never holds a secret."""
        return self.config / "settings.json"

    @property
    def socket(self) -> Path:
        """Return the socket through which a second start hands over to the first."""
        return self.runtime / "window.sock"

    def make(self) -> Self:
        """Create the folders, readable by nobody but their owner, and return the place.

        Raises:
            PermissionError: a folder belongs to somebody else.
            OSError: a folder cannot be created.
        """
        for folder in (
            self.data,
            self.config,
            self.cache,
            self.log,
            self.runtime,
            self.blobs,
            self.engine,
            self.workspaces,
        ):
            make_private(folder)
        return self


def locate(environ: Mapping[str, str] = os.environ) -> Place:
    """Return where things live: below `ASSISTANT_DESK_HOME` if it is set, else where the platform wants them."""
    home = environ.get(HOME_VARIABLE)
    if home:
        root = Path(home).expanduser().absolute()
        return Place(root / "data", root / "config", root / "cache", root / "log", root / "runtime")
    dirs = PlatformDirs("assistant-desk", appauthor=False)
    # Without a session there is no folder for sockets, and the library's substitute in /tmp has a guessable name.
    has_session = sys.platform != "linux" or "XDG_RUNTIME_DIR" in environ
    return Place(
        data=dirs.user_data_path / "data",
        config=dirs.user_config_path / "config",
        cache=dirs.user_cache_path / "cache",
        log=dirs.user_log_path,
        runtime=(dirs.user_runtime_path if has_session else dirs.user_state_path) / "runtime",
    )


def make_private(folder: Path) -> None:
    """Create `folder` and what is missing above it, so that only its owner can look inside.

    Raises:
        PermissionError: it exists and belongs to somebody else, who could read or replace what is in it.
        OSError: it cannot be created.
    """
    for missing in reversed([parent for parent in (folder, *folder.parents) if not parent.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)
    if sys.platform == "win32":  # the profile's access list is inherited there
        return
    owner = folder.stat().st_uid
    if owner != os.geteuid():
        raise PermissionError(f"{folder} belongs to another user (uid {owner})")
    folder.chmod(0o700)
