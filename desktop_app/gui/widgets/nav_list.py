"""A list to choose from, with mouse and keyboard alike."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from desktop_app.gui.override import override

KEY_ROLE = int(Qt.ItemDataRole.UserRole) + 1
"""The role under which a model gives what identifies a row."""


class NavList(QListView):
    """Shows a model whose rows have keys; the choice can also be shown from outside.

    Arrow keys choose as clicks do, unless `moves_choose` is false: then they only move, and Enter chooses.

    Signals:
        chosen: The person chose the row with this key.
        delete_requested: Delete was pressed on it.
        menu_requested: A context menu is wanted for it, at this global position (`QPoint`).
        left: Escape was pressed.
    """

    chosen = Signal(str)
    delete_requested = Signal(str)
    menu_requested = Signal(str, object)
    left = Signal()

    def __init__(self, label: str, name: str, parent: QWidget | None = None, *, moves_choose: bool = True) -> None:
        super().__init__(parent)
        self._moves_choose = moves_choose
        self._showing = False
        self._current = ""
        self.setObjectName(name)
        self.setAccessibleName(label)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setUniformItemSizes(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.viewport().setAutoFillBackground(False)
        if not moves_choose:
            self.clicked.connect(lambda _index: self.chosen.emit(self.current_key()))

    def current_key(self) -> str:
        """Return the key of the current row, or nothing."""
        key = self.currentIndex().data(KEY_ROLE)
        return key if isinstance(key, str) else ""

    def show_current(self, key: str) -> None:
        """Mark the row with this key as the chosen one, without a signal; remembered until the row is there."""
        self._current = key
        self.restore_current()

    def restore_current(self) -> None:
        """Mark the row again after the model has changed."""
        self._showing = True
        try:
            index = self._find(self._current)
            if index.isValid():
                self.setCurrentIndex(index)
            else:
                self.selectionModel().clear()
        finally:
            self._showing = False

    def edit_current(self) -> None:
        """Let the person edit the current row in its place."""
        index = self.currentIndex()
        if index.isValid() and self.model().flags(index) & Qt.ItemFlag.ItemIsEditable:
            self.edit(index)

    def _find(self, key: str) -> QModelIndex:
        model = self.model()
        for row in range(model.rowCount()):
            index = model.index(row, 0)
            if key and index.data(KEY_ROLE) == key:
                return index
        return QModelIndex()

    @override
    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().currentChanged(current, previous)
        key = current.data(KEY_ROLE)
        by_person = self._moves_choose and not self._showing and self.hasFocus()
        if by_person and isinstance(key, str) and key != self._current:
            self._current = key
            self.chosen.emit(key)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = self.current_key()
        if key and event.key() == Qt.Key.Key_F2:
            self.edit_current()
        elif key and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_requested.emit(key)
        elif key and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(key)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        is_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if is_mouse else self.currentIndex()
        key = index.data(KEY_ROLE)
        if isinstance(key, str) and self.model().flags(index) & Qt.ItemFlag.ItemIsEnabled:
            at = event.globalPos() if is_mouse else self.viewport().mapToGlobal(self.visualRect(index).center())
            self.menu_requested.emit(key, at)
