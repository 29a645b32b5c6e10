"""Links to made files that the service did not cite: they are looked up in the container that the run has used."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from desktop_app.backends.responses.citation import citations, links, unresolved
from desktop_app.backends.responses.source import Source
from desktop_app.backends.wire.shape import Json, address, objects, optional_text
from desktop_app.domain.error import DeskError

if TYPE_CHECKING:
    from desktop_app.backends.wire.client import Client

_SECONDS = 10.0
"""How long the end of a run may wait for what its links stand for."""

_NOWHERE = Source("", "", lambda _file_id, _url: None)


class LooseLinks:
    """Writes the missing citations into a run's items."""

    def __init__(self, client: "Client") -> None:
        self._client = client

    async def cite(self, output: Iterable[Json]) -> None:
        """Adds a citation for each link whose file is in one of the run's containers. Never raises."""
        output = tuple(output)
        loose = list(_loose(output))
        files = await self._files(output) if loose else []
        by_path = {optional_text(file, "path"): file for file in files}
        by_name = {PurePosixPath(path).name: file for path, file in by_path.items()}
        for part, path, start, end in loose:
            file = by_path.get(path) or by_name.get(PurePosixPath(path).name)
            if file is not None:
                citation = {
                    "type": "container_file_citation",
                    "container_id": file["container_id"],
                    "file_id": optional_text(file, "id"),
                    "filename": PurePosixPath(path).name,
                    "start_index": start,
                    "end_index": end,
                }
                part["annotations"] = [*objects(part, "annotations"), citation]

    async def _files(self, output: Iterable[Json]) -> list[Json]:
        """What is in the run's containers, as far as the service tells: else links stay as dead as they were."""
        found: list[Json] = []
        ids = dict.fromkeys(optional_text(item, "container_id") for item in output)
        try:
            async with asyncio.timeout(_SECONDS):
                for container_id in filter(None, ids):
                    with suppress(DeskError):
                        files = await self._client.pages(address("containers", container_id, "files"), {})
                        found += [{**file, "container_id": container_id} for file in files]
        except TimeoutError:
            pass
        return found


def _loose(output: Iterable[Json]) -> Iterator[tuple[Json, str, int, int]]:
    """Pieces of text, and the paths and places of their links that nothing is known of."""
    for item in output:
        for part in objects(item, "content"):
            value = optional_text(part, "text")
            for path, start, end in unresolved(value, links(value, citations(part, _NOWHERE))):
                yield part, path, start, end
