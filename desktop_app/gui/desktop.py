"""Hands files and addresses to the desktop's own programs."""

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

_DOCUMENTS = frozenset(
    {
        *("csv", "tsv", "xlsx", "xls", "ods", "json", "xml", "parquet"),
        *("png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "svg"),
        *("pdf", "docx", "doc", "odt", "pptx", "ppt", "odp", "rtf"),
        *("txt", "md", "log", "tex", "html"),
        *("mp3", "wav", "mp4", "zip"),
    }
)
_SCHEMES = frozenset({"http", "https", "mailto"})


def open_document(path: Path) -> None:
    """Open a file in its program; one that could be a program itself is shown in its folder instead."""
    if path.suffix.lower().removeprefix(".") in _DOCUMENTS:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
    else:
        show_folder(path)


def show_folder(path: Path) -> None:
    """Open the folder that holds a file."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def open_link(address: str) -> None:
    """Open a web or mail address; any other is ignored, whoever wrote it."""
    url = QUrl(address)
    if url.scheme().lower() in _SCHEMES:
        QDesktopServices.openUrl(url)
