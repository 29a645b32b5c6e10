"""Which thread is open: the one place that knows."""

from PySide6.QtCore import QObject, Signal


class Session(QObject):
    """The open thread.

    Signals:
        thread_changed: Another thread is open; its id.
    """

    thread_changed = Signal(str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._thread_id = ""

    @property
    def thread_id(self) -> str:
        """The open thread; empty before the archive has been read."""
        return self._thread_id

    def open(self, thread_id: str) -> None:
        """Open a thread. The one that is open already stays as it is."""
        if thread_id != self._thread_id:
            self._thread_id = thread_id
            self.thread_changed.emit(thread_id)
