"""A typed publish and subscribe point, for everything below `gui`."""

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Emitter(Generic[T]):
    """Calls its subscribers in the order of subscription, in the thread that emits."""

    def __init__(self) -> None:
        self._subscribers: list[Callable[[T], object]] = []

    def connect(self, subscriber: Callable[[T], object]) -> Callable[[], None]:
        """Subscribes, and returns the function that ends the subscription (calling it twice is harmless)."""
        self._subscribers.append(subscriber)

        def disconnect() -> None:
            if subscriber in self._subscribers:
                self._subscribers.remove(subscriber)

        return disconnect

    def emit(self, value: T) -> None:
        """Hands `value` to everyone who was subscribed when the call began."""
        for subscriber in tuple(self._subscribers):
            subscriber(value)
