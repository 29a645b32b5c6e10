"""The icons: one family (Lucide), drawn in the colour that the text beside them has."""

from functools import cache

from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop_app.gui.theme.measure import ICON_SIZE
from desktop_app.system import resource


def icon(name: str, colour: str, size: int = ICON_SIZE, disabled: str = "") -> QIcon:
    """Return `resources/icons/{name}.svg` in `colour`, and in the colour `disabled` for a disabled control."""
    ratio = max((screen.devicePixelRatio() for screen in QGuiApplication.screens()), default=1.0)
    result = QIcon(pixmap(name, colour, size, ratio))
    if disabled:
        result.addPixmap(pixmap(name, disabled, size, ratio), QIcon.Mode.Disabled)
    return result


def pixmap(name: str, colour: str, size: int = ICON_SIZE, ratio: float = 1.0) -> QPixmap:
    """Return the icon for a screen with `ratio` device pixels to the logical one."""
    renderer = QSvgRenderer(QByteArray(_source(name).replace(b"currentColor", colour.encode())))
    result = QPixmap(round(size * ratio), round(size * ratio))
    result.setDevicePixelRatio(ratio)
    result.fill(QColor(0, 0, 0, 0))
    painter = QPainter(result)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return result


@cache
def _source(name: str) -> bytes:
    return resource.find(f"icons/{name}.svg").read_bytes()
