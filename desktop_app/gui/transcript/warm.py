"""Imports what rendering needs, after the first paint and beside the window's thread."""

import importlib

from PySide6.QtCore import QThreadPool

_MODULES = ("markdown_it", "pygments.lexers", "pygments.lexers.python", "pygments.token", "pygments.util")


def warm_up() -> None:
    """Begins the imports. Whoever needs one of the modules earlier waits for it, or imports it first."""
    QThreadPool.globalInstance().start(_import)


def _import() -> None:
    for name in _MODULES:
        importlib.import_module(name)
