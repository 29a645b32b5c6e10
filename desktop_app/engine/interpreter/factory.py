"""Chooses the sandbox for this platform."""

import sys
from pathlib import Path

from desktop_app.engine.interpreter import diagnosis
from desktop_app.engine.interpreter.launcher import NoSandbox
from desktop_app.engine.interpreter.local import FONTS, LocalInterpreter
from desktop_app.engine.port import Interpreter, Limits


def make_interpreter(root: Path, limits: Limits | None = None) -> Interpreter:
    """An interpreter that keeps its threads' files below `root` and refuses to run code where there is no sandbox."""
    limits = limits or Limits()
    if sys.platform == "linux":
        from desktop_app.engine.interpreter.bubblewrap import Bubblewrap  # noqa: PLC0415  its system calls are Linux's

        return LocalInterpreter(root, limits, Bubblewrap(limits, fonts=root / FONTS))
    return LocalInterpreter(root, limits, NoSandbox(limits, diagnosis.unsupported_platform()))
