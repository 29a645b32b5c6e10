"""A scroller whose text can be selected across rows, by mouse and by keyboard."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop_app.gui.override import override
from desktop_app.gui.transcript.model import TranscriptModel
from desktop_app.gui.transcript.row import Row
from desktop_app.gui.transcript.row_widget import RowWidget
from desktop_app.gui.transcript.scroller import Scroller
from desktop_app.gui.transcript.selection import Selection
from desktop_app.gui.widgets.focus import move_focus

_SCROLL_MS = 30


class TextScroller(Scroller):
    """Knows the mouse: rows of text leave it to the scroller.

    Signals:
        link_clicked: With the index of the row and the address.
    """

    link_clicked = Signal(int, str)

    def __init__(
        self,
        model: TranscriptModel,
        make: Callable[[Row, QWidget], RowWidget],
        kind_of: Callable[[Row], object],
        estimate: Callable[[Row, int], int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(model, make, kind_of, estimate, parent)
        self.selection = Selection(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self._is_selecting = False
        self._drag_timer = QTimer(self, interval=_SCROLL_MS)
        self._drag_timer.timeout.connect(self._on_drag_timer)

    def selected_text(self) -> str:
        """What Copy copies."""
        return self.selection.text()

    def select_all(self) -> None:
        """Selects the whole transcript."""
        self.selection.select_all()

    def copy(self) -> None:
        """Puts the selection on the clipboard."""
        if not self.selection.is_empty:
            QGuiApplication.clipboard().setText(self.selected_text())

    def hit(self, point: QPoint) -> tuple[int, RowWidget, QPoint] | None:
        """The row nearest to a point of the viewport, and the point in its widget."""
        found = self.row_at(point.y())
        return (*found, found[1].mapFrom(self.viewport(), point)) if found else None

    def _extend_to(self, point: QPoint) -> None:
        hit = self.hit(point)
        if hit:
            index, widget, inner = hit
            self.selection.extend(index, widget.offset_at(inner))

    def _on_drag_timer(self) -> None:
        """Scrolls while the mouse selects beyond an edge."""
        point = self.viewport().mapFromGlobal(QCursor.pos())
        room = self.viewport().height()
        over = min(point.y(), 0) or max(point.y() - room, 0)
        if over:
            self.scroll_by(over // 2)
            self._extend_to(QPoint(point.x(), min(max(point.y(), 0), room - 1)))

    def _show_pointer(self, point: QPoint) -> None:
        hit = self.hit(point)
        shape, href = Qt.CursorShape.ArrowCursor, ""
        if hit and hit[1].geometry().contains(point):
            href = hit[1].link_at(hit[2])
            is_text = hit[1].is_text_at(hit[2])
            shape = Qt.CursorShape.PointingHandCursor if href else shape
            shape = Qt.CursorShape.IBeamCursor if is_text and not href else shape
        self.viewport().setCursor(shape)
        self.viewport().setToolTip(href)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        hit = self.hit(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or hit is None:
            return
        index, widget, inner = hit
        offset = widget.offset_at(inner)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.selection.extend(index, offset)
        else:
            self.selection.begin(index, offset)
        self._is_selecting = True
        self._drag_timer.start()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        if self._is_selecting:
            self._extend_to(point)
        else:
            self._show_pointer(point)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._is_selecting or event.button() != Qt.MouseButton.LeftButton:
            return
        self._is_selecting = False
        self._drag_timer.stop()
        hit = self.hit(event.position().toPoint())
        href = hit[1].link_at(hit[2]) if hit else ""
        if hit and href and self.selection.is_empty:
            self.link_clicked.emit(hit[0], href)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        hit = self.hit(event.position().toPoint())
        if hit and event.button() == Qt.MouseButton.LeftButton:
            index, widget, inner = hit
            start, end = widget.word_at(inner)
            self.selection.begin(index, start)
            self.selection.extend(index, end)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.select_all()
        elif event.key() == Qt.Key.Key_Escape and not self.selection.is_empty:
            self.selection.clear()
        else:
            super().keyPressEvent(event)

    @override
    def focusNextPrevChild(self, next: bool) -> bool:
        has_moved = move_focus(self.window(), forward=next)
        target = QApplication.focusWidget()
        if target is not None and self.viewport().isAncestorOf(target):
            top = target.mapTo(self.viewport(), QPoint(0, 0)).y()
            below = top + target.height() - self.viewport().height()
            self.scroll_by(top if top < 0 else max(below, 0))
        return has_moved
