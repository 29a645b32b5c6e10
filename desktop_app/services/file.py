"""Files of a thread, on the person's disk."""

import asyncio
import errno
import shutil
from collections.abc import Callable
from pathlib import Path

from desktop_app.domain.entity import StoredFile
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import Archive
from desktop_app.services.download import Downloads
from desktop_app.services.identity import new_id
from desktop_app.services.notice import Notice, NoticeBoard, NoticeKind
from desktop_app.services.task import TaskScope


class Files:
    """Saves and opens files whose bytes are in the archive. Nothing here blocks the loop.

    Attributes:
        fetch_failed: A file whose bytes have not come.
    """

    def __init__(
        self,
        archive: Archive,
        downloads: Downloads,
        folder: Path,
        notices: NoticeBoard,
        scope: TaskScope,
    ) -> None:
        """`folder` is where copies for other programs go."""
        self.fetch_failed = downloads.failed
        self._archive = archive
        self._downloads = downloads
        self._folder = folder
        self._notices = notices
        self._scope = scope

    def path(self, file: StoredFile) -> Path | None:
        """Where the bytes are, for reading only; None while they are not here."""
        return self._archive.blob_path(file.sha256) if file.sha256 else None

    def fetch(self, file: StoredFile) -> None:
        """Tries again to get a file that is not here."""
        self._downloads.fetch_again(file)

    def save(self, file: StoredFile, target: Path) -> None:
        """Writes a copy where the person wants it; says where it is, or why it is not."""
        self._scope.start(f"save:{target}", self._save(file, target))

    def open_copy(self, file: StoredFile, then: Callable[[Path], None]) -> None:
        """Makes a copy under the file's own name, once, and hands its path to `then`.

        What another program has changed in the copy since stays.
        """
        self._scope.start(f"open:{file.id}", self._open_copy(file, then))

    async def _save(self, file: StoredFile, target: Path) -> None:
        await asyncio.to_thread(_copy, self._source(file), target)
        self._notices.post(Notice(NoticeKind.FILE_SAVED, target.name, path=target))

    async def _open_copy(self, file: StoredFile, then: Callable[[Path], None]) -> None:
        target = self._folder / file.sha256[:16] / safe_name(file.name)
        source = self._source(file)
        if not await asyncio.to_thread(target.exists):
            await asyncio.to_thread(_copy, source, target)
        then(target)

    def _source(self, file: StoredFile) -> Path:
        source = self.path(file)
        if source is None:
            raise DeskError(ErrorCode.FILE_MISSING, name=file.name)
        return source


def safe_name(name: str) -> str:
    """A base name that every file system takes and that cannot leave its folder."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    cleaned = "".join("_" if character in '<>:"|?*' or ord(character) < 32 else character for character in base)
    return cleaned.strip(" .")[:200] or "file"


def _copy(source: Path, target: Path) -> None:
    """Copies by way of a temporary file, so that `target` is whole or as it was.

    Raises:
        DeskError: SAVE_FAILED or DISK_FULL.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{new_id('saving')}")
        try:
            shutil.copyfile(source, temporary)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        code = ErrorCode.DISK_FULL if error.errno == errno.ENOSPC else ErrorCode.SAVE_FAILED
        raise DeskError(code, error.strerror or "", name=target.name, reason=error.strerror or "") from error
