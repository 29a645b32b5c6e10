"""What the clipboard or a drag carries, as files or bytes."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData
from PySide6.QtGui import QImage, QImageWriter


def paths_in(source: QMimeData) -> tuple[Path, ...]:
    """Return the local files, in their order."""
    return tuple(Path(url.toLocalFile()) for url in source.urls() if url.isLocalFile())


def png_in(source: QMimeData) -> bytes | None:
    """Return the image as a PNG, or None if there is none."""
    image = source.imageData() if source.hasImage() else None
    if not isinstance(image, QImage) or image.isNull():
        return None
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"PNG")).write(image)
    return bytes(data.data())
