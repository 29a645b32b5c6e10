"""How many runs there are: `--runs 10000` for all of them, a sample otherwise."""

import pytest

SAMPLE = 200


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--runs", type=int, default=SAMPLE, help="how many broken runs tests/property listens to")


@pytest.fixture
def runs(request: pytest.FixtureRequest) -> int:
    """Return how many runs there are for each of the two adapters."""
    return int(request.config.getoption("--runs", SAMPLE)) // 2
