"""The last resort: whatever nobody caught reaches the log and the person, and ends nothing silently."""

import asyncio
import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QMessageBox

from desktop_app.domain.emitter import Emitter
from desktop_app.domain.error import ErrorCode, ErrorInfo

_log = logging.getLogger(__name__)
_qt_log = logging.getLogger("qt")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class CrashHandler:
    """Takes over every place where Python and Qt report what nobody caught.

    Attributes:
        failed: Something did; the traceback is in the log.
    """

    def __init__(self) -> None:
        self.failed: Emitter[ErrorInfo] = Emitter()

    def install(self) -> None:
        """Listen to uncaught exceptions of this process, of its threads, and to Qt's messages."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        qInstallMessageHandler(_on_qt_message)

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Listen to what the event loop reports."""
        loop.set_exception_handler(self._on_loop_exception)

    def _on_exception(self, kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, traceback)
            return
        _log.critical("Uncaught exception", exc_info=(kind, error, traceback))
        self.failed.emit(ErrorInfo(ErrorCode.UNEXPECTED, {"type": kind.__name__}))

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        # No banner: services and views belong to the main thread.
        _log.critical("Uncaught exception in the thread %s", args.thread, exc_info=args.exc_value)

    def _on_loop_exception(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        _log.error("The event loop reports: %s", context.get("message"), exc_info=error)
        kind = type(error).__name__ if error is not None else ""
        self.failed.emit(ErrorInfo(ErrorCode.UNEXPECTED, {"type": kind} if kind else {}))


def last_resort(work: Callable[[], int]) -> int:
    """Return what `work` returns, or 1 after saying that it failed, in the log, on the terminal and in a window."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - the second of the two places: a silent death helps nobody
        _log.critical("The window cannot go on", exc_info=error)
        message = f"Assistant Desk cannot go on: {type(error).__name__}: {error}"
        sys.stderr.write(f"{message}\n")
        if QApplication.instance() is not None:
            QMessageBox.critical(None, "Assistant Desk", message)
        return 1


def _on_qt_message(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
    _qt_log.log(_LEVELS[kind], "%s", message)
