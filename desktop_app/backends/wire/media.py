"""What a file is by its name."""

import mimetypes


def media_type(name: str) -> str:
    """A media type, such as `text/csv`."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
