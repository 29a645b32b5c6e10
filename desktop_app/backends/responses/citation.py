"""The files that an answer cites: links in its text, and files that it offers.

A saved file cites the span that holds its `sandbox:/mnt/data/...` link; a chart comes with start = end = 0.
Shape: `openai/types/responses/response_output_text.py`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote, unquote

from desktop_app.backends.responses.source import Source
from desktop_app.backends.wire.shape import Json, objects, optional_number, optional_text
from desktop_app.domain.entity import FileLink, StoredFile

_SCHEME = "sandbox:"
_LINK = re.compile(r"(?<=\]\()sandbox:[^)\n]+|sandbox:/[^\s)>\]\"'`]+")


@dataclass(frozen=True, slots=True)
class Citation:
    """A file that a piece of text names. `start` and `end` are as the service counts, which is not always right."""

    file: StoredFile
    start: int
    end: int

    @property
    def is_shown_as_picture(self) -> bool:
        """Whether it belongs to no text: a chart."""
        return self.end <= self.start and self.file.media_type.startswith("image/")

    @property
    def is_unnamed(self) -> bool:
        """Whether the service named it, after its id, and not the code."""
        return PurePosixPath(self.file.name).stem == self.file.remote_id.rpartition("/")[2]


def citations(part: Json, source: Source) -> Iterator[Citation]:
    """The files that a piece of text cites, each once for each place."""
    for annotation in objects(part, "annotations"):
        file_id = optional_text(annotation, "file_id")
        if annotation.get("type") == "container_file_citation" and file_id:
            name = PurePosixPath(optional_text(annotation, "filename")).name
            file = source.made_file(optional_text(annotation, "container_id"), file_id, name)
            start, end = (int(optional_number(annotation, name) or 0) for name in ("start_index", "end_index"))
            yield Citation(file, start, end)


def links(value: str, cited: Iterable[Citation]) -> tuple[FileLink, ...]:
    """The citations that stand for a link in the text. Where it stands is looked up if the service miscounts."""
    found = {}
    for citation in cited:
        place = _place(value, citation)
        if place is not None:
            found[place] = FileLink(value[place[0] : place[1]], citation.file, *place)
    return tuple(found[place] for place in sorted(found))


def offered(cited: Iterable[Citation], pictures: int) -> tuple[StoredFile, ...]:
    """The files of an answer, each once, without charts that the code steps show already.

    A step's picture and its citation have nothing in common but their number. `pictures` is how many the steps show.
    """
    cited = tuple(cited)
    charts = sorted((one for one in cited if one.is_shown_as_picture), key=lambda one: not one.is_unnamed)
    shown = {one.file.id for one in charts[:pictures]} - {one.file.id for one in cited if not one.is_shown_as_picture}
    return tuple({one.file.id: one.file for one in cited if one.file.id not in shown}.values())


def unresolved(value: str, found: Iterable[FileLink]) -> Iterator[tuple[str, int, int]]:
    """The links in a text that no file is known for: path, start and end."""
    known = {link.start for link in found}
    for match in _LINK.finditer(value):
        if match.start() not in known:
            yield unquote(match[0].removeprefix(_SCHEME)), match.start(), match.end()


def _place(value: str, citation: Citation) -> tuple[int, int] | None:
    start, end = citation.start, citation.end
    if value[start:end].startswith(_SCHEME):
        return start, end
    for name in dict.fromkeys((citation.file.name, quote(citation.file.name))):
        words = f"{_SCHEME}/mnt/data/{name}"
        starts = [match.start() for match in re.finditer(re.escape(words), value)]
        if starts:
            nearest = min(starts, key=lambda place: abs(place - start))
            return nearest, nearest + len(words)
    matches = list(_LINK.finditer(value))
    named = [match for match in matches if PurePosixPath(unquote(match[0])).name == citation.file.name]
    inside = [match for match in matches if match.start() < end and start < match.end()]
    nearest_match = min(named or inside, key=lambda match: abs(match.start() - start), default=None)
    return nearest_match.span() if nearest_match else None
