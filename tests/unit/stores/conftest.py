"""A real archive in a real folder."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from desktop_app.domain.entity import Thread
from desktop_app.stores.archive import SqliteArchive

THREAD = Thread("thread", "Sales", "assistant", 1.0, 2.0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the archive lives."""
    return tmp_path / "archive"


@pytest.fixture
async def archive(folder: Path) -> AsyncIterator[SqliteArchive]:
    """An archive with one thread."""
    opened = await SqliteArchive.open(folder)
    await opened.save_thread(THREAD)
    yield opened
    await opened.aclose()
