"""A language model is connected by mouse and keyboard, and does the whole job; its key is in the keychain alone."""

import csv
import socket
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backends.fail
import psutil
import pytest
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from desktop_app.stores.settings import JsonSettings
from desktop_app.system.path import locate
from tests.app.person import Person, person_at_window
from tests.harness.chat_server import ChatServer, Dialect, Failure, Reply
from tests.harness.secret import traces

CODE = """
import pandas as pd
table = pd.read_csv("/mnt/data/table.csv")
table.plot.bar(x="city", y="people")
table.sort_values("people").to_csv("/mnt/data/sorted.csv", index=False)
print(table.people.sum())
"""
PROBED = Reply(code="print(6 * 7)")
JOB = (Reply("Let me see.", CODE), Reply("They are **459**. See [the table](sandbox:/mnt/data/sorted.csv)."))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Return a small file."""
    path = tmp_path / "table.csv"
    path.write_text("city,people\nUlm,128\nBonn,331\n")
    return path


@pytest.fixture
def no_keychain() -> Iterator[None]:
    """Take the system's keychain away."""
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.fail.Keyring())  # type: ignore[no-untyped-call]  # keyring's own
    yield
    keyring.set_keyring(before)


async def check(person: Person, address: str, key: str, model: str = "") -> str:
    """Fill in the dialog, press Test, and return what it says."""
    if not person.all("connect-dialog", QWidget):
        await person.click("connection")
        await person.choose("Connect a model…")
    for name, words in (("endpoint-url", address), ("endpoint-key", key), ("endpoint-model", model)):
        await person.fill(name, words)
    await person.click("endpoint-test")
    result = await person.see_a(QFrame, "endpoint-result")
    labels = result.findChildren(QLabel)
    await person.until(lambda: not any(label.text().startswith("Testing") for label in labels), "the test to end")
    return " ".join(label.text() for label in labels)


async def connect(person: Person, server: ChatServer) -> None:
    """Connect a model that passes the test."""
    words = await check(person, server.base_url, server.key)
    assert "It lists one model" in words
    await person.click("endpoint-connect")
    card = await person.see("connection")
    await person.until(lambda: "test-model" in card.accessibleName(), "the model to be connected")
    await person.until(lambda: not person.all("endpoint-url", QWidget), "the dialog to go")


async def do_the_job(person: Person, table: Path) -> None:
    """Drop the file and ask, until the answer is there."""
    await person.drop(table)
    await person.ask("How many people are there?")
    await person.read("They are 459")
    await person.see_the_run_end()
    await person.until(lambda: "sorted.csv, 29 bytes" in person.chips, "the file to be here")


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    "dialect",
    [
        Dialect.OPENAI,
        Dialect.WHOLE_ARGUMENTS,
        Dialect.NO_IDS_NO_INDEX,
        Dialect.FINISH_STOP,
        Dialect.REFUSES_TOOLS,
    ],
)
async def test_a_model_behind_any_server_does_the_job(dialect: Dialect, table: Path, tmp_path: Path) -> None:
    with ChatServer([PROBED, *JOB], dialect) as server:
        async with person_at_window() as person:
            await connect(person, server)
            await do_the_job(person, table)
            await person.see("figure")
            await person.read("459\n")
            await person.click("file-chip-save")
            await person.save_as(tmp_path / "kept.csv")
    rows = list(csv.reader((tmp_path / "kept.csv").read_text().splitlines()))
    assert rows == [["city", "people"], ["Ulm", "128"], ["Bonn", "331"]]


async def test_complaint_16_the_key_is_in_the_keychain_and_nowhere_else(home: Path, table: Path) -> None:
    with ChatServer([PROBED, *JOB, *JOB]) as server:
        async with person_at_window() as person:
            await connect(person, server)
            await do_the_job(person, table)
            assert len(psutil.Process().children(recursive=True)) >= 2, "an engine and a sandbox"
            assert traces(home) == []
        assert traces(home) == []

        async with person_at_window() as person:
            await person.read("They are 459")
            await do_the_job(person, table)
    assert len(server.requests) == 5


@pytest.mark.usefixtures("home", "no_keychain")
async def test_without_a_keychain_the_key_is_kept_for_this_run(table: Path) -> None:
    with ChatServer([PROBED, *JOB]) as server:
        async with person_at_window() as person:
            await connect(person, server)
            await person.read_label("the key is kept in memory until the program ends")
            await do_the_job(person, table)

        async with person_at_window() as person:
            await person.ask("And now?")
            await person.click("error-action")
            await person.see("connect-dialog")
            await person.click("endpoint-cancel")


@pytest.mark.usefixtures("no_keychain")
async def test_a_keychain_that_is_gone_is_said_at_the_start(server: ChatServer) -> None:
    JsonSettings(locate().settings).set("endpoint.has_key", "yes")
    async with person_at_window() as person:
        await person.see("banner")
        await person.read_label("This system has no keychain", seconds=2)
    assert server.requests == []


@pytest.mark.usefixtures("home")
async def test_what_is_wrong_with_an_endpoint_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nowhere = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
    html = Failure(404, body="<!doctype html><title>Router</title>")
    with (
        ChatServer() as server,
        ChatServer(models=html) as router,
        ChatServer([Failure(404, 'model "nothing" not found')]) as other,
    ):
        async with person_at_window() as person:
            assert "does not accept the key" in await check(person, server.base_url, "sk-wrong")
            assert "Nothing answers at 127.0.0.1" in await check(person, nowhere, "")
            assert "No model service answers at this address" in await check(person, router.base_url, router.key)
            assert "“nothing” is not available" in await check(person, other.base_url, other.key, "nothing")
            await person.click("endpoint-cancel")
            await person.read_label("Built-in analyst")


@pytest.mark.usefixtures("home")
async def test_a_key_that_is_no_longer_valid_is_said_and_can_be_replaced() -> None:
    with ChatServer([PROBED, Failure(401, "Revoked"), PROBED, Reply("Here I am.")]) as server:
        async with person_at_window() as person:
            await connect(person, server)
            await person.ask("Are you there?")
            await person.click("error-action")
            await connect(person, server)
            await person.click("retry")
            await person.read("Here I am.")
            await person.see_the_run_end()
            assert person.says("Are you there?") == 1
