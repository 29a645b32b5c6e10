"""Without a working sandbox no code runs, files are kept, and the reason and the remedy are told."""

import os
from pathlib import Path

import pytest

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.interpreter import diagnosis, factory, user
from desktop_app.engine.interpreter.bubblewrap import Bubblewrap
from desktop_app.engine.interpreter.local import LocalInterpreter
from tests.contract.step import read, run
from tests.engine.interpreter.conftest import LIMITS


def fake_bwrap(folder: Path, version: str, script: str) -> str:
    """Return the path of a program that answers `--version` and then does something else than bubblewrap."""
    path = folder / "bwrap"
    path.write_text(f'#!/bin/sh\nif [ "$1" = --version ]; then echo "{version}"; exit; fi\n{script}\n')
    path.chmod(0o755)
    for parent in (folder, *folder.parents):  # the sandbox of root is started by somebody else
        if parent.stat().st_uid == os.getuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o111)
    return str(path)


def with_bwrap(tmp_path: Path, executable: str) -> LocalInterpreter:
    return LocalInterpreter(tmp_path / "threads", LIMITS, Bubblewrap(LIMITS, executable))


async def test_a_missing_bubblewrap_is_named_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    status = await factory.make_interpreter(tmp_path / "threads").status()
    assert not status.ok
    assert "is not installed" in status.reason
    assert "bubblewrap" in status.install


async def test_without_a_sandbox_files_are_kept_and_code_is_refused(tmp_path: Path) -> None:
    interpreter = with_bwrap(tmp_path, "no-such-program")
    session = await interpreter.session("thread_1")
    source = tmp_path / "data.csv"
    source.write_text("a\n")
    assert await session.put_file("data.csv", source) == "data.csv"
    assert await read(session, "data.csv") == b"a\n"
    for action in (run(session, "1"), session.probe("1")):
        with pytest.raises(DeskError) as caught:
            await action
        assert caught.value.code is ErrorCode.SANDBOX_UNAVAILABLE
        assert "not installed" in caught.value.info.data["reason"]
        assert "bubblewrap" in caught.value.info.data["install"]
    await session.interrupt()
    await interpreter.aclose()


async def test_a_refused_namespace_is_told_in_bubblewraps_words(tmp_path: Path) -> None:
    said = "bwrap: setting up uid map: Permission denied"
    path = fake_bwrap(tmp_path, "bubblewrap 0.11.0", f"echo '{said}' >&2; exit 1")
    status = await with_bwrap(tmp_path, path).status()
    assert (status.ok, status.kind) == (False, "bubblewrap")
    assert said in status.reason
    assert "namespaces" in status.install or "sysctl" in status.install


@pytest.mark.parametrize(
    ("version", "words"),
    [("bubblewrap 0.6.1", "0.8 or newer is needed, and"), ("something else", "does not tell its version")],
)
async def test_an_old_or_strange_bubblewrap_is_named(tmp_path: Path, version: str, words: str) -> None:
    status = await with_bwrap(tmp_path, fake_bwrap(tmp_path, version, "exit 1")).status()
    assert not status.ok
    assert words in status.reason


async def test_a_failure_that_was_mended_is_forgotten(tmp_path: Path) -> None:
    link = tmp_path / "bwrap"
    interpreter = with_bwrap(tmp_path, str(link))
    assert not (await interpreter.status()).ok
    link.symlink_to("/usr/bin/bwrap")
    assert (await interpreter.status()).ok


async def test_other_platforms_refuse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    interpreter = factory.make_interpreter(tmp_path)
    status = await interpreter.status()
    assert not status.ok
    assert "needs a sandbox" in status.reason
    with pytest.raises(DeskError) as caught:
        await run(await interpreter.session("thread_1"), "1")
    assert caught.value.code is ErrorCode.SANDBOX_UNAVAILABLE


@pytest.mark.skipif(os.geteuid() != 0, reason="only root could run code as root")
async def test_a_folder_of_root_makes_no_sandbox_of_root(tmp_path: Path) -> None:
    interpreter = with_bwrap(tmp_path, "bwrap")
    (tmp_path / "threads" / "thread_1" / "data").mkdir(parents=True)
    with pytest.raises(DeskError) as caught:
        await run(await interpreter.session("thread_1"), "1")
    assert caught.value.code is ErrorCode.SANDBOX_UNAVAILABLE
    assert "never run as root" in caught.value.info.data["reason"]


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("ID=debian\n", "sudo apt install bubblewrap"),
        ("ID=linuxmint\nID_LIKE='ubuntu debian'\n".replace("'", '"'), "sudo apt install bubblewrap"),
        ("ID=fedora\n", "sudo dnf install bubblewrap"),
        ("ID=manjaro\nID_LIKE=arch\n", "sudo pacman -S bubblewrap"),
        ("ID=own\n", "Install the package bubblewrap"),
    ],
)
def test_the_command_is_that_of_the_distribution(tmp_path: Path, text: str, command: str) -> None:
    path = tmp_path / "os-release"
    path.write_text(text)
    assert diagnosis.install_command(path) == command


def test_the_switch_that_refuses_namespaces_is_found(tmp_path: Path) -> None:
    (tmp_path / "kernel").mkdir()
    switch = tmp_path / "kernel" / "apparmor_restrict_unprivileged_userns"
    switch.write_text("1\n")
    assert diagnosis.namespace_switch(tmp_path) == "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0"
    switch.write_text("0\n")
    assert "container" in diagnosis.namespace_switch(tmp_path)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [("0 0 4294967295\n", 1_900_000_000, 1_900_060_000), ("0 1000 1\n1 100000 65536\n", 61_184, 65_184)],
)
def test_users_of_root_are_mapped_where_it_runs(tmp_path: Path, text: str, first: int, last: int) -> None:
    uid_map = tmp_path / "uid_map"
    uid_map.write_text(text)
    assert all(first <= user.unprivileged(uid_map) < last for _ in range(50))
