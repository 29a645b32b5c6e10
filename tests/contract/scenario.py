"""What a service under test is told to do, in no service's own terms."""

from dataclasses import dataclass
from typing import Protocol

from desktop_app.domain.port import Backend


@dataclass(frozen=True, slots=True)
class Code:
    """A code step.

    Attributes:
        picture: It makes a picture.
        saves: The name of a file that it makes; empty for none.
        raises: The exception it ends with, as Python names it; empty for none.
        hold: It runs until it is stopped.
        content: What the file holds.
    """

    source: str
    logs: str = ""
    picture: bool = False
    saves: str = ""
    raises: str = ""
    hold: bool = False
    content: bytes = b"abc"


@dataclass(frozen=True, slots=True)
class Say:
    """An answer, in words; with `hold`, one that goes on until it is stopped.

    `{files}` in it stands for the names of the files that the model sees.
    """

    text: str
    hold: bool = False


@dataclass(frozen=True, slots=True)
class Think:
    """Reasoning, of which the service shows a summary."""

    summary: str


@dataclass(frozen=True, slots=True)
class Decline:
    """An answer that is a refusal."""

    text: str


@dataclass(frozen=True, slots=True)
class Break:
    """The model cannot be reached: the run fails.

    Attributes:
        code: What the service calls it.
        as_event: The stream says so with a bare `error` event.
    """

    code: str = "server_error"
    as_event: bool = False


@dataclass(frozen=True, slots=True)
class Shorten:
    """The run ends before the model was done."""

    reason: str = "max_output_tokens"


Turn = Code | Say | Think | Decline | Break | Shorten


class Service(Protocol):
    """A service that does as it is told, behind real HTTP."""

    @property
    def backend(self) -> Backend:
        """The backend under test."""

    @property
    def connection_id(self) -> str:
        """The id of the connection that the backend is for."""

    @property
    def streams_logs(self) -> bool:
        """Whether what the code prints comes while it runs; else it comes with the finished step."""

    def will(self, *turns: Turn) -> None:
        """Tells what the next run does."""

    def cut_stream_after(self, events: int) -> None:
        """Breaks the connection of the next run's stream after so many events."""

    def backend_with_key(self, key: str) -> Backend:
        """Another backend of the same service; the caller closes it."""
