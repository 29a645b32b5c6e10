"""What was sent to sign in stays out of whatever shall be shown."""

import base64
from urllib.parse import quote

import httpx2
import pytest

from desktop_app.backends.wire.bearer import Bearer
from desktop_app.domain.error import DeskError, ErrorCode

SECRET = "sk-proj-a+very/secret=key-of-a-person-wxyz"


@pytest.fixture
async def bearer() -> Bearer:
    async def credential() -> str:
        return SECRET

    bearer = Bearer(credential)
    async for _ in bearer.async_auth_flow(httpx2.Request("GET", "http://service.test")):
        break
    return bearer


def shown(bearer: Bearer, words: str) -> str:
    info = bearer.scrubbed(DeskError(ErrorCode.UNAUTHORIZED, words, message=words)).info
    assert info.detail == info.data["message"]
    return info.detail


@pytest.mark.parametrize(
    "echo",
    [
        SECRET,
        quote(SECRET, safe=""),
        base64.b64encode(SECRET.encode()).decode(),
        "sk-proj-********************wxyz",
        "sk-pr...wxyz",
        "sk-proj-a…",
        "••••wxyz",
    ],
)
def test_no_form_and_no_end_of_a_key_is_shown(bearer: Bearer, echo: str) -> None:
    words = shown(bearer, f"Incorrect API key provided: {echo}. You can find it there.")
    assert words.rstrip("=").startswith("Incorrect API key provided: …")
    assert words.endswith(". You can find it there.")
    assert not any(part in words for part in ("sk-", "wxyz", "secret", quote("/secret", safe="")))


@pytest.mark.parametrize("words", ["Please wait...", "It is **very** bold… or *** not", "gpt-4...mini", "a_b******"])
def test_other_words_stay_as_they_are(bearer: Bearer, words: str) -> None:
    assert shown(bearer, words) == words


def test_a_long_message_is_cut_short_and_not_in_the_middle_of_a_key(bearer: Bearer) -> None:
    words = shown(bearer, "x" * 1_990 + SECRET + "y" * 10_000)
    assert words == "x" * 1_990 + "…" + "y" * 9


def test_errors_that_are_told_in_the_middle_are_clean_and_answers_are_left_alone(bearer: Bearer) -> None:
    said = {"message": f"Wrong: {SECRET}", "more": [SECRET, 1]}
    told = bearer.clean({"output": SECRET, "response": {"error": said}, "data": [{"last_error": SECRET}, 1]})
    clean = {"message": "Wrong: …", "more": ["…", 1]}
    assert told == {"output": SECRET, "response": {"error": clean}, "data": [{"last_error": "…"}, 1]}
