"""Where the files that come with the application are: icons, themes, samples."""

import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def find(name: str) -> Path:
    """Return the path of the resource `name`, such as `"icons/file.svg"`.

    Works in a checkout, in an installed wheel and in a frozen application.

    Raises:
        FileNotFoundError: there is no such resource: a mistake in the code, or a damaged installation.
    """
    for root in _roots():
        path = root / name
        if path.exists():
            return path
    raise FileNotFoundError(f"The resource {name!r} is missing from this installation")


def _roots() -> tuple[Path, ...]:
    """Return the folders that may hold the resources, the likeliest first."""
    bundle = getattr(sys, "_MEIPASS", None)  # set by the bundler's start-up code
    if bundle is not None:
        return (Path(bundle) / "resources", _PACKAGE / "_resources")
    return (_PACKAGE.parent / "resources", _PACKAGE / "_resources")
