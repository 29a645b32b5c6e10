"""A place in the transcript."""

from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Place:
    """A row and an offset in it: pixels for the scroller, characters for a selection."""

    row: int
    offset: int
