"""The header of what can be folded; a sign in it turns while more comes."""

from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from desktop_app.gui.override import override
from desktop_app.gui.transcript.button import FlatButton
from desktop_app.gui.transcript.row_widget import Context
from desktop_app.gui.widgets.spinner import Turning

tr = partial(QCoreApplication.translate, "transcript")


class FoldButton(FlatButton):
    """Knows whether it is unfolded and whether its sign turns, which it does only where it can be seen.

    Attributes:
        turning: The angle of the sign.
        chevron: The name of the icon that says which way it folds.
    """

    def __init__(self, context: Context, name: str, parent: QWidget) -> None:
        super().__init__(context.look, name, parent)
        self.turning = Turning(self)
        self.chevron = ""
        self._is_live = False

    def set_state(self, name: str, *, is_open: bool, is_live: bool) -> None:
        """Say what it is called, whether it is unfolded, and whether more is to come."""
        self._is_live = is_live
        self.chevron = "chevron-down" if is_open else ("chevron-left" if self.isRightToLeft() else "chevron-right")
        self.setAccessibleName(name)
        self.setAccessibleDescription(tr("Unfolded") if is_open else tr("Folded"))
        self._turn()
        self.update()

    def _turn(self) -> None:
        if self._is_live and self.isVisible():
            self.turning.start()
        else:
            self.turning.stop()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._turn()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.turning.stop()
