"""One sandbox for all, and a conversation for each test."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from desktop_app.engine.interpreter.factory import make_interpreter
from desktop_app.engine.port import Session
from tests.engine.models.analyst.talk import Talk


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def session(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Session]:
    interpreter = make_interpreter(tmp_path_factory.mktemp("threads"))
    yield await interpreter.session("thread_1")
    await interpreter.aclose()


@pytest.fixture
def talk(session: Session, tmp_path: Path) -> Talk:
    return Talk(session, tmp_path)


@pytest.fixture
def another_talk(session: Session, tmp_path: Path) -> Callable[[], Talk]:
    return lambda: Talk(session, tmp_path)


@pytest.fixture(scope="session")
def data() -> Path:
    return Path(__file__).parents[3] / "data"


@pytest.fixture(scope="session")
def penguins() -> bytes:
    return (Path(__file__).parents[4] / "resources" / "samples" / "penguins.csv").read_bytes()
