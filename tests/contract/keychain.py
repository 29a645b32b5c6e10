"""What every keychain does. A subclass brings the fixture `keychain`."""

import asyncio
import logging
import traceback

import pytest

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import Keychain

KEY = "sk-" + "k3y" * 20
LONG = "".join(f"{number:04x}" for number in range(500))


class KeychainContract:
    """Subclass it and define the fixture `keychain`."""

    async def test_gives_back_what_was_stored(self, keychain: Keychain) -> None:
        await keychain.set("endpoint", KEY)
        assert await keychain.get("endpoint") == KEY

    async def test_has_nothing_at_first(self, keychain: Keychain) -> None:
        assert await keychain.get("endpoint") is None

    async def test_names_are_apart(self, keychain: Keychain) -> None:
        await keychain.set("http://a/v1", "one")
        await keychain.set("http://b/v1", "two")
        assert (await keychain.get("http://a/v1"), await keychain.get("http://b/v1")) == ("one", "two")

    async def test_each_connection_has_its_own_key(self, keychain: Keychain) -> None:
        first = f"connection connection_{'1' * 32} api.openai.com"
        second = f"connection connection_{'2' * 32} api.openai.com"
        moved = f"connection connection_{'1' * 32} elsewhere.example"
        await keychain.set(first, KEY)
        assert (await keychain.get(second), await keychain.get(moved)) == (None, None)
        await keychain.set(second, LONG)
        await keychain.delete(first)
        assert (await keychain.get(first), await keychain.get(second)) == (None, LONG)

    async def test_long_names_are_told_apart_by_their_end(self, keychain: Keychain) -> None:
        name = f"model-endpoint https://gateway.example/{'deployment/' * 100}"
        await keychain.set(f"{name}a", "one")
        await keychain.set(f"{name}b", LONG)
        assert (await keychain.get(f"{name}a"), await keychain.get(f"{name}b")) == ("one", LONG)
        await keychain.delete(f"{name}a")
        assert (await keychain.get(f"{name}a"), await keychain.get(f"{name}b")) == (None, LONG)

    async def test_what_is_done_at_the_same_time_is_all_done(self, keychain: Keychain) -> None:
        await keychain.set("old", LONG)
        secrets = {f"connection {number}": (KEY if number % 2 else LONG) + str(number) for number in range(6)}
        writes = [keychain.set(name, secret) for name, secret in secrets.items()]
        await asyncio.gather(*writes, keychain.delete("old"), keychain.get("old"))
        assert {name: await keychain.get(name) for name in secrets} == secrets
        assert await keychain.get("old") is None

    @pytest.mark.parametrize("first", ["short", LONG])
    @pytest.mark.parametrize("second", ["brief", LONG[::-1], LONG[:1_500]])
    async def test_a_new_secret_replaces_the_old(self, keychain: Keychain, first: str, second: str) -> None:
        await keychain.set("endpoint", first)
        await keychain.set("endpoint", second)
        assert await keychain.get("endpoint") == second

    @pytest.mark.parametrize("secret", ["short", LONG])
    async def test_what_was_deleted_is_gone(self, keychain: Keychain, secret: str) -> None:
        await keychain.set("endpoint", secret)
        await keychain.delete("endpoint")
        assert await keychain.get("endpoint") is None

    async def test_deleting_what_is_not_there_is_no_error(self, keychain: Keychain) -> None:
        await keychain.delete("endpoint")
        assert await keychain.get("endpoint") is None

    @pytest.mark.parametrize(
        "secret",
        ["p\N{LATIN SMALL LETTER A WITH DIAERESIS}ss", "\N{KEY}" * 700, " a b ", "x" * 600, "x" * 601, LONG * 8],
    )
    async def test_keeps_any_printable_text(self, keychain: Keychain, secret: str) -> None:
        await keychain.set("endpoint", secret)
        assert await keychain.get("endpoint") == secret

    @pytest.mark.parametrize("secret", ["", "a\nb", "a\0b", "\ud800", "x" * 20_000])
    async def test_refuses_what_no_key_is(self, keychain: Keychain, secret: str) -> None:
        with pytest.raises(DeskError) as caught:
            await keychain.set("endpoint", secret)
        assert caught.value.code is ErrorCode.KEY_REJECTED
        assert await keychain.get("endpoint") is None

    async def test_complaint_16_no_secret_in_log_or_repr(
        self, keychain: Keychain, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        await keychain.set("endpoint", KEY)
        await keychain.get("endpoint")
        with pytest.raises(DeskError) as caught:
            await keychain.set("endpoint", f"{KEY}\n")
        shown = "".join(traceback.format_exception(caught.value))
        assert KEY not in caplog.text + shown + repr(keychain) + str(keychain)
