"""Interpreters with limits that are reached quickly."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from desktop_app.engine.interpreter.bubblewrap import Bubblewrap
from desktop_app.engine.interpreter.local import LocalInterpreter
from desktop_app.engine.port import Limits, Session

LIMITS = Limits(
    step_seconds=60,
    interrupt_grace_seconds=2,
    memory_bytes=1024**3,
    processes=32,
    disk_bytes=64 * 1024**2,
    file_bytes=32 * 1024**2,
    output_bytes=20_000,
    images=3,
)

MakeInterpreter = Callable[..., LocalInterpreter]


@pytest.fixture
async def make_interpreter(tmp_path: Path) -> AsyncIterator[MakeInterpreter]:
    """Make interpreters with other limits. All are closed at the end."""
    made: list[LocalInterpreter] = []

    def make(limits: Limits = LIMITS) -> LocalInterpreter:
        made.append(LocalInterpreter(tmp_path / "threads", limits, Bubblewrap(limits), keeps_spare=False))
        return made[-1]

    yield make
    for interpreter in made:
        await interpreter.aclose()


@pytest.fixture
def interpreter(make_interpreter: MakeInterpreter) -> LocalInterpreter:
    return make_interpreter()


@pytest.fixture
async def session(interpreter: LocalInterpreter) -> Session:
    return await interpreter.session("thread_1")
