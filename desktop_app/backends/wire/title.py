"""What a thread that was made elsewhere is called here."""

from collections.abc import Iterable

from desktop_app.backends.wire.shape import Json, optional_object, optional_text
from desktop_app.domain.entity import Question, TranscriptItem

_MOST_CHARACTERS = 80


def title(thread: Json, transcript: Iterable[TranscriptItem]) -> str:
    """As its metadata say, else the first line that was asked; empty if there is neither."""
    named = optional_text(optional_object(thread, "metadata"), "title").strip()
    asked = next((item.text.strip() for item in transcript if isinstance(item, Question) and item.text.strip()), "")
    return named or (asked.splitlines()[0][:_MOST_CHARACTERS] if asked else "")
