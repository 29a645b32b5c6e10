"""Files dragged over the window: what may be dropped is said before the drop."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from desktop_app.gui.clip import paths_in
from desktop_app.gui.override import override
from desktop_app.gui.widgets.drop_overlay import DropOverlay

tr = partial(QCoreApplication.translate, "drop")


class DropTarget(QObject):
    """Makes a whole window take files.

    Signals:
        dropped: What can be taken was dropped (`QMimeData`).
    """

    dropped = Signal(QMimeData)

    def __init__(self, window: QWidget, overlay: DropOverlay, refusal: Callable[[Path], str]) -> None:
        """`refusal` says why a file cannot be taken; empty if it can."""
        super().__init__(window)
        self._overlay = overlay
        self._refusal = refusal
        self._acceptable = False
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def _enter(self, source: QMimeData) -> bool:
        paths = paths_in(source)
        if not paths and not source.hasImage():
            return False
        reasons = [(path, self._refusal(path)) for path in paths]
        good = [path.name for path, reason in reasons if not reason]
        bad = [(path.name, reason) for path, reason in reasons if reason]
        if not paths:
            good = [tr("An image")]
        self._acceptable = bool(good)
        target = tr("Attach to this message") if good else tr("This cannot be attached")
        self._overlay.show_files(target, good, bad)
        return True

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        match event:
            case QDragEnterEvent():
                if not self._enter(event.mimeData()):
                    return False
                event.setDropAction(Qt.DropAction.CopyAction)
                event.accept()
                return True
            case QDragMoveEvent():
                event.setDropAction(Qt.DropAction.CopyAction)
                event.setAccepted(self._acceptable)
                return True
            case QDropEvent():
                self._overlay.hide()
                if self._acceptable:
                    event.setDropAction(Qt.DropAction.CopyAction)
                    event.accept()
                    self.dropped.emit(event.mimeData())
                return True
            case _ if event.type() == QEvent.Type.DragLeave:
                self._overlay.hide()
        return super().eventFilter(watched, event)
