"""Blobs: whole or not there, and never deleted under somebody's hands."""

import hashlib
import io
from pathlib import Path

import pytest

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.storage import blob as module
from desktop_app.engine.storage.blob import BlobStore


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    store = BlobStore(tmp_path / "blobs")
    store.prepare(frozenset())
    return store


def _files(store: BlobStore) -> list[Path]:
    return [path for path in store.path("00").parents[1].rglob("*") if path.is_file()]


async def test_bytes_are_found_by_their_hash(blobs: BlobStore) -> None:
    data = b"x" * 3_000_000
    async with blobs.begin() as writer:
        await writer.copy(io.BytesIO(data))
        sha256 = await writer.finish()
    assert sha256 == hashlib.sha256(data).hexdigest()
    assert blobs.path(sha256).read_bytes() == data


async def test_what_is_not_finished_leaves_nothing(blobs: BlobStore) -> None:
    async with blobs.begin() as writer:
        await writer.write(b"x" * 2_000_000)
    assert _files(blobs) == []


async def test_a_file_beyond_the_limit_is_refused(blobs: BlobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_FILE_BYTES", 10)
    with pytest.raises(DeskError) as caught:
        async with blobs.begin() as writer:
            await writer.write(b"x" * 11)
    assert caught.value.code is ErrorCode.FILE_TOO_LARGE
    assert _files(blobs) == []


async def test_a_blob_stays_while_its_row_is_being_written(blobs: BlobStore) -> None:
    async with blobs.begin() as writer:
        await writer.write(b"x")
        sha256 = await writer.finish()
        blobs.delete(sha256)
        assert blobs.path(sha256).exists()
    blobs.delete(sha256)
    assert not blobs.path(sha256).exists()


async def test_a_start_removes_what_a_crash_left(blobs: BlobStore) -> None:
    hashes = []
    for data in (b"used", b"unused"):
        async with blobs.begin() as writer:
            await writer.write(data)
            hashes.append(await writer.finish())
    (blobs.path("00").parents[1] / "scratch" / "half").write_bytes(b"x")
    blobs.prepare(frozenset(hashes[:1]))
    assert _files(blobs) == [blobs.path(hashes[0])]
