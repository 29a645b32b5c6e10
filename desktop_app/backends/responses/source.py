"""Where a run's items come from, and the ids of the files in them.

A picture that came inline has no file at the service: its id names the place it came from, which can be read again.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from desktop_app.backends.wire.media import media_type
from desktop_app.domain.entity import StoredFile

_CONVERSATION = "conv"
_PICTURE = re.compile(r"data:image/(([\w-]+)(?:[.+][\w.+-]*)?)(?:;[^;,]*)*;base64")


@dataclass(frozen=True, slots=True)
class Source:
    """A response or conversation, which holds items.

    Attributes:
        id: The service's id of it.
        connection_id: The connection that ids of files are ids on.
        keep: Takes the id and data URL of each picture that came inline, so that it need not be read again.
    """

    id: str
    connection_id: str
    keep: Callable[[str, str], None]

    def picture(self, call_id: str, index: int, url: str) -> StoredFile | None:
        """A picture that came inline; None for an address elsewhere, which is never fetched."""
        head, _, data = url.partition(",")
        found = _PICTURE.fullmatch(head)
        if found is None:
            return None
        file_id = f"{self.id}/{call_id}/{index}"
        self.keep(file_id, url)
        size = len(data) * 3 // 4 - data[-2:].count("=")
        kind = f"image/{found[1]}"
        return StoredFile(
            file_id, f"figure.{found[2]}", size, kind, remote_id=file_id, connection_id=self.connection_id
        )

    def made_file(self, container_id: str, file_id: str, name: str) -> StoredFile:
        """A file in a container; its record tells more (`Backend.file_info`)."""
        made_id = f"{container_id}/{file_id}" if container_id else file_id
        return StoredFile(
            made_id, name or file_id, 0, media_type(name), remote_id=made_id, connection_id=self.connection_id
        )


@dataclass(frozen=True, slots=True)
class ContainerFile:
    """The id of a file in a container."""

    container_id: str
    file_id: str


@dataclass(frozen=True, slots=True)
class InlinePicture:
    """The id of a picture that came inline, in an item of a response or conversation."""

    owner_id: str
    call_id: str
    index: int

    @property
    def is_in_conversation(self) -> bool:
        """Whether a conversation holds it, rather than a response."""
        return self.owner_id.startswith(_CONVERSATION)


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """The id of a file that was uploaded."""

    file_id: str


FileId = UploadedFile | ContainerFile | InlinePicture


def file_id_of(remote_id: str) -> FileId:
    """What an id of ours stands for."""
    match remote_id.split("/"):
        case [container_id, file_id]:
            return ContainerFile(container_id, file_id)
        case [owner_id, call_id, index] if index.isdecimal():
            return InlinePicture(owner_id, call_id, int(index))
        case _:
            return UploadedFile(remote_id)
