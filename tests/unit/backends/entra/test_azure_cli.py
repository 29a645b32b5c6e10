"""Signing in as whoever `az login` signed in: a program named az, which is started."""

import asyncio
import json
import time
from pathlib import Path

import pytest

from desktop_app.backends.entra.identity import EntraIdentity
from desktop_app.domain.connection import Connection, ConnectionKind, SignIn
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import Credential
from tests.harness.entra import ACCOUNT
from tests.harness.wait import until

PROJECT = "https://res.services.ai.azure.us/api/projects/p/openai/v1"


def credential(tenant: str = "") -> Credential:
    connection = Connection("c1", ConnectionKind.FOUNDRY, "F", PROJECT, sign_in=SignIn.AZURE_CLI, tenant=tenant)
    return EntraIdentity().credential(connection, lambda _code: pytest.fail("A code was shown"))


def install(programs: Path, script: str) -> None:
    program = programs / "az"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def answer(token: str, seconds: float = 3600) -> str:
    return f"echo '{json.dumps({'accessToken': token, 'expires_on': int(time.time() + seconds)})}'"


async def failure() -> DeskError:
    with pytest.raises(DeskError) as caught:
        await credential()()
    return caught.value


async def test_the_token_is_for_the_service_and_the_directory(programs: Path) -> None:
    install(programs, f'echo "$@" >> {programs}/asked\n{answer("cli-token")}')
    token = credential("contoso.example")
    assert [await token(), await token()] == ["cli-token", "cli-token"]
    asked = (programs / "asked").read_text().splitlines()
    assert asked == ["account get-access-token --output json --resource https://ai.azure.us --tenant contoso.example"]


async def test_a_token_that_will_expire_is_asked_for_again(programs: Path) -> None:
    install(programs, answer("old-token", seconds=60))
    token = credential()
    assert await token() == "old-token"
    install(programs, answer("new-token"))
    assert await token() == "new-token"


@pytest.mark.parametrize(
    ("script", "cause"),
    [
        ("""echo "ERROR: Please run 'az login' to setup account." >&2; exit 1""", "cli_signed_out"),
        (f"echo 'ERROR: AADSTS700082: {ACCOUNT} expired. Run: az login --scope x' >&2; exit 1", "cli_signed_out"),
        (f"echo 'ERROR: AADSTS50020: {ACCOUNT} is not here. Run: az login --tenant x' >&2; exit 1", "tenant"),
        ("exit 127", "cli_missing"),
        ("echo broken >&2; exit 1", "refused"),
        ("""echo '{"accessToken": "cli-secret", "expires": 1}'""", "refused"),
    ],
)
async def test_what_is_wrong_with_it(programs: Path, script: str, cause: str) -> None:
    install(programs, script)
    info = (await failure()).info
    assert (info.code, info.data) == (ErrorCode.SIGN_IN_FAILED, {"cause": cause})
    assert not any(secret in repr(info) for secret in (ACCOUNT, "cli-secret"))


@pytest.mark.usefixtures("programs")
async def test_it_is_not_installed() -> None:
    assert (await failure()).info.data == {"cause": "cli_missing"}


async def test_cancelling_does_not_wait_for_it(programs: Path) -> None:
    install(programs, f"echo > {programs}/started\nread -r _ < {programs}/gate")
    gate = programs / "gate"
    await (await asyncio.create_subprocess_exec("/usr/bin/mkfifo", gate)).wait()
    waiting = asyncio.create_task(_ask(credential()))
    await until((programs / "started").exists)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await asyncio.to_thread(gate.write_text, "\n")  # lets it end


async def _ask(token: Credential) -> str:
    return await token()
