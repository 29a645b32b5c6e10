"""Runs a step to its end and gathers what came of it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import cast

from desktop_app.engine.port import ExecutionEvent, FileChanged, Finished, Image, Logs, Session


@dataclass(frozen=True, slots=True)
class Step:
    """A finished step: everything it told, and what stands at its end."""

    events: tuple[ExecutionEvent, ...]
    end: Finished

    @property
    def logs(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Logs))

    @property
    def images(self) -> list[Image]:
        return [event for event in self.events if isinstance(event, Image)]

    @property
    def files(self) -> list[str]:
        return [event.name for event in self.events if isinstance(event, FileChanged)]


def follow(session: Session, code: str) -> AsyncGenerator[ExecutionEvent, None]:
    """Return the events as they come, closable."""
    return cast("AsyncGenerator[ExecutionEvent, None]", session.execute(code))


async def run(session: Session, code: str) -> Step:
    """Return the step once it is over; `Finished` must come once, at the end."""
    events = [event async for event in session.execute(code)]
    ends = [event for event in events if isinstance(event, Finished)]
    assert ends == events[-1:]
    return Step(tuple(events[:-1]), ends[0])


async def read(session: Session, name: str) -> bytes:
    """Return the bytes of a file in `/mnt/data`."""
    with await session.open_file(name) as stream:
        return stream.read()
