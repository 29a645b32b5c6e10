"""Blobs are whole or not there."""

import asyncio
import hashlib
import os
from pathlib import Path

import pytest

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.stores.archive import SqliteArchive

MIB = 1024**2


def ignore(_done: int, _total: int) -> None:
    """For tests that do not look at the progress."""


def scratch_files(folder: Path) -> list[Path]:
    return list((folder / "scratch").iterdir())


async def test_a_blob_has_the_bytes_and_the_progress_is_told(
    archive: SqliteArchive, folder: Path, tmp_path: Path
) -> None:
    source = tmp_path / "data.bin"
    data = os.urandom(3 * MIB + 5)
    source.write_bytes(data)
    told: list[tuple[int, int]] = []
    sha256 = await archive.add_blob(source, lambda done, total: told.append((done, total)))
    assert sha256 == hashlib.sha256(data).hexdigest()
    assert archive.blob_path(sha256).read_bytes() == data
    assert told == [(done, len(data)) for done in (MIB, 2 * MIB, 3 * MIB, len(data))]
    assert source.exists()
    assert scratch_files(folder) == []


async def test_the_same_bytes_are_kept_once(archive: SqliteArchive, folder: Path, tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("same")
        await archive.add_blob(tmp_path / name, ignore)
    assert len(list((folder / "blobs").glob("??/*"))) == 1


async def test_an_empty_file_is_a_file(archive: SqliteArchive, tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    sha256 = await archive.add_blob(tmp_path / "empty", ignore)
    assert archive.blob_path(sha256).read_bytes() == b""


async def test_a_downloaded_scratch_file_is_used_up(archive: SqliteArchive, folder: Path) -> None:
    scratch = archive.scratch_path()
    scratch.write_text("made by code")
    sha256 = await archive.add_blob(scratch, ignore)
    assert archive.blob_path(sha256).read_text() == "made by code"
    assert scratch_files(folder) == []


async def test_cancelling_leaves_nothing_behind(archive: SqliteArchive, folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "big"
    with source.open("wb") as file:
        file.truncate(300 * MIB)
    loop = asyncio.get_running_loop()
    begun = asyncio.Event()

    def begin(_done: int, _total: int) -> None:
        loop.call_soon_threadsafe(begun.set)

    copying = asyncio.ensure_future(archive.add_blob(source, begin))
    await begun.wait()
    copying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await copying
    assert scratch_files(folder) == []
    assert list((folder / "blobs").glob("??/*")) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("missing", ErrorCode.FILE_MISSING),
        ("folder", ErrorCode.FILE_IS_FOLDER),
        ("pipe", ErrorCode.FILE_UNREADABLE),
        ("large", ErrorCode.FILE_TOO_LARGE),
    ],
)
async def test_what_is_no_file_is_refused(folder: Path, tmp_path: Path, name: str, code: ErrorCode) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_bytes(b"12345")
    archive = await SqliteArchive.open(folder, max_blob_bytes=4)
    with pytest.raises(DeskError) as caught:
        await archive.add_blob(tmp_path / name, ignore)
    assert (caught.value.code, caught.value.info.data["name"]) == (code, name)
    assert scratch_files(folder) == []
    await archive.aclose()


async def test_a_file_that_refuses_to_be_read_is_unreadable(archive: SqliteArchive) -> None:
    # /proc/self/mem exists, is regular, and refuses to be read at 0, for root as well.
    with pytest.raises(DeskError) as caught:
        await archive.add_blob(Path("/proc/self/mem"), ignore)
    assert caught.value.code is ErrorCode.FILE_UNREADABLE


async def test_scratch_files_of_a_crash_are_removed(folder: Path) -> None:
    first = await SqliteArchive.open(folder)
    left = first.scratch_path()
    left.write_text("half")
    await first.aclose()
    second = await SqliteArchive.open(folder)
    assert scratch_files(folder) == []
    await second.aclose()


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "g" * 64])
async def test_only_a_digest_names_a_blob(archive: SqliteArchive, name: str) -> None:
    with pytest.raises(DeskError):
        archive.blob_path(name)
