"""Buttons that carry an icon of the family and follow the theme."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from desktop_app.gui.override import override
from desktop_app.gui.theme.measure import ICON_SIZE
from desktop_app.gui.theme.theme import Theme


class IconButton(QToolButton):
    """A button that is only an icon; its label is the tool tip and the accessible name."""

    def __init__(
        self, theme: Theme, icon: str, label: str, name: str, parent: QWidget | None = None, *, tint: str = "muted"
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = icon
        self._tint = tint
        self.setObjectName(name)
        self.setIconSize(QSize(ICON_SIZE, ICON_SIZE))
        self.set_label(label)
        self._draw()
        theme.changed.connect(self._draw)

    def set_label(self, label: str) -> None:
        """Say what the button does."""
        self.setToolTip(label)
        self.setAccessibleName(label.split("\n", maxsplit=1)[0])

    def set_icon(self, icon: str, tint: str | None = None) -> None:
        """Show another icon."""
        self._icon = icon
        self._tint = tint or self._tint
        self._draw()

    def _draw(self) -> None:
        self.setIcon(self._theme.icon(self._icon, self._tint))


class Button(QPushButton):
    """A push button of one of the style sheet's kinds, with or without an icon. A double click on it is one click."""

    def __init__(
        self,
        label: str,
        name: str,
        parent: QWidget | None = None,
        *,
        kind: str = "",
        theme: Theme | None = None,
        icon: str = "",
    ) -> None:
        super().__init__(label, parent)
        self.setObjectName(name)
        self.setAccessibleName(label.rstrip("…"))
        self.setAutoDefault(False)
        self._theme = theme
        self._icon = icon
        self._tint = {"primary": "on_accent", "link": "accent"}.get(kind, "muted")
        if kind:
            self.setProperty("kind", kind)
        if theme is not None and icon:
            self._draw()
            theme.changed.connect(self._draw)

    def set_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self._draw()

    def _draw(self) -> None:
        if self._theme is not None and self._icon:
            self.setIcon(self._theme.icon(self._icon, self._tint))

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()  # some people double-click everything, and would stop again what they have started
