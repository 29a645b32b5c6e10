"""The files inside a run's items."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from desktop_app.domain.entity import (
    Answer,
    AnswerPart,
    CodeOutput,
    CodeStep,
    ImageOutput,
    ImagePart,
    LogOutput,
    Reasoning,
    Remark,
    RunItem,
    StoredFile,
    TextPart,
)

Item = TypeVar("Item", bound=RunItem)


def files_of(item: RunItem) -> Iterator[StoredFile]:
    """Every file of an item, in the order in which it is shown; one that is named twice comes twice."""
    if isinstance(item, CodeStep):
        yield from (output.file for output in item.outputs if isinstance(output, ImageOutput))
    if not isinstance(item, Answer):
        return
    for part in item.parts:
        if isinstance(part, ImagePart):
            yield part.file
        else:
            yield from (link.file for link in part.links)
    yield from item.files


def map_files(item: Item, change: Callable[[StoredFile], StoredFile]) -> Item:
    """The item with each file replaced by what `change` makes of it."""
    if isinstance(item, CodeStep):
        return replace(item, outputs=tuple(_map_output(output, change) for output in item.outputs))
    if isinstance(item, Reasoning | Remark):
        return item
    parts = tuple(_map_part(part, change) for part in item.parts)
    return replace(item, parts=parts, files=tuple(change(file) for file in item.files))


def keep_files(new: Item, *old: RunItem) -> Item:
    """The new value of an item, with the files whose bytes are here taken over from old ones."""
    here = {file.remote_id: file for item in old for file in files_of(item) if file.sha256}
    return map_files(new, lambda file: here.get(file.remote_id, file)) if here else new


def _map_output(output: CodeOutput, change: Callable[[StoredFile], StoredFile]) -> CodeOutput:
    return output if isinstance(output, LogOutput) else ImageOutput(change(output.file))


def _map_part(part: AnswerPart, change: Callable[[StoredFile], StoredFile]) -> AnswerPart:
    if isinstance(part, TextPart):
        return replace(part, links=tuple(replace(link, file=change(link.file)) for link in part.links))
    return ImagePart(change(part.file))
