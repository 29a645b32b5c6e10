"""What every keychain does. A subclass brings the fixture `keychain`."""

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

    @pytest.mark.parametrize("secret", ["p\N{LATIN SMALL LETTER A WITH DIAERESIS}ss", "\N{KEY}" * 700, " a b "])
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
