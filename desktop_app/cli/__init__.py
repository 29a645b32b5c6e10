"""The command line: the window, the engine alone, and the self-test."""

import gc
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

FAILURE = 1
"""The exit code of what did not work; 0 is success, and 2 a command line that makes no sense."""

_COMMANDS = frozenset({"engine", "self-test"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if not _COMMANDS.intersection(words[:1]) and not any(word.startswith("-") for word in words):
            return show_window(map(Path, words))
        from desktop_app.cli.command import run  # noqa: PLC0415 - a window without options does not wait for its parser

        return run(words)
    except KeyboardInterrupt:
        return FAILURE


def show_window(files: Iterable[Path]) -> int:
    """Runs the window with `files` attached to a new thread."""
    gc.disable()  # until the first paint: what is imported for it is no garbage
    from desktop_app.app.main import run_gui  # noqa: PLC0415 - Qt is for the window alone

    return run_gui(list(files))
