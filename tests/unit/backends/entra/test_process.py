"""Signing in, seen from the whole program: what it loads, what it leaves on disk, and that it ends."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app.backends.entra.identity import EntraIdentity
from desktop_app.domain.connection import Connection, ConnectionKind, SignIn
from desktop_app.domain.error import DeskError, ErrorCode
from tests.harness.entra import Authority
from tests.harness.source import ROOT

SIGN_IN = """
import asyncio, sys, webbrowser
from desktop_app.backends.entra.identity import EntraIdentity
from desktop_app.domain.connection import Connection, ConnectionKind, Network, SignIn

way, authority, ca_file, outcome = sys.argv[1:]

async def main():
    identity = EntraIdentity(authority)
    identity.use_network(Network(ca_file=ca_file))
    connection = Connection("c", ConnectionKind.AZURE, "A", "https://r.openai.azure.com/openai/v1", sign_in=SignIn(way))
    reached = asyncio.Event()
    loop = asyncio.get_running_loop()
    webbrowser.open = lambda page: not loop.call_soon_threadsafe(reached.set) or True
    waiting = asyncio.ensure_future(identity.credential(connection, lambda code: reached.set())())
    await reached.wait()
    if outcome == "token":
        print(await waiting)
    elif outcome == "cancelled":
        waiting.cancel()

asyncio.run(main())
print("ended")
"""

LOADED = """
import sys
import desktop_app.backends.entra.identity, desktop_app.app.main
print(*sorted({name.split(".")[0] for name in sys.modules}))
"""


def run(code: str, *arguments: str, home: Path) -> list[str]:
    command = [sys.executable, "-c", code, *arguments]
    environment = {**os.environ, "HOME": str(home), "TMPDIR": str(home), "XDG_CACHE_HOME": str(home)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


@pytest.mark.parametrize("way", [SignIn.BROWSER, SignIn.DEVICE_CODE])
@pytest.mark.parametrize("outcome", ["cancelled", "left"])
def test_a_program_that_ends_does_not_wait_for_a_person(
    authority: Authority, tmp_path: Path, way: SignIn, outcome: str
) -> None:
    arguments = (way, authority.place, str(authority.certificates.authority), outcome)
    assert run(SIGN_IN, *arguments, home=tmp_path) == ["ended"]


def test_nothing_is_left_on_disk(authority: Authority, tmp_path: Path) -> None:
    authority.approved.set()
    arguments = (SignIn.DEVICE_CODE, authority.place, str(authority.certificates.authority), "token")
    assert run(SIGN_IN, *arguments, home=tmp_path) == [authority.tokens[-1], "ended"]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_nothing_of_it_is_loaded_before_somebody_signs_in(tmp_path: Path) -> None:
    loaded = set(run(LOADED, home=tmp_path))
    assert "desktop_app" in loaded
    assert not loaded & {"azure", "msal", "requests", "cryptography"}


async def test_the_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "desktop_app.backends.entra.directory", raising=False)
    monkeypatch.setitem(sys.modules, "azure.identity", None)
    connection = Connection("c", ConnectionKind.AZURE, "A", "https://r.openai.azure.com", sign_in=SignIn.BROWSER)
    with pytest.raises(DeskError) as caught:
        await EntraIdentity().credential(connection, lambda _code: None)()
    assert caught.value.code is ErrorCode.SIGN_IN_UNAVAILABLE
    assert 'pip install "assistant-desk[entra]"' in caught.value.info.detail
