"""What people paste as an address."""

import pytest

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.models.chat.address import candidates


@pytest.mark.parametrize(
    ("pasted", "first"),
    [
        ("localhost:11434", "http://localhost:11434/v1"),
        ("  http://localhost:1234/ \n", "http://localhost:1234/v1"),
        ("http://localhost:1234/v1/chat/completions", "http://localhost:1234/v1"),
        ("https://api.example.com/v1/models", "https://api.example.com/v1"),
        ("https://api.example.com/v1/models/gpt?x=1#y", "https://api.example.com/v1"),
        ("api.example.com", "https://api.example.com/v1"),
        ("API.Example.com:8443/v1/", "https://api.example.com:8443/v1"),
        ("http://api.example.com/v1", "https://api.example.com/v1"),
        ("0.0.0.0:8000", "http://127.0.0.1:8000/v1"),
        ("http://[::]:8080", "http://[::1]:8080/v1"),
        ("http://localhost:11434/api/chat", "http://localhost:11434/v1"),
        ("http://localhost:1234/api/v0/models", "http://localhost:1234/v1"),
        ("https://example.openai.azure.com/openai/v1/", "https://example.openai.azure.com/openai/v1"),
        ("https://ai.example.com/v1beta/openai/", "https://ai.example.com/v1beta/openai"),
        ("https://openrouter.example/api/v1", "https://openrouter.example/api/v1"),
        ('"192.168.1.5:8000"', "http://192.168.1.5:8000/v1"),
        ("desk.local:8000", "http://desk.local:8000/v1"),
        ("http:/localhost:1", "http://localhost:1/v1"),
        ("https://example.com/proxy", "https://example.com/proxy"),
    ],
)
def test_the_likeliest_address_comes_first(pasted: str, first: str) -> None:
    assert candidates(pasted)[0] == first


def test_a_path_of_its_own_is_tried_with_and_without_version() -> None:
    assert candidates("https://a.example/proxy") == ("https://a.example/proxy", "https://a.example/proxy/v1")


def test_a_name_far_away_never_gets_a_key_unencrypted_by_itself() -> None:
    assert all(address.startswith("https://") for address in candidates("api.example.com"))


@pytest.mark.parametrize(
    ("pasted", "cause"),
    [
        ("", "address"),
        ("http://", "address"),
        ("ftp://localhost", "scheme"),
        ("localhost:99999", "address"),
        ("http://[::1", "address"),
        ("http://me:secret@localhost", "credentials"),
    ],
)
def test_no_address(pasted: str, cause: str) -> None:
    with pytest.raises(DeskError) as caught:
        candidates(pasted)
    assert caught.value.code is ErrorCode.ADDRESS_INVALID
    assert caught.value.info.data["cause"] == cause
    assert "secret" not in str(caught.value)
