"""Signing in with a code that is typed elsewhere, and what every sign-in has in common."""

import asyncio
import logging
import socket

import pytest

from desktop_app.backends.entra.identity import EntraIdentity
from desktop_app.domain.connection import Connection, ConnectionKind, DeviceCode, Network, SignIn
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import Credential
from tests.harness.entra import ACCOUNT, Authority
from tests.harness.wait import until

PROJECT = "https://res.services.ai.azure.com/api/projects/p"
CONNECTION = Connection("c1", ConnectionKind.AGENT_SERVICE, "Agents", PROJECT, sign_in=SignIn.DEVICE_CODE)


def nobody(_code: DeviceCode) -> None:
    pytest.fail("A code was shown")


async def ask(credential: Credential) -> str:
    return await credential()


def refused(authority: Authority, words: str, error: str = "invalid_grant", grant: str = "device_code") -> None:
    authority.refusal[grant] = {"error": error, "error_description": words}


async def failure(identity: EntraIdentity, connection: Connection = CONNECTION) -> DeskError:
    with pytest.raises(DeskError) as caught:
        await identity.credential(connection, lambda _code: None)()
    return caught.value


async def test_the_code_is_shown_and_the_token_comes_when_it_was_typed(
    identity: EntraIdentity, authority: Authority
) -> None:
    codes: list[DeviceCode] = []
    waiting = asyncio.create_task(ask(identity.credential(CONNECTION, codes.append)))
    await until(lambda: codes)
    assert codes == [DeviceCode("https://microsoft.example/devicelogin", "CODE1")]
    assert not waiting.done()
    authority.approved.set()
    assert await waiting == "access-token-0"
    assert "https://ai.azure.com/.default" in authority.scopes[0]


async def test_one_sign_in_is_enough_for_all_who_ask(identity: EntraIdentity, authority: Authority) -> None:
    authority.approved.set()
    shown: list[DeviceCode] = []
    credentials = [identity.credential(CONNECTION, shown.append) for _ in range(3)]
    assert await asyncio.gather(*(credential() for credential in credentials)) == ["access-token-0"] * 3
    assert await identity.credential(CONNECTION, nobody)() == "access-token-0"
    assert (len(authority.scopes), len(authority.tokens)) == (1, 1)


async def test_another_connection_has_a_sign_in_of_its_own(identity: EntraIdentity, authority: Authority) -> None:
    authority.approved.set()
    other = Connection("c2", ConnectionKind.AZURE, "Azure", "https://res.openai.azure.com/openai/v1")
    azure = Connection("c2", other.kind, other.name, other.base_url, sign_in=SignIn.DEVICE_CODE, tenant="contoso")
    for connection in (CONNECTION, azure):
        await identity.credential(connection, lambda _code: None)()
    assert "https://cognitiveservices.azure.com/.default" in authority.scopes[1]
    assert len(authority.tokens) == 2


async def test_a_token_that_will_expire_is_replaced_without_asking_anybody(
    identity: EntraIdentity, authority: Authority
) -> None:
    authority.approved.set()
    authority.lifetime = 120
    assert await identity.credential(CONNECTION, lambda _code: None)() == authority.tokens[-1]
    used = authority.tokens[-1]
    authority.lifetime = 3600
    token = identity.credential(CONNECTION, nobody)
    assert used != await token() == authority.tokens[-1]
    assert authority.forms[-1]["grant_type"] == "refresh_token"
    count = len(authority.tokens)
    assert await token() == authority.tokens[-1]
    assert len(authority.tokens) == count


async def test_a_sign_in_that_was_revoked_is_asked_for_again(identity: EntraIdentity, authority: Authority) -> None:
    authority.approved.set()
    authority.lifetime = 120
    codes: list[DeviceCode] = []
    token = identity.credential(CONNECTION, codes.append)
    await token()
    refused(authority, "AADSTS50173: The grant has been revoked", grant="refresh_token")
    authority.lifetime = 3600
    assert await token() == authority.tokens[-1]
    assert [code.code for code in codes] == ["CODE1", "CODE2"]


@pytest.mark.parametrize(
    ("error", "words", "cause"),
    [
        ("authorization_declined", "AADSTS70000: declined", "cancelled"),
        ("expired_token", "AADSTS70019: Verification code expired.", "timeout"),
        ("invalid_grant", f"AADSTS50020: User account '{ACCOUNT}' does not exist in tenant 'Contoso'", "tenant"),
        ("invalid_grant", f"AADSTS53003: Access of {ACCOUNT} has been blocked", "refused"),
    ],
)
async def test_a_refusal_says_why_and_names_no_account(
    identity: EntraIdentity, authority: Authority, error: str, words: str, cause: str
) -> None:
    refused(authority, f"{words} Correlation ID: 12-ab Timestamp: now", error)
    info = (await failure(identity)).info
    assert (info.code, info.data) == (ErrorCode.SIGN_IN_FAILED, {"cause": cause})
    assert info.detail == f"{words.partition(':')[0]} Correlation ID: 12-ab"


