"""Pictures that came inline, kept for the moment: they are asked for right after they came."""

from collections import OrderedDict

_MOST_CHARACTERS = 64 * 1024**2


class Pictures:
    """Remembers data URLs by their file's id, the newest ones, as many as there is room for."""

    def __init__(self, room: int = _MOST_CHARACTERS) -> None:
        """`room` is in characters of base64."""
        self._room = room
        self._used = 0
        self._urls: OrderedDict[str, str] = OrderedDict()

    def keep(self, file_id: str, url: str) -> None:
        """Remembers a picture; older ones make room."""
        self._used -= len(self._urls.pop(file_id, ""))
        self._urls[file_id] = url
        self._used += len(url)
        while self._used > self._room:
            _, oldest = self._urls.popitem(last=False)
            self._used -= len(oldest)

    def get(self, file_id: str) -> str:
        """The data URL, or empty if it is not here."""
        return self._urls.get(file_id, "")
