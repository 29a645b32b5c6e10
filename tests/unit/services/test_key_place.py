"""Keys while connections change: known at once, kept when the keychain takes them, and gone with their connection."""

import asyncio
from dataclasses import replace

import pytest

from desktop_app.domain.connection import Connection, ConnectionKind, SignIn
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.services.credential import key_name
from desktop_app.stores.keychain import MemoryKeychain
from tests.harness.secret import new_secret
from tests.harness.wait import until
from tests.unit.services.bench import Bench

NOWHERE = Connection("", ConnectionKind.OPENAI, "Nowhere", "http://127.0.0.1:1/v1")
KEY = new_secret()


class SlowKeychain(MemoryKeychain):
    """A keychain that waits for the person before it changes anything.

    Attributes:
        unlocked: What the person does.
        kept: Every secret by its name.
    """

    def __init__(self) -> None:
        super().__init__()
        self.unlocked = asyncio.Event()
        self.error: ErrorCode | None = None

    @property
    def kept(self) -> dict[str, str]:
        return self._secrets

    async def set(self, name: str, secret: str) -> None:
        await self._wait()
        await super().set(name, secret)

    async def delete(self, name: str) -> None:
        await self._wait()
        await super().delete(name)

    async def _wait(self) -> None:
        await self.unlocked.wait()
        if self.error is not None:
            raise DeskError(self.error)


@pytest.fixture
async def keychain(bench: Bench) -> SlowKeychain:
    await bench.desk.aclose()
    bench.keychain = keychain = SlowKeychain()
    await bench.start()
    return keychain


async def saved(bench: Bench, connection: Connection, key: str | None = None, variable: str = "") -> Connection:
    """The connection as the list has it."""
    connections = bench.services.connections
    changes: list[None] = []
    disconnect = connections.changed.connect(changes.append)
    connections.save(connection, key, variable)
    await until(lambda: changes)
    disconnect()
    await asyncio.sleep(0)  # for what it has begun
    return connections.items[-1]


async def key_of(bench: Bench, connection: Connection) -> str:
    """What is sent for it."""
    name = key_name(connection)
    return await bench.memory.get(name) or await bench.keychain.get(name) or ""


async def test_a_key_is_known_while_the_keychain_waits(bench: Bench, keychain: SlowKeychain) -> None:
    connection = await saved(bench, NOWHERE, KEY)
    assert bench.services.connections.has_key(connection.id)
    assert (await key_of(bench, connection), keychain.kept) == (KEY, {})
    keychain.unlocked.set()
    await until(lambda: keychain.kept == {key_name(connection): KEY})
    await bench.restart()
    assert bench.services.connections.has_key(connection.id)


async def test_a_new_name_given_meanwhile_does_not_lose_the_key(bench: Bench, keychain: SlowKeychain) -> None:
    connection = await saved(bench, NOWHERE, KEY)
    renamed = await saved(bench, replace(connection, name="Renamed"))
    assert await key_of(bench, renamed) == KEY
    keychain.unlocked.set()
    await until(lambda: keychain.kept == {key_name(connection): KEY})


async def test_the_key_for_an_old_address_goes_even_if_the_connection_changes_again(
    bench: Bench, keychain: SlowKeychain
) -> None:
    keychain.unlocked.set()
    connection = await saved(bench, NOWHERE, KEY)
    await until(lambda: keychain.kept)
    keychain.unlocked.clear()
    moved = await saved(bench, replace(connection, base_url="http://127.0.0.1:2/v1"))
    await saved(bench, replace(moved, name="Renamed"))
    keychain.unlocked.set()
    await until(lambda: not keychain.kept)
    assert not bench.services.connections.has_key(connection.id)


async def test_a_variable_in_its_place_removes_the_key(bench: Bench, keychain: SlowKeychain) -> None:
    keychain.unlocked.set()
    connection = await saved(bench, NOWHERE, KEY)
    await until(lambda: keychain.kept)
    await saved(bench, replace(connection, name="Renamed"), None, "A_KEY")
    await until(lambda: not keychain.kept)
    assert bench.services.connections.variable(connection.id) == "A_KEY"


async def test_a_connection_that_is_removed_meanwhile_leaves_no_key(bench: Bench, keychain: SlowKeychain) -> None:
    connection = await saved(bench, NOWHERE, KEY)
    bench.services.connections.remove(connection.id)
    await until(lambda: len(bench.services.connections.items) == 1)
    keychain.unlocked.set()
    await until(lambda: not bench.desk._scope.is_running(f"key:{key_name(connection)}"))
    assert (await key_of(bench, connection), keychain.kept, bench.notices) == ("", {}, [])


async def test_without_a_keychain_nothing_is_said_of_a_key_that_cannot_be_in_it(
    bench: Bench, keychain: SlowKeychain
) -> None:
    keychain.error = ErrorCode.KEYCHAIN_MISSING
    keychain.unlocked.set()
    connection = await saved(bench, NOWHERE, KEY)
    await until(lambda: bench.notices)
    bench.services.connections.remove(connection.id)
    await until(lambda: len(bench.services.connections.items) == 1)
    await until(lambda: not bench.desk._scope.is_running(f"key:{key_name(connection)}"))
    assert bench.codes() == [ErrorCode.KEYCHAIN_MISSING]  # that the key is in memory only


async def test_signing_in_instead_of_a_key_signs_nobody_out(bench: Bench, keychain: SlowKeychain) -> None:
    keychain.unlocked.set()
    connection = await saved(bench, NOWHERE, KEY)
    await until(lambda: keychain.kept)
    await saved(bench, replace(connection, sign_in=SignIn.BROWSER))
    await until(lambda: not keychain.kept)
    assert bench.identity.forgotten == []
    bench.services.connections.remove(connection.id)
    await until(lambda: bench.identity.forgotten == [connection.id])


async def test_a_key_that_nobody_takes_is_said_and_not_shown_as_stored(bench: Bench, keychain: SlowKeychain) -> None:
    connection = await saved(bench, NOWHERE, "two\nlines")
    await until(lambda: bench.codes() == [ErrorCode.KEY_REJECTED])
    assert not bench.services.connections.has_key(connection.id)
    assert keychain.kept == {}