@pytest.mark.parametrize("tenant", ["nowhere", "no tenant at all!"])
async def test_a_directory_that_does_not_exist(identity: EntraIdentity, tenant: str) -> None:
    connection = Connection("c1", CONNECTION.kind, "Agents", PROJECT, sign_in=SignIn.DEVICE_CODE, tenant=tenant)
    error = await failure(identity, connection)
    assert (error.code, error.info.data) == (ErrorCode.SIGN_IN_FAILED, {"cause": "tenant"})


async def test_after_a_failure_the_next_one_who_asks_signs_in_anew(
    identity: EntraIdentity, authority: Authority
) -> None:
    refused(authority, "AADSTS70019: expired", "expired_token")
    await failure(identity)
    authority.refusal.clear()
    authority.approved.set()
    assert await identity.credential(CONNECTION, lambda _code: None)() == "access-token-0"


async def test_a_person_who_takes_too_long(authority: Authority) -> None:
    identity = EntraIdentity(authority.place, seconds=0.1)
    identity.use_network(Network(ca_file=str(authority.certificates.authority)))
    assert (await failure(identity)).info.data == {"cause": "timeout"}


async def test_cancelling_ends_the_sign_in_and_the_next_one_works(
    identity: EntraIdentity, authority: Authority
) -> None:
    codes: list[DeviceCode] = []
    waiting = asyncio.create_task(ask(identity.credential(CONNECTION, codes.append)))
    await until(lambda: authority.polls)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    authority.approved.set()
    assert await identity.credential(CONNECTION, codes.append)() == "access-token-0"
    assert [code.code for code in codes] == ["CODE1", "CODE2"]
    assert len(authority.tokens) == 1  # and none for the sign-in that was cancelled


async def test_whoever_stops_waiting_does_not_end_it_for_others(identity: EntraIdentity, authority: Authority) -> None:
    first: list[DeviceCode] = []
    second: list[DeviceCode] = []
    leaving = asyncio.create_task(ask(identity.credential(CONNECTION, first.append)))
    await until(lambda: first)
    staying = asyncio.create_task(ask(identity.credential(CONNECTION, second.append)))
    await until(lambda: second)
    assert first == second
    leaving.cancel()
    authority.approved.set()
    assert await staying == "access-token-0"
    assert len(authority.scopes) == 1


async def test_signing_out_forgets_the_token_and_tells_whoever_waits(
    identity: EntraIdentity, authority: Authority
) -> None:
    codes: list[DeviceCode] = []
    waiting = asyncio.create_task(failure(identity))
    await until(lambda: authority.polls)
    await identity.forget("c1")
    assert (await waiting).info.data == {"cause": "cancelled"}
    authority.approved.set()
    token = identity.credential(CONNECTION, codes.append)
    assert await token() == await token()
    await identity.forget("c1")
    await token()
    assert len(codes) == 2


async def test_an_authority_that_is_not_there(identity: EntraIdentity, authority: Authority) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        elsewhere = EntraIdentity(f"localhost:{probe.getsockname()[1]}")  # it is bound, and does not listen
    error = await failure(elsewhere)
    assert (error.code, error.info.data["cause"]) == (ErrorCode.CONNECTION_FAILED, "refused")
    identity.use_network(Network())
    error = await failure(identity)
    assert (error.code, error.info.data["cause"]) == (ErrorCode.CERTIFICATE_INVALID, "untrusted")
    assert authority.scopes == []


async def test_no_log_holds_a_token_or_an_account(
    identity: EntraIdentity, authority: Authority, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    authority.approved.set()
    authority.lifetime = 120
    token = identity.credential(CONNECTION, lambda _code: None)
    await token()
    await token()
    refused(authority, f"AADSTS50020: {ACCOUNT}", grant="refresh_token")
    refused(authority, f"AADSTS50020: {ACCOUNT}")
    error = await failure(identity)
    kept = caplog.text + repr(error.info) + repr(error.__cause__) + repr(error.__context__)
    secrets = [*authority.tokens, "refresh-token", ACCOUNT]
    assert len(secrets) > 3
    assert [secret for secret in secrets if secret in kept] == []
