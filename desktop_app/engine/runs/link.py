"""Finding `sandbox:/mnt/data/...` links in an answer."""

import re
from collections.abc import Mapping
from urllib.parse import quote

from desktop_app.engine.storage.record import Json

_PREFIX = "sandbox:/mnt/data/"
_NAME_GOES_ON = r"(?![\w/-]|\.\w)"


def annotations(text: str, files: Mapping[str, str]) -> list[Json]:
    """The `file_path` annotations for every link to one of `files` (name to file id), in the order of the text.

    A link may be written plainly or percent-encoded. Where one name begins with another, the longer one wins.
    """
    if _PREFIX not in text or not files:
        return []
    spellings = {spelling: file_id for name, file_id in files.items() for spelling in (quote(name), name)}
    longest_first = sorted(spellings, key=len, reverse=True)
    pattern = f"{_PREFIX}({'|'.join(map(re.escape, longest_first))}){_NAME_GOES_ON}"
    return [
        {
            "type": "file_path",
            "text": match[0],
            "start_index": match.start(),
            "end_index": match.end(),
            "file_path": {"file_id": spellings[match[1]]},
        }
        for match in re.finditer(pattern, text)
    ]
