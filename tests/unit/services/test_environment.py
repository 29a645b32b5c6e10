"""Keys in the environment."""

import pytest

from desktop_app.domain.connection import Connection, ConnectionKind, SignIn
from desktop_app.services.environment import Offer, offers

OPENAI, AZURE = ConnectionKind.OPENAI, ConnectionKind.AZURE
KEY = "sk-environment-0123456789"


def offered(variable: str, kind: ConnectionKind, name: str, base_url: str) -> Offer:
    return Offer(variable, Connection("", kind, name, base_url, sign_in=SignIn.KEY))


def test_nothing_is_offered_where_nothing_is() -> None:
    assert offers({}) == ()
    assert offers({"OPENAI_API_KEY": " ", "AZURE_OPENAI_API_KEY": "", "AZURE_OPENAI_ENDPOINT": ""}) == ()


@pytest.mark.parametrize(
    ("address", "kind", "name", "base_url"),
    [
        ("", OPENAI, "OpenAI", "https://api.openai.com/v1"),
        ("https://eu.api.openai.com/v1/", OPENAI, "OpenAI", "https://eu.api.openai.com/v1"),
        ("http://127.0.0.1:8000", OPENAI, "127.0.0.1", "http://127.0.0.1:8000/v1"),
        ("https://res.openai.azure.com", AZURE, "res", "https://res.openai.azure.com/openai/v1"),
    ],
)
def test_openais_key_is_offered_for_its_address(address: str, kind: ConnectionKind, name: str, base_url: str) -> None:
    found = offers({"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": address})
    assert found == (offered("OPENAI_API_KEY", kind, name, base_url),)


def test_a_key_is_not_offered_for_an_address_it_was_not_meant_for() -> None:
    assert offers({"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "no address"}) == ()
    assert offers({"AZURE_OPENAI_API_KEY": KEY}) == ()
    assert offers({"AZURE_OPENAI_ENDPOINT": "https://res.openai.azure.com"}) == ()
    assert offers({"AZURE_OPENAI_API_KEY": KEY, "AZURE_OPENAI_ENDPOINT": "https://api.openai.com/v1"}) == ()


def test_both_are_offered_and_no_offer_holds_a_key() -> None:
    environment = {
        "OPENAI_API_KEY": KEY,
        "AZURE_OPENAI_API_KEY": KEY,
        "AZURE_OPENAI_ENDPOINT": "https://res.openai.azure.com/",
    }
    found = offers(environment)
    assert found == (
        offered("OPENAI_API_KEY", OPENAI, "OpenAI", "https://api.openai.com/v1"),
        offered("AZURE_OPENAI_API_KEY", AZURE, "res", "https://res.openai.azure.com/openai/v1"),
    )
    assert KEY not in repr(found)
