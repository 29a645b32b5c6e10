"""Files, saved and opened."""

import errno
import shutil
from pathlib import Path

import pytest

from desktop_app.domain.entity import StoredFile
from desktop_app.domain.error import ErrorCode
from desktop_app.services.notice import NoticeKind
from tests.harness.wait import until
from tests.unit.services.bench import Bench


@pytest.fixture
async def file(bench: Bench, table: Path) -> StoredFile:
    """A file whose bytes are in the archive."""
    sha256 = await bench.archive.add_blob(table, lambda _done, _total: None)
    return StoredFile("file", "table.csv", 8, "text/csv", sha256)


async def test_a_file_is_saved_where_the_person_wants_it(bench: Bench, file: StoredFile, tmp_path: Path) -> None:
    target = tmp_path / "kept" / "mine.csv"
    bench.services.files.save(file, target)
    await until(lambda: bench.notices)
    (notice,) = bench.notices
    assert (notice.kind, notice.subject, notice.path) == (NoticeKind.FILE_SAVED, "mine.csv", target)
    assert target.read_text() == "a,b\n1,2\n"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, ErrorCode.DISK_FULL), (errno.EACCES, ErrorCode.SAVE_FAILED)]
)
async def test_what_cannot_be_saved_whole_leaves_what_was_there(
    bench: Bench, file: StoredFile, table: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: ErrorCode
) -> None:
    def write_half(_source: Path, target: Path) -> None:
        target.write_text("a,")
        raise OSError(number, "no")

    target = table.with_name("kept.csv")
    target.write_text("before")
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copyfile", write_half)
        bench.services.files.save(file, target)
        await until(lambda: bench.notices)
    assert bench.codes() == [code]
    assert target.read_text() == "before"
    assert [path.name for path in table.parent.iterdir() if "saving" in path.name] == []


async def test_a_folder_that_is_none_says_so(bench: Bench, file: StoredFile, table: Path) -> None:
    bench.services.files.save(file, table / "kept.csv")
    await until(lambda: bench.notices)
    assert bench.codes() == [ErrorCode.SAVE_FAILED]


async def test_a_file_that_is_not_here_says_so(bench: Bench, tmp_path: Path) -> None:
    missing = StoredFile("file", "table.csv", 8, "text/csv")
    assert bench.services.files.path(missing) is None
    bench.services.files.save(missing, tmp_path / "kept.csv")
    await until(lambda: bench.notices)
    assert bench.codes() == [ErrorCode.FILE_MISSING]


async def test_complaint_04_a_copy_is_opened_under_its_own_name_and_keeps_its_changes(
    bench: Bench, file: StoredFile
) -> None:
    opened: list[Path] = []
    bench.services.files.open_copy(file, opened.append)
    await until(lambda: opened)
    assert (opened[0].name, opened[0].read_text()) == ("table.csv", "a,b\n1,2\n")
    opened[0].write_text("changed")
    bench.services.files.open_copy(file, opened.append)
    await until(lambda: opened[1:])
    assert opened[1].read_text() == "changed"
    path = bench.services.files.path(file)
    assert path is not None
    assert path.read_text() == "a,b\n1,2\n"
