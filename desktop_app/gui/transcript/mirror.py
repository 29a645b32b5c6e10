"""Places along a line that runs the other way where the language does."""

from PySide6.QtCore import QRectF


class Mirror:
    """Takes places from both ends of a line, the other way round where the language runs so."""

    def __init__(self, rect: QRectF, *, mirrored: bool) -> None:
        self._rect = rect
        self._mirrored = mirrored
        self._start = 0.0
        self._end = 0.0

    def take_start(self, gap: float, size: float) -> QRectF:
        """The next square at the beginning."""
        self._start += gap + size
        return self._square(self._start - size, size)

    def take_end(self, gap: float, size: float, *, full: bool = False) -> QRectF:
        """The next square, or the full height, at the end."""
        self._end += gap + size
        found = self._square(self._rect.width() - self._end, size)
        return QRectF(found.left(), self._rect.top(), size, self._rect.height()) if full else found

    def rest(self, before: float, after: float) -> QRectF:
        """What is left between."""
        start, end = self._start + before, self._end + after
        left, right = (end, start) if self._mirrored else (start, end)
        return self._rect.adjusted(left, 0, -right, 0)

    def _square(self, x: float, size: float) -> QRectF:
        left = self._rect.width() - x - size if self._mirrored else x
        return QRectF(left, round(self._rect.center().y() - size / 2), size, size)
