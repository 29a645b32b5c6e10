"""IPython without a terminal: runs steps in one namespace that is kept, and probes in one that is not."""

import contextlib
import io
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self, cast

from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from traitlets.config import Config

from . import sink
from .channel import Channel
from .display import MIME_TYPES, Screen, hooks

_PROBE_CHARACTERS = 256 * 1024
_DEFAULT_NAME = "Exception"


class Shell:
    """One Python session."""

    def __init__(self, channel: Channel) -> None:
        screen = Screen(channel)
        sink.picture = screen.picture
        publisher, hook = hooks(screen)
        settings = Config()
        settings.HistoryManager.enabled = False
        settings.InteractiveShell.cache_size = 0
        settings.InteractiveShell.colors = "nocolor"
        settings.InteractiveShell.xmode = "Context"
        settings.DisplayFormatter.active_types = MIME_TYPES
        parts = {"display_pub_class": publisher, "displayhook_class": hook}
        kind = cast("type[InteractiveShell]", type("DeskShell", (InteractiveShell,), parts))
        self._shell = kind.instance(config=settings)
        self._run_cell: Callable[..., ExecutionResult] = self._shell.run_cell
        self._descriptors = [os.dup(1), os.dup(2)]
        # Since Python 3.12 every fork warns of other threads. The one that listens for commands is no danger.
        warnings.filterwarnings("ignore", r".*multi-threaded, use of fork", DeprecationWarning)

    def run(self, code: str) -> dict[str, object]:
        """Runs a step and returns the frame that ends it."""
        self._restore_streams()
        with _Outcome() as outcome, _interrupts():
            result = self._run_cell(code, store_history=True)
            outcome.error = result.error_before_exec or result.error_in_exec
        with _Outcome() as shown, _interrupts():
            self._show_figures()
        if shown.error is not None:
            self._shell.showtraceback((type(shown.error), shown.error, shown.error.__traceback__))
        self._flush()
        return _done(outcome.error or shown.error)

    def probe(self, code: str) -> dict[str, object]:
        """Runs code in a namespace of its own and returns what it printed in the frame that ends it."""
        self._restore_streams()
        printed = io.StringIO()
        quiet = contextlib.redirect_stderr(io.StringIO())
        outcome = _Outcome()
        with contextlib.redirect_stdout(printed), quiet, warnings.catch_warnings(), outcome, _interrupts():
            warnings.simplefilter("ignore")
            exec(compile(code, "<probe>", "exec"), {"__name__": "__probe__"})  # noqa: S102  this is its purpose
        message = "" if outcome.error is None else str(outcome.error)[:2000]
        return {**_done(outcome.error), "text": printed.getvalue()[:_PROBE_CHARACTERS], "message": message}

    def _restore_streams(self) -> None:
        """Undoes what an earlier step did to the standard streams."""
        for target, kept in enumerate(self._descriptors, start=1):
            os.dup2(kept, target)
        sys.stdout = _stream(1)
        sys.stderr = _stream(2)

    @staticmethod
    def _show_figures() -> None:
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None and pyplot.get_fignums():
            from . import figure  # noqa: PLC0415  it imports matplotlib, which most steps do not need

            figure.show()

    @staticmethod
    def _flush() -> None:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()


@contextlib.contextmanager
def _interrupts() -> Iterator[None]:
    """Lets SIGINT raise `KeyboardInterrupt` in the code, and nowhere else in the runner."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


class _Outcome:
    """Catches what the code raises, `SystemExit` and `KeyboardInterrupt` too: the runner outlives it."""

    def __init__(self) -> None:
        self.error: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> bool:
        if error is not None:
            self.error = error
        return True


def _stream(descriptor: int) -> io.TextIOWrapper:
    raw = open(descriptor, "wb", buffering=0, closefd=False)  # noqa: SIM115  a descriptor has no path
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8", errors="backslashreplace", line_buffering=True)


def _done(error: BaseException | None) -> dict[str, object]:
    if error is None:
        return {"type": "done", "error": None, "out_of_memory": False}
    out_of_memory = isinstance(error, MemoryError)
    name = "MemoryError" if out_of_memory else _public_name(type(error))
    return {"type": "done", "error": name or _DEFAULT_NAME, "out_of_memory": out_of_memory}


def _public_name(kind: type[BaseException]) -> str:
    """The name people know: Python 3.13 raises `_IncompleteInputError` where it means `SyntaxError`."""
    return next(base.__name__ for base in kind.__mro__ if not base.__name__.startswith("_"))
