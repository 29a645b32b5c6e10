"""Small marks that widgets and list rows draw alike: file badges, letters, states."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from desktop_app.gui.theme.palette import Palette

_BADGE_TOKENS = {
    "badge_table": ("csv", "tsv", "xlsx", "xls", "json", "parquet", "ods", "sqlite", "db"),
    "badge_image": ("png", "jpg", "jpeg", "gif", "webp", "svg", "bmp", "tif", "tiff"),
    "badge_document": ("pdf", "docx", "doc", "pptx", "ppt", "odt", "tex"),
    "badge_archive": ("zip", "tar", "gz", "xz", "7z", "pkl"),
}


def badge_label(name: str) -> str:
    """Return the at most four letters that stand for a file's type."""
    stem, dot, suffix = name.rpartition(".")
    return suffix.upper()[:4] if dot and stem and suffix else "FILE"


def badge_token(name: str) -> str:
    """Return the palette's token for a file's type."""
    suffix = name.rpartition(".")[2].lower()
    return next((token for token, suffixes in _BADGE_TOKENS.items() if suffix in suffixes), "badge_text")


def paint_badge(painter: QPainter, rect: QRectF, name: str, palette: Palette) -> None:
    """Draw a file's badge: a filled card with the type's letters at its foot."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(getattr(palette, badge_token(name))))
    painter.drawRoundedRect(rect, 4, 4)
    label = badge_label(name)
    painter.setPen(QColor(palette.on_badge))
    painter.setFont(_bold(painter.font(), 7 if len(label) > 3 else 8))
    painter.drawText(rect.adjusted(0, 0, 0, -4), Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, label)


def paint_letter(painter: QPainter, rect: QRectF, name: str, palette: Palette) -> None:
    """Draw an assistant's mark: the first letter of its name."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(palette.accent_wash))
    painter.drawRoundedRect(rect, 6, 6)
    painter.setPen(QColor(palette.accent))
    painter.setFont(_bold(painter.font(), 11))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, name.strip()[:1].upper() or "?")


def _bold(font: QFont, pixels: int) -> QFont:
    result = QFont(font)
    result.setPixelSize(pixels)
    result.setWeight(QFont.Weight.Bold)
    return result
