"""What a service under test is told to do, in no service's own terms."""

from dataclasses import dataclass
from typing import Protocol

from desktop_app.domain.port import Backend


@dataclass(frozen=True, slots=True)
class Code:
    """A code step.

    Attributes:
        picture: It makes a picture.
        saves: The name of a file that it makes, which holds `abc`; empty for none.
        raises: The exception it ends with, as Python names it; empty for none.
        hold: It runs until it is stopped.
    """

    source: str
    logs: str = ""
    picture: bool = False
    saves: str = ""
    raises: str = ""
    hold: bool = False


@dataclass(frozen=True, slots=True)
class Say:
    """An answer, in words; with `hold`, one that goes on until it is stopped."""

    text: str
    hold: bool = False


@dataclass(frozen=True, slots=True)
class Break:
    """The model cannot be reached: the run fails."""


class Service(Protocol):
    """A service that does as it is told, behind real HTTP."""

    @property
    def backend(self) -> Backend:
        """The backend under test."""

    def will(self, *turns: Code | Say | Break) -> None:
        """Tells what the next run does."""

    def cut_stream_after(self, events: int) -> None:
        """Breaks the connection of the next run's stream after so many events."""

    def backend_with_key(self, key: str) -> Backend:
        """Another backend of the same service; the caller closes it."""
