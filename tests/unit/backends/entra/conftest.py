"""An authority that every test of this folder signs in to."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from desktop_app.backends.entra.identity import EntraIdentity
from desktop_app.domain.connection import Network
from tests.harness import entra
from tests.harness.entra import Authority


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> entra.Certificates:
    return entra.make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def authority(certificates: entra.Certificates) -> Iterator[Authority]:
    with entra.running(certificates) as authority:
        yield authority


@pytest.fixture
async def identity(authority: Authority) -> AsyncIterator[EntraIdentity]:
    identity = EntraIdentity(authority.place, seconds=30)
    identity.use_network(Network(ca_file=str(authority.certificates.authority)))
    yield identity
    await identity.aclose()


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder where programs are looked for first; empty."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder
