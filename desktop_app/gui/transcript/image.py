"""Pictures: decoded in threads, at full resolution, with a guard against bombs."""

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QSize, QThreadPool, Signal
from PySide6.QtGui import QImage, QImageReader

_MAX_PIXELS = 100_000_000
_MAX_EDGE = 32_767
_KEPT_BYTES = 192 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Decoded:
    path: Path
    image: QImage


class ImageStore(QObject):
    """Decoded pictures by path, the last used ones kept.

    Signals:
        loaded: With the `Path` of a picture that `image` has now, or that cannot be shown (`is_broken`).
    """

    loaded = Signal(object)
    _decoded = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._images: OrderedDict[Path, QImage] = OrderedDict()
        self._sizes: dict[Path, QSize] = {}
        self._loading: set[Path] = set()
        self._decoded.connect(self._on_decoded)

    def size(self, path: Path) -> QSize:
        """The size that the header says, invalid for a file that is no picture or a dangerous one. Cheap."""
        found = self._sizes.get(path)
        if found is None:
            found = self._sizes[path] = _header_size(path)
        return found

    def is_broken(self, path: Path) -> bool:
        """Whether there is nothing to be shown."""
        return not self.size(path).isValid()

    def image(self, path: Path) -> QImage | None:
        """The picture; None if it is not decoded yet, which begins now."""
        found = self._images.get(path)
        if found is not None:
            self._images.move_to_end(path)
        elif not self.is_broken(path) and path not in self._loading:
            self._loading.add(path)
            _waiting.add(self)
            QThreadPool.globalInstance().start(lambda: self._decoded.emit(_Decoded(path, _decode(path))))
        return found

    def _on_decoded(self, decoded: _Decoded) -> None:
        self._loading.discard(decoded.path)
        if not self._loading:
            _waiting.discard(self)
        if decoded.image.isNull():
            self._sizes[decoded.path] = QSize()
        else:
            self._images[decoded.path] = decoded.image
            self._drop_oldest()
        self.loaded.emit(decoded.path)

    def _drop_oldest(self) -> None:
        total = sum(image.sizeInBytes() for image in self._images.values())
        while total > _KEPT_BYTES and len(self._images) > 1:
            _, dropped = self._images.popitem(last=False)
            total -= dropped.sizeInBytes()


_waiting: set[ImageStore] = set()
"""Keeps a store alive, and its end in the window's thread, while threads decode for it."""


def _header_size(path: Path) -> QSize:
    reader = QImageReader(str(path))
    size = reader.size()
    is_sane = 0 < size.width() <= _MAX_EDGE and 0 < size.height() <= _MAX_EDGE
    return size if is_sane and size.width() * size.height() <= _MAX_PIXELS else QSize()


def _decode(path: Path) -> QImage:
    reader = QImageReader(str(path))
    reader.setAutoTransform(True)
    return reader.read()
