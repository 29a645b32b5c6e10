"""What is put into a conversation: the person's messages, and what was said before elsewhere.

Shapes: `openai/types/responses/response_input_item.py`. A spreadsheet or CSV is for the code interpreter alone: it is
in the container, and the message only names it.
"""

from collections.abc import Iterable

from desktop_app.backends.wire.history import messages
from desktop_app.backends.wire.shape import Json
from desktop_app.domain.entity import StoredFile, TranscriptItem

FILES = "Attached files, in /mnt/data: "
"""How the part of a message begins that names its files."""

MOST_CHARACTERS = 256_000

_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


def message(text: str, files: Iterable[StoredFile], *, has_pictures: bool = True) -> Json:
    """A message of the person. All files are named; pictures are also to be looked at, if that `has_pictures`."""
    files = tuple(files)
    parts: list[Json] = [_part("user", text or " ")] if text or not files else []
    if files:
        parts.append(_part("user", FILES + ", ".join(file.name for file in files)))
    pictures = [file.remote_id for file in files if has_pictures and file.media_type in _PICTURES]
    parts += [{"type": "input_image", "file_id": file_id} for file_id in pictures]
    return {"type": "message", "role": "user", "content": parts}


def messages_before(items: Iterable[TranscriptItem]) -> list[Json]:
    """What was said before as messages, code and logs as text."""
    return [
        {"type": "message", "role": role, "content": [_part(role, words)]}
        for role, words in messages(items, MOST_CHARACTERS)
    ]


def _part(role: str, text: str) -> Json:
    return {"type": "input_text" if role == "user" else "output_text", "text": text}
