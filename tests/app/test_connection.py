"""Each kind of service, by mouse and keyboard: connected, asked, broken off, taken up again."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from desktop_app.domain.connection import ConnectionKind, SignIn
from desktop_app.gui.text import sign_in_name
from tests.app.cloud import JOB, MODEL, Cloud, azure_command_line, cloud
from tests.app.person import Person, person_at_window
from tests.contract.scenario import Say
from tests.harness.secret import traces

KINDS = [kind for kind in ConnectionKind if kind is not ConnectionKind.ENGINE]


@pytest.fixture(params=KINDS)
def service(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    with cloud(request.param, tmp_path) as service:
        if service.needs_sign_in:
            commands = azure_command_line(tmp_path / "commands", service.secret)
            monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
        yield service


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text("city,people\nUlm,128\nBonn,331\n")
    return path


async def fill_in(person: Person, service: Cloud) -> None:
    """Opens the dialog and fills in what the kind needs."""
    await person.click("connection")
    await person.choose("Add a connection…")
    await person.click(f"connection-kind-{service.kind}")
    if service.kind is ConnectionKind.OPENAI:
        await person.click("connection-other-address")
    await person.fill("connection-url", service.address)
    if service.needs_sign_in:
        await person.click("connection-sign-in")
        await person.choose(sign_in_name(SignIn.AZURE_CLI))
    else:
        await person.fill("connection-key", service.secret)
    await person.fill("connection-model", MODEL)


async def connect(person: Person, service: Cloud) -> None:
    """Adds the connection; the open thread goes on there."""
    await fill_in(person, service)
    service.will(Say("Hello."))
    await person.click("connection-save")
    await person.until(lambda: not person.all("connection-dialog", QWidget), "the dialog to go")
    card = await person.see("connection")
    await person.until(lambda: MODEL in card.accessibleName(), "the thread to be there")


async def test_complaint_16_a_connected_service_does_the_whole_job(
    home: Path, service: Cloud, table: Path, tmp_path: Path
) -> None:
    async with person_at_window() as person:
        await connect(person, service)
        service.will(*JOB)
        await person.drop(table)
        await person.ask("Plot it")
        await person.read("Here is the table")
        await person.see_the_run_end()
        assert "frame.plot()" in person.transcript_text()
        assert "two rows" in person.transcript_text()
        await person.see("figure")
        await person.click("file-chip-save")
        await person.save_as(tmp_path / "kept.csv")
        assert (tmp_path / "kept.csv").read_bytes() == b"abc"
        for events in (1, 6, 12):
            service.will(*JOB)
            service.cut_stream_after(events)
            await person.ask(f"Again, {events}")
            await person.read(f"Again, {events}")
            await person.see_the_run_end()
        assert person.says("Here is the table") == 4
        assert traces(home) == []

    async with person_at_window() as person:
        await person.read("Again, 12")
        service.will(*JOB)
        await person.ask("And after a restart?")
        await person.read("And after a restart?")
        await person.see_the_run_end()
        assert person.transcript_text().rstrip().endswith("Here is the table.")
    assert traces(home) == []
