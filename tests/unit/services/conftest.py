"""A bench for every test of the services."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.services.bench import Bench, benched


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with benched(tmp_path) as bench:
        yield bench


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A small file to attach."""
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2\n")
    return path
