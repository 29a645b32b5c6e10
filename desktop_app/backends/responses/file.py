"""Files of a service: uploaded ones, those in containers, and pictures that came inline."""

import asyncio
import base64
import errno
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from desktop_app.backends.responses.decode import OUTPUTS
from desktop_app.backends.responses.picture import Pictures
from desktop_app.backends.responses.source import ContainerFile, InlinePicture, Source, UploadedFile, file_id_of
from desktop_app.backends.wire.disk import opened
from desktop_app.backends.wire.media import media_type
from desktop_app.backends.wire.shape import Json, address, invalid, objects, optional_number, optional_text, text
from desktop_app.domain.connection import Connection, ConnectionKind
from desktop_app.domain.entity import StoredFile
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import Progress

if TYPE_CHECKING:
    from desktop_app.backends.wire.client import Client

_PURPOSE = "user_data"
_AZURE_PURPOSE = "assistants"


class Files:
    """Finds each file by its id, whichever kind it is of."""

    def __init__(self, client: "Client", pictures: Pictures, connection: Connection) -> None:
        self._client = client
        self._connection_id = connection.id
        self._pictures = pictures
        is_azure = connection.kind in (ConnectionKind.AZURE, ConnectionKind.FOUNDRY)
        self._purposes = [_AZURE_PURPOSE, _PURPOSE] if is_azure else [_PURPOSE, _AZURE_PURPOSE]

    async def upload(self, path: Path, name: str, progress: Progress) -> str:
        """Uploads a file to be attached to containers and messages, and returns its id."""
        purpose = self._purposes[0]
        try:
            return text(await self._client.upload(path, name, progress, purpose=purpose), "id")
        except DeskError as error:
            is_purpose = "purpose" in (error.info.data.get("param", "") + error.info.data.get("message", ""))
            if error.code is not ErrorCode.REQUEST_REFUSED or not is_purpose or self._purposes == [purpose]:
                raise
        if self._purposes[0] == purpose:
            self._purposes.pop(0)  # not every service knows both
        return await self.upload(path, name, progress)

    async def info(self, remote_id: str) -> StoredFile:
        """Name, size and type, without the bytes (`id` equals `remote_id`)."""
        match file_id_of(remote_id):
            case InlinePicture(owner_id, call_id, index):
                url = await self._url(remote_id)
                picture = Source(owner_id, self._connection_id, self._pictures.keep).picture(call_id, index, url)
                if picture is None:
                    raise DeskError(ErrorCode.NOT_FOUND, remote_id)
                return picture
            case ContainerFile(container_id, file_id):
                info = await self._container_file(address("containers", container_id, "files", file_id))
                name = PurePosixPath(optional_text(info, "path")).name or file_id
            case UploadedFile(file_id):
                info = await self._client.get(address("files", file_id))
                name = PurePosixPath(text(info, "filename")).name or file_id
        size = int(optional_number(info, "bytes") or 0)
        created_at = optional_number(info, "created_at") or 0.0
        return StoredFile(
            remote_id,
            name,
            size,
            media_type(name),
            remote_id=remote_id,
            created_at=created_at,
            connection_id=self._connection_id,
        )

    async def download(self, remote_id: str, target: Path, progress: Progress) -> None:
        """Writes a file's bytes to `target`, which must not exist and is there only if all of them came."""
        match file_id_of(remote_id):
            case InlinePicture():
                data = await asyncio.to_thread(_decoded, await self._url(remote_id))
                await opened(partial(_write, data, target), lambda _: target.unlink(missing_ok=True))
                progress(len(data), len(data))
            case ContainerFile(container_id, file_id):
                place = address("containers", container_id, "files", file_id, "content")
                try:
                    await self._client.download(place, target, progress)
                except DeskError as error:
                    raise _precise(error) from None
            case UploadedFile(file_id):
                await self._client.download(address("files", file_id, "content"), target, progress)

    async def delete(self, remote_id: str) -> None:
        """Deletes a file. One that is gone already is no error; an inline picture goes with its run."""
        match file_id_of(remote_id):
            case ContainerFile(container_id, file_id):
                await self._client.delete(address("containers", container_id, "files", file_id))
            case UploadedFile(file_id):
                await self._client.delete(address("files", file_id))

    async def _container_file(self, place: str) -> Json:
        try:
            return await self._client.get(place)
        except DeskError as error:
            raise _precise(error) from None

    async def _url(self, remote_id: str) -> str:
        """The picture's data URL, from here or from where it came."""
        url = self._pictures.get(remote_id)
        picture = file_id_of(remote_id)
        if url or not isinstance(picture, InlinePicture):
            return url
        query: Json = {"include": [OUTPUTS]}
        if picture.is_in_conversation:
            place = address("conversations", picture.owner_id, "items", picture.call_id)
            calls = [await self._client.get(place, query)]
        else:
            response = await self._client.get(address("responses", picture.owner_id), query)
            calls = [item for item in objects(response, "output") if item.get("id") == picture.call_id]
        outputs = [output for call in calls for output in objects(call, "outputs")]
        url = optional_text(outputs[picture.index], "url") if picture.index < len(outputs) else ""
        if not url:
            raise DeskError(ErrorCode.NOT_FOUND, remote_id)
        self._pictures.keep(remote_id, url)
        return url


def _precise(error: DeskError) -> DeskError:
    """An error of one file in a container: it says nothing about the service's address."""
    if error.code is not ErrorCode.ADDRESS_INVALID:
        return error
    return DeskError(ErrorCode.NOT_FOUND, error.info.detail, **error.info.data)


def _decoded(url: str) -> bytes:
    try:
        # Broken lines are fine. What else is no base64 would be left out, and a broken picture saved.
        data = base64.b64decode(url.partition(",")[2].encode().translate(None, b" \r\n\t"), validate=True)
    except ValueError:
        raise invalid("a picture is no base64") from None
    if not data:
        raise invalid("a picture is empty")
    return data


def _write(data: bytes, target: Path) -> None:
    try:
        with target.open("xb") as file:
            file.write(data)
    except FileExistsError as error:
        raise DeskError(ErrorCode.SAVE_FAILED, error.strerror or "", name=target.name) from error
    except OSError as error:
        target.unlink(missing_ok=True)
        code = ErrorCode.DISK_FULL if error.errno == errno.ENOSPC else ErrorCode.SAVE_FAILED
        raise DeskError(code, error.strerror or "", name=target.name) from error
