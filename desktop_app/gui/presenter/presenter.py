"""What all presenters share."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject

from desktop_app.domain.emitter import Emitter

T = TypeVar("T")


class Presenter(QObject):
    """Listens to services for as long as the window lives."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._subscriptions: list[Callable[[], None]] = []

    def follow(self, emitter: Emitter[T], slot: Callable[[T], object]) -> None:
        """Call `slot` with what `emitter` emits, until `release`."""
        self._subscriptions.append(emitter.connect(slot))

    def release(self) -> None:
        """Listen to nothing any more: the widgets are about to go."""
        for disconnect in self._subscriptions:
            disconnect()
        self._subscriptions.clear()
