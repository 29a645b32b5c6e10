"""Whose ids the files' ids are."""

from dataclasses import replace
from typing import TypeVar

from desktop_app.domain.entity import RunItem, StoredFile
from desktop_app.domain.event import AnswerSnapshot, CodeSnapshot, ImageMade, RunEvent
from desktop_app.domain.item_file import map_files

Item = TypeVar("Item", bound=RunItem)


class Origin:
    """Marks every file with the connection that it comes from: the service's own objects do not say."""

    def __init__(self, connection_id: str) -> None:
        self._connection_id = connection_id

    def of_file(self, file: StoredFile) -> StoredFile:
        """The file, marked."""
        return replace(file, connection_id=self._connection_id)

    def of_item(self, item: Item) -> Item:
        """The item with its files marked."""
        return map_files(item, self.of_file)

    def of_event(self, event: RunEvent) -> RunEvent:
        """The event with its files marked."""
        match event:
            case CodeSnapshot(step=step):
                return replace(event, step=self.of_item(step))
            case AnswerSnapshot(answer=answer):
                return replace(event, answer=self.of_item(answer))
            case ImageMade(file=file):
                return replace(event, file=self.of_file(file))
            case _:
                return event
