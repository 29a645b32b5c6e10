"""Containers: where the code of a thread runs, and the thread's files in it.

A container dies after 20 idle minutes with its files. Before each run it is looked at; one that is gone is replaced,
and filled from what is here. Where a service lets nobody make containers, each response makes its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop_app.backends.responses.source import ContainerFile, UploadedFile, file_id_of
from desktop_app.backends.wire.shape import Json, address, optional_number, optional_text, text
from desktop_app.domain.entity import Remark, RemarkKind
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import LocalFile

if TYPE_CHECKING:
    from desktop_app.backends.wire.client import Client

MOST_FILES = 50
"""More are not taken into one container; the newest are the ones that are worked with."""

_NAME = "assistant-desk"
_OWN = "auto"
_ALIVE = ("running", "active")
_UNKNOWN = frozenset({ErrorCode.NOT_FOUND, ErrorCode.ADDRESS_INVALID, ErrorCode.REQUEST_REFUSED})
"""What a service answers that has no containers to be made."""

_UNUSABLE = frozenset(
    {ErrorCode.FILE_MISSING, ErrorCode.FILE_UNREADABLE, ErrorCode.NOT_FOUND, ErrorCode.REQUEST_REFUSED}
)
"""Why one file cannot be put into a container."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the code of a run runs.

    Attributes:
        container: What the tool is told: an id, or what the service shall make for itself.
        mark: What to remember of it for the next run.
        paths: The thread's files in it, as far as they are known.
        is_new: It was begun for this run.
        lost: The names of files that could not be put into it.
    """

    container: Json | str
    mark: str
    paths: tuple[str, ...] = ()
    is_new: bool = False
    lost: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(slots=True)
class _Filling:
    """What is put into a container: the paths there, and the names of what cannot be."""

    paths: dict[str, str] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)


class Containers:
    """The containers of one connection."""

    def __init__(self, client: "Client", connection_id: str) -> None:
        self._client = client
        self._connection_id = connection_id
        self._can_make = True
        self._gone: set[str] = set()
        self._inside: dict[str, dict[str, str]] = {}  # paths by container and file, as far as this program put them

    async def prepare(self, mark: str, files: Sequence[LocalFile]) -> Place:
        """The container that `mark` names, or a new one in its place, with all of these files in it.

        Raises:
            DeskError: CONTAINER_EXPIRED, if that happens meanwhile, among others.
        """
        files = [local for local in files if self._belongs_inside(local)]
        too_many, files = [local.file.name for local in files[:-MOST_FILES]], files[-MOST_FILES:]
        if not self._can_make or mark == _OWN:
            return self._own(mark, files)
        if mark and await self._is_alive(mark):
            filling = await self._fill(mark, files)
            return Place(mark, mark, tuple(filling.paths.values()), lost=tuple(filling.lost))
        try:
            made = text(await self._client.post("/containers", {"name": _NAME}), "id")
        except DeskError as error:
            if error.code not in _UNKNOWN:
                raise
            self._can_make = False
            return self._own(mark, files)
        self._inside[made] = {}
        filling = await self._fill(made, files)
        count = str(len(filling.paths))
        replaced = (Remark("container-replaced", RemarkKind.CONTAINER_REPLACED, {"files": count}),) if mark else ()
        lost = (*too_many, *filling.lost)
        return Place(made, made, tuple(filling.paths.values()), is_new=True, lost=lost, remarks=replaced)

    def forget(self, container_id: str) -> None:
        """Remembers that a container is gone, whatever the service says of it."""
        self._inside.pop(container_id, None)
        self._gone.add(container_id)

    def _own(self, mark: str, files: Iterable[LocalFile]) -> Place:
        """What the service makes for itself, from uploaded files only."""
        ids = [local.file.remote_id for local in files if self._is_uploaded(local)]
        return Place({"type": "auto", "file_ids": ids}, _OWN, is_new=not mark)

    def _belongs_inside(self, local: LocalFile) -> bool:
        """Pictures that came inline were never files there."""
        is_ours = local.file.connection_id == self._connection_id
        return not is_ours or isinstance(file_id_of(local.file.remote_id), UploadedFile | ContainerFile)

    def _is_uploaded(self, local: LocalFile) -> bool:
        file = local.file
        is_ours = file.connection_id == self._connection_id and bool(file.remote_id)
        return is_ours and isinstance(file_id_of(file.remote_id), UploadedFile)

    async def _is_alive(self, container_id: str) -> bool:
        if container_id in self._gone:
            return False
        try:
            container = await self._client.get(address("containers", container_id))
        except DeskError as error:
            if error.code not in (*_UNKNOWN, ErrorCode.CONTAINER_EXPIRED):
                raise
            return False
        return optional_text(container, "status") in _ALIVE

    async def _fill(self, container_id: str, files: Iterable[LocalFile]) -> _Filling:
        """Puts in what is not there yet."""
        filling, files = _Filling(), tuple(files)
        if container_id not in self._inside:
            self._inside[container_id] = await self._found(container_id, files)
        inside = self._inside[container_id]
        for local in files:
            known = file_id_of(local.file.remote_id)
            if isinstance(known, ContainerFile) and known.container_id == container_id:
                inside[local.file.id] = f"/mnt/data/{local.file.name}"
            if local.file.id not in inside:
                try:
                    inside[local.file.id] = await self._put(container_id, local)
                except DeskError as error:
                    if error.code not in _UNUSABLE:
                        raise
                    filling.lost.append(local.file.name)
                    continue
            filling.paths[local.file.id] = inside[local.file.id]
        return filling

    async def _found(self, container_id: str, files: Iterable[LocalFile]) -> dict[str, str]:
        """Which of the files are in a container that an earlier run of the program has filled.

        The service calls them otherwise than we do: name and size tell.
        """
        listed = await self._client.pages(address("containers", container_id, "files"), {})
        there = [(optional_text(file, "path"), int(optional_number(file, "bytes") or 0)) for file in listed]
        found = {}
        # `/mnt/data/file-1-my-a.csv` holds `my-a.csv`, and not `a.csv` of the same size.
        for local in sorted(files, key=lambda local: -len(local.file.name)):
            ends = (f"/{local.file.name}", f"-{local.file.name}")
            for path, size in there:
                if path.endswith(ends) and size == local.file.size:
                    found[local.file.id] = path
                    there.remove((path, size))
                    break
        return found

    async def _put(self, container_id: str, local: LocalFile) -> str:
        """The file's path there: by its id, or by its bytes if the service has it no more or never had it."""
        files = address("containers", container_id, "files")
        if self._is_uploaded(local):
            try:
                return text(await self._client.post(files, {"file_id": local.file.remote_id}), "path")
            except DeskError as error:
                if error.code not in (ErrorCode.NOT_FOUND, ErrorCode.REQUEST_REFUSED):
                    raise
        return text(await self._client.upload(local.path, local.file.name, _ignore, address=files, purpose=""), "path")


def _ignore(_done: int, _total: int) -> None:
    """For uploads that nobody watches."""
