"""Applies a palette to the whole application, and follows the system or the person's choice."""

from enum import StrEnum
from string import Template

from PySide6 import QtCore
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from desktop_app.gui.theme.measure import ICON_SIZE
from desktop_app.gui.theme.palette import DARK, LIGHT, Palette
from desktop_app.system import resource

TEXT_PIXELS = 13


class ThemeChoice(StrEnum):
    """What the person wants; the values are kept in the settings."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Theme(QObject):
    """The look that is on now.

    Signals:
        changed: The palette is another one. Style sheet and application palette are in place already.
    """

    changed = Signal()

    def __init__(self, app: QApplication, choice: ThemeChoice = ThemeChoice.SYSTEM, *, has_icons: bool = True) -> None:
        super().__init__(app)
        self._has_icons = has_icons
        self._app = app
        self._hints = app.styleHints()
        self._choice = choice
        font = app.font()
        font.setPixelSize(TEXT_PIXELS)
        app.setFont(font)
        system_is_dark = app.palette().window().color().lightness() < 128
        self._palette = _palette(choice, system_is_dark=system_is_dark)
        self._apply()

    def follow_system(self) -> None:
        """Begin to follow the system, and let it know what the person wants. Not needed for the first paint."""
        self._hints.colorSchemeChanged.connect(self._refresh)
        self.choose(self._choice)

    @property
    def palette(self) -> Palette:
        """The colours that are on now."""
        return self._palette

    @property
    def choice(self) -> ThemeChoice:
        """What the person wants."""
        return self._choice

    def choose(self, choice: ThemeChoice) -> None:
        """Switch at once. `SYSTEM` follows the system from now on."""
        self._choice = choice
        scheme = QtCore.Qt.ColorScheme
        wanted = {ThemeChoice.LIGHT: scheme.Light, ThemeChoice.DARK: scheme.Dark}
        self._hints.setColorScheme(wanted.get(choice, scheme.Unknown))
        self._refresh()

    def draw_icons(self) -> None:
        """Draw the icons that were left out until the first paint."""
        self._has_icons = True
        self.changed.emit()

    def icon(self, name: str, tint: str = "muted", size: int = ICON_SIZE) -> QIcon:
        """Return an icon in one of the palette's colours; an empty one until `draw_icons`, if the theme is without."""
        if not self._has_icons:
            return QIcon()
        from desktop_app.gui.theme.icon import icon  # noqa: PLC0415 - it brings what draws them

        disabled = self._palette.faint if tint == "on_accent" else ""  # Qt fades the others well enough
        return icon(name, getattr(self._palette, tint), size, disabled=disabled)

    def colour(self, token: str) -> QColor:
        """Return one of the palette's colours."""
        return QColor(getattr(self._palette, token))

    def _refresh(self) -> None:
        system_is_dark = self._hints.colorScheme() is QtCore.Qt.ColorScheme.Dark
        palette = _palette(self._choice, system_is_dark=system_is_dark)
        if palette is not self._palette:
            self._palette = palette
            self._apply()
            self.changed.emit()

    def _apply(self) -> None:
        self._app.setPalette(_qt_palette(self._palette))
        tokens = self._palette._asdict()
        template = Template(resource.find("style/window.qss").read_text(encoding="utf-8"))
        self._app.setStyleSheet(template.substitute(tokens))


def _palette(choice: ThemeChoice, *, system_is_dark: bool) -> Palette:
    wants_dark = system_is_dark if choice is ThemeChoice.SYSTEM else choice is ThemeChoice.DARK
    return DARK if wants_dark else LIGHT


def _qt_palette(palette: Palette) -> QPalette:
    """Return what Fusion and the text documents paint with where the style sheet says nothing."""
    role = QPalette.ColorRole
    colours = {
        role.Window: palette.surface,
        role.WindowText: palette.text,
        role.Base: palette.surface,
        role.AlternateBase: palette.raised,
        role.Text: palette.text,
        role.PlaceholderText: palette.muted,
        role.Button: palette.raised,
        role.ButtonText: palette.text,
        role.Highlight: palette.accent,
        role.HighlightedText: palette.on_accent,
        role.Accent: palette.accent,
        role.Link: palette.accent,
        role.LinkVisited: palette.accent,
        role.ToolTipBase: palette.raised,
        role.ToolTipText: palette.text,
        role.Light: palette.raised,
        role.Midlight: palette.hover,
        role.Mid: palette.border,
        role.Dark: palette.control,
        role.Shadow: palette.border,
    }
    result = QPalette()
    for which, colour in colours.items():
        result.setColor(which, QColor(colour))
    for which in (role.Text, role.WindowText, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, which, QColor(palette.faint))
    return result
