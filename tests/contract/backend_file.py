"""What every backend does with files. Part of `tests/contract/backend.py`."""

import asyncio
from pathlib import Path

import pytest

from desktop_app.domain.entity import Answer, TextPart
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.item_file import files_of
from desktop_app.domain.port import Backend, LocalFile
from tests.contract.chat import MODEL, WHOLE, Chat, ignore, reduced
from tests.contract.scenario import Say, Service


class FileContract:
    """Uploads, downloads and what is attached."""

    async def test_complaint_04_files_of_one_name_keep_their_own_bytes(self, backend: Backend, tmp_path: Path) -> None:
        ids = []
        for number in range(2):
            source = tmp_path / str(number)
            source.write_text(f"content {number}")
            ids.append(await backend.upload(source, 'data "1" ü.csv', ignore))
        for number, file_id in enumerate(ids):
            info = await backend.file_info(file_id)
            assert (info.id, info.remote_id, info.size, info.media_type) == (file_id, file_id, 9, "text/csv")
            target = tmp_path / f"copy {number}"
            await backend.download(file_id, target, ignore)
            assert target.read_text() == f"content {number}"
        assert ids[0] != ids[1]

    async def test_complaint_19_an_attached_file_is_with_the_message(
        self, service: Service, backend: Backend, tmp_path: Path
    ) -> None:
        path = tmp_path / "book.xlsx"
        path.write_bytes(b"PK")
        file = await backend.file_info(await backend.upload(path, "book.xlsx", ignore))
        service.will(Say("{files}"))
        chat = await Chat.begin(backend)
        await chat.say("", "client_file", [file])
        run = await reduced(chat.start(files=(LocalFile(file, path),)))
        (answer,) = run.items
        assert answer == Answer(answer.key, (TextPart("book.xlsx"),), complete=True)

    async def test_complaint_08_large_files_move_in_pieces_and_tell_their_progress(
        self, backend: Backend, tmp_path: Path
    ) -> None:
        source = tmp_path / "large"
        data = bytes(range(256)) * 8192
        source.write_bytes(data)
        up: list[tuple[int, int]] = []
        down: list[tuple[int, int]] = []
        file_id = await backend.upload(source, "large.bin", lambda done, total: up.append((done, total)))
        await backend.download(file_id, tmp_path / "copy", lambda done, total: down.append((done, total)))
        assert (tmp_path / "copy").read_bytes() == data
        for told in (up, down):
            assert len(told) >= 4
            assert told == sorted(told)
            assert told[-1] == (len(data), len(data))

    async def test_an_upload_can_be_cancelled(self, backend: Backend, tmp_path: Path) -> None:
        source = tmp_path / "large"
        with source.open("wb") as file:
            file.truncate(400 * 1024**2)
        begun = asyncio.Event()
        task = asyncio.ensure_future(backend.upload(source, "large.bin", lambda _done, _total: begun.set()))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert MODEL in [model.id for model in await backend.list_models()]

    async def test_a_file_that_is_not_here_is_not_uploaded(self, backend: Backend, tmp_path: Path) -> None:
        with pytest.raises(DeskError) as caught:
            await backend.upload(tmp_path / "missing", "missing.csv", ignore)
        assert caught.value.code is ErrorCode.FILE_MISSING

    async def test_a_file_that_is_not_there_leaves_nothing(self, backend: Backend, tmp_path: Path) -> None:
        with pytest.raises(DeskError) as caught:
            await backend.download("file-gone", tmp_path / "copy", ignore)
        assert caught.value.code is ErrorCode.NOT_FOUND
        assert not (tmp_path / "copy").exists()

    async def test_a_download_never_replaces_a_file(self, backend: Backend, tmp_path: Path) -> None:
        (tmp_path / "mine").write_text("mine")
        file_id = await backend.upload(tmp_path / "mine", "mine.txt", ignore)
        with pytest.raises(DeskError) as caught:
            await backend.download(file_id, tmp_path / "mine", ignore)
        assert caught.value.code is ErrorCode.SAVE_FAILED
        assert (tmp_path / "mine").read_text() == "mine"

    async def test_deleting_twice_is_no_error(self, backend: Backend, tmp_path: Path) -> None:
        (tmp_path / "a.txt").write_text("a")
        file_id = await backend.upload(tmp_path / "a.txt", "a.txt", ignore)
        thread_id = await backend.create_thread("client_thread")
        for _ in range(2):
            await backend.delete_file(file_id)
            await backend.delete_thread(thread_id)
        with pytest.raises(DeskError) as caught:
            await backend.file_info(file_id)
        assert caught.value.code is ErrorCode.NOT_FOUND

    async def test_every_file_of_a_run_can_be_asked_for(self, service: Service, backend: Backend) -> None:
        service.will(*WHOLE)
        run = await reduced((await Chat.begin(backend)).start())
        named = {file.remote_id for item in run.items for file in files_of(item)}
        assert sorted([(await backend.file_info(file_id)).name.rpartition(".")[2] for file_id in named]) == [
            "csv",
            "png",
        ]
