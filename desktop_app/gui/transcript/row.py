"""The rows of the transcript, as values. A row that is equal to the one before is not built again."""

from dataclasses import dataclass
from enum import StrEnum

from desktop_app.domain.entity import RunState, StepState, StoredFile, TranscriptItem
from desktop_app.domain.error import ErrorInfo
from desktop_app.gui.transcript.rich import Paragraph, Table, copied_text, plain_text, table_text
from desktop_app.services.activity import Activity


class Frame(StrEnum):
    """What is around a text."""

    NONE = "none"
    ASIDE = "aside"  # nothing, but the text stands in from both sides
    BUBBLE = "bubble"  # the person's message
    CODE = "code"  # in a step's card
    LOG = "log"  # in a step's card
    FENCE = "fence"  # a box of its own


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the scroller.

    Attributes:
        key: Unique in the transcript, and the same while the row grows.
        gap: Pixels above it.
    """

    key: str
    gap: int

    @property
    def text(self) -> str:
        """What a selection runs over; empty for a row that is selected as a whole or not at all."""
        return ""

    def copied(self, start: int, end: int) -> str:
        """The characters from `start` to `end` of `text` as they go to the clipboard."""
        return self.text[start:end]


@dataclass(frozen=True, slots=True)
class PendingRow(Row):
    """A question or run that nobody has looked at yet; becomes its real rows when it is about to be seen."""

    item: TranscriptItem


@dataclass(frozen=True, slots=True)
class TextRow(Row):
    """Paragraphs.

    Attributes:
        first: The text begins here.
        end: The text ends here.
        last: Nothing of the frame is below.
    """

    paragraphs: tuple[Paragraph, ...]
    frame: Frame = Frame.NONE
    first: bool = True
    end: bool = True
    last: bool = True

    @property
    def text(self) -> str:
        """The text, as positions in a document count it."""
        return plain_text(self.paragraphs)

    def copied(self, start: int, end: int) -> str:
        """The characters without the ends of lines that were cut only to be shown."""
        return copied_text(self.paragraphs, start, end)


@dataclass(frozen=True, slots=True)
class RemarkRow(TextRow):
    """What the app or the service did, in words.

    Attributes:
        icon: The sign before it.
    """

    icon: str = ""


@dataclass(frozen=True, slots=True)
class TableRow(Row):
    """A table of an answer."""

    table: Table

    @property
    def text(self) -> str:
        """Cells with tabs between them."""
        return table_text(self.table)

    def copied(self, start: int, end: int) -> str:
        """The cells, to be pasted into a spreadsheet."""
        return self.text[start:end].strip("\n")


@dataclass(frozen=True, slots=True)
class RunHeaderRow(Row):
    """Who answers, and when."""

    name: str
    at: float

    @property
    def text(self) -> str:
        """The name."""
        return self.name


@dataclass(frozen=True, slots=True)
class StepRow(Row):
    """The header of a code step.

    Attributes:
        summary: What the code does.
        problem: What went wrong, in words; empty if nothing did.
        last: Nothing of the card is below it.
    """

    state: StepState
    summary: str
    problem: str
    is_open: bool
    started_at: float | None
    ended_at: float | None
    last: bool = False

    @property
    def text(self) -> str:
        """The summary."""
        return self.summary


@dataclass(frozen=True, slots=True)
class ReasoningRow(Row):
    """The header of what the model thought.

    Attributes:
        summary: How it begins, while it is folded.
        is_live: There is more to come.
    """

    title: str
    summary: str
    is_open: bool
    is_live: bool

    @property
    def text(self) -> str:
        """The title."""
        return self.title


@dataclass(frozen=True, slots=True)
class MoreRow(Row):
    """A button that shows the lines which are left out here."""

    label: str
    last: bool = False


@dataclass(frozen=True, slots=True)
class FigureRow(Row):
    """A picture.

    Attributes:
        framed: It stands alone; otherwise it is a part of a step's card.
        last: Nothing of the frame is below.
    """

    file: StoredFile
    framed: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True)
class FilesRow(Row):
    """File chips; `mine` for those of the person."""

    files: tuple[StoredFile, ...]
    mine: bool = False


@dataclass(frozen=True, slots=True)
class NoteRow(Row):
    """Why something ended before it was complete.

    Attributes:
        state: The run's, None for a message that was not sent.
        can_retry: Nothing has come after it.
    """

    error: ErrorInfo | None
    state: RunState | None
    can_retry: bool


@dataclass(frozen=True, slots=True)
class ActivityRow(Row):
    """What is being waited for."""

    activity: Activity
