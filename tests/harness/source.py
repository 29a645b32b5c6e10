"""The project's own files, for tests about their shape."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "desktop_app"
_FOLDERS = ("desktop_app", "installers", "tests", "docs", "resources", ".github", ".ci")


def modules(folder: Path) -> list[Path]:
    """Return all Python modules below `folder`."""
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def texts() -> Iterator[tuple[Path, str]]:
    """Yield every text file of the project, with its text."""
    files = [path for path in ROOT.iterdir() if path.is_file() and path.name != ".git"]  # a file in a work tree
    for folder in _FOLDERS:
        files += [path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    for path in files:
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # an image, or a sample in another encoding


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"), path.name)


def name(path: Path) -> str:
    """Return the path within the project, the same on every system."""
    return path.relative_to(ROOT).as_posix()
