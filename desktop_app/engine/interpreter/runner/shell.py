"""IPython without a terminal: runs steps in one namespace that is kept, and probes in one that is not."""

import contextlib
import io
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType
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
        self._channel = channel
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
        self._interruptible = False

    def run(self, code: str) -> dict[str, object]:
        """Runs a step and returns the frame that ends it."""
        self._restore_streams()
        with self._interrupts():
            result = self._run_cell(code, store_history=True)
            error = result.error_before_exec or result.error_in_exec
        with self._interrupts(), _Outcome() as shown:
            self._show_figures()
        if shown.error is not None:
            self._shell.showtraceback((type(shown.error), shown.error, shown.error.__traceback__))
            error = error or shown.error
        self._flush()
        return _done(error)

    def probe(self, code: str) -> dict[str, object]:
        """Runs code in a namespace of its own and returns what it printed in the frame that ends it."""
        self._restore_streams()
        printed = io.StringIO()
        quiet = contextlib.redirect_stderr(io.StringIO())
        outcome = _Outcome()
        with contextlib.redirect_stdout(printed), quiet, warnings.catch_warnings(), outcome, self._interrupts():
            warnings.simplefilter("ignore")
            exec(compile(code, "<probe>", "exec"), {"__name__": "__probe__"})  # noqa: S102  this is its purpose
        message = "" if outcome.error is None else str(outcome.error)[:2000]
        return {**_done(outcome.error), "text": printed.getvalue()[:_PROBE_CHARACTERS], "message": message}

    def _restore_streams(self) -> None:
        """Undoes what an earlier step did to the standard streams and to SIGINT."""
        for target, kept in enumerate(self._descriptors, start=1):
            os.dup2(kept, target)
        sys.stdout = _stream(1)
        sys.stderr = _stream(2)
        signal.signal(signal.SIGINT, self._on_interrupt)

    def _on_interrupt(self, _signal: int, _frame: FrameType | None) -> None:
        if self._channel.sending:
            self._channel.interrupted = self._interruptible
        elif self._interruptible:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def _interrupts(self) -> Iterator[None]:
        self._channel.interrupted = False
        self._interruptible = True
        try:
            yield
        finally:
            self._interruptible = False

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


class _Outcome:
    """Catches what the code raises, `SystemExit` and `KeyboardInterrupt` too: the runner outlives it."""

    def __init__(self) -> None:
        self.error: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _traceback: TracebackType | None
    ) -> bool:
        self.error = error
        return True


def _stream(descriptor: int) -> io.TextIOWrapper:
    raw = open(descriptor, "wb", buffering=0, closefd=False)  # noqa: SIM115  a descriptor has no path
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8", errors="backslashreplace", line_buffering=True)


def _done(error: BaseException | None) -> dict[str, object]:
    if error is None:
        return {"type": "done", "error": None, "out_of_memory": False}
    out_of_memory = isinstance(error, MemoryError)
    name = "MemoryError" if out_of_memory else type(error).__name__
    return {"type": "done", "error": name or _DEFAULT_NAME, "out_of_memory": out_of_memory}
