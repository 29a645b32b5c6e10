"""Signing in in the system's browser."""

import asyncio
import threading
import webbrowser
from collections.abc import Callable

import pytest

from desktop_app.backends.entra.identity import EntraIdentity
from desktop_app.domain.connection import Connection, ConnectionKind, DeviceCode, Network, SignIn
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import Credential
from tests.harness.entra import Authority, answer_in_browser
from tests.harness.wait import until

CONNECTION = Connection(
    "c1", ConnectionKind.AZURE, "Azure", "https://res.openai.azure.com/openai/v1", sign_in=SignIn.BROWSER
)

Browser = Callable[[str], bool]
UseBrowser = Callable[[Browser], None]


@pytest.fixture
def use_browser(monkeypatch: pytest.MonkeyPatch) -> UseBrowser:
    """Let a function be the system's browser."""
    return lambda browser: monkeypatch.setattr(webbrowser, "open", browser)


def no_code(_code: DeviceCode) -> None:
    pytest.fail("A code was shown")


async def ask(credential: Credential) -> str:
    return await credential()


async def failure(identity: EntraIdentity) -> DeskError:
    with pytest.raises(DeskError) as caught:
        await identity.credential(CONNECTION, no_code)()
    return caught.value


def patient(use_browser: UseBrowser) -> list[str]:
    """Use a browser in which nothing happens; returns the pages that it shows."""
    pages: list[str] = []

    def browser(page: str) -> bool:
        pages.append(page)
        return True

    use_browser(browser)
    return pages


def waiting_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "entra"]


async def test_the_browser_opens_and_the_token_comes_when_the_person_has_answered(
    identity: EntraIdentity, authority: Authority, use_browser: UseBrowser
) -> None:
    pages = patient(use_browser)
    waiting = asyncio.create_task(ask(identity.credential(CONNECTION, no_code)))
    await until(lambda: pages)
    assert pages[0].startswith(f"https://{authority.place}/organizations/oauth2/v2.0/authorize?")
    await asyncio.to_thread(answer_in_browser, pages[0], authority)
    assert await waiting == authority.tokens[-1]
    assert "https://cognitiveservices.azure.com/.default" in authority.scopes[0]
    assert authority.forms[0]["code_verifier"]  # PKCE


async def test_one_window_for_all_who_ask_and_none_for_the_next_token(
    identity: EntraIdentity, authority: Authority, use_browser: UseBrowser
) -> None:
    pages: list[str] = []

    def browser(page: str) -> bool:
        pages.append(page)
        threading.Thread(target=answer_in_browser, args=(page, authority)).start()
        return True

    use_browser(browser)
    authority.lifetime = 120
    credential = identity.credential(CONNECTION, no_code)
    await asyncio.gather(credential(), credential())
    before = authority.tokens[-1]
    authority.lifetime = 3600
    assert before != await credential() == authority.tokens[-1]
    assert len(pages) == 1


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # azure-identity leaves its own to the collector
async def test_no_browser(identity: EntraIdentity, use_browser: UseBrowser) -> None:
    use_browser(lambda _page: False)
    error = await failure(identity)
    assert (error.code, error.info.data) == (ErrorCode.SIGN_IN_FAILED, {"cause": "browser"})


async def test_a_person_who_closes_the_window(authority: Authority, use_browser: UseBrowser) -> None:
    identity = EntraIdentity(authority.place, seconds=0.1)
    identity.use_network(Network(ca_file=str(authority.certificates.authority)))
    use_browser(lambda _page: True)
    assert (await failure(identity)).info.data == {"cause": "timeout"}


async def test_cancelling_ends_the_wait_and_the_next_sign_in_works(
    identity: EntraIdentity, authority: Authority, use_browser: UseBrowser
) -> None:
    pages = patient(use_browser)
    waiting = asyncio.create_task(ask(identity.credential(CONNECTION, no_code)))
    await until(lambda: pages)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await until(lambda: not waiting_threads())
    again = asyncio.create_task(ask(identity.credential(CONNECTION, no_code)))
    await until(lambda: len(pages) == 2)
    await asyncio.to_thread(answer_in_browser, pages[1], authority)
    assert await again == authority.tokens[-1]
