"""Both themes: legible, complete, switched at once."""

import re

import pytest
from PySide6.QtGui import QAction, QColor, QPalette
from PySide6.QtWidgets import QApplication

from desktop_app.gui.theme.icon import icon
from desktop_app.gui.theme.palette import DARK, LIGHT, Palette
from desktop_app.gui.theme.theme import Theme, ThemeChoice
from desktop_app.system import resource
from tests.gui.stage import Stage

AA = 4.5


def luminance(colour: str) -> float:
    """Return the relative luminance (WCAG 2.2)."""
    given = QColor(colour)
    parts = (given.redF(), given.greenF(), given.blueF())
    linear: list[float] = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_what_is_read_meets_wcag_aa(palette: Palette) -> None:
    colours = palette._asdict()
    grounds = ("window", "surface", "raised", "selection", "hover")
    pairs = [(text, ground) for text in ("text", "muted") for ground in grounds]
    pairs += [(state, ground) for state in ("ok", "running", "error", "accent") for ground in ("window", "surface")]
    pairs += [("text", "error_wash"), ("text", "accent_wash"), ("accent", "accent_wash"), ("on_accent", "accent")]
    pairs += [(token, "code_ground") for token in ("keyword", "string", "number", "function", "comment")]
    pairs += [("on_badge", token) for token in colours if token.startswith("badge_")]
    assert [pair for pair in pairs if contrast(colours[pair[0]], colours[pair[1]]) < AA] == []


def test_the_style_sheet_uses_tokens_only() -> None:
    sheet = resource.find("style/window.qss").read_text(encoding="utf-8")
    assert set(re.findall(r"\$(\w+)", sheet)) <= set(LIGHT._asdict())
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", sheet) == []


def test_a_choice_takes_effect_at_once(qapp: QApplication, theme: Theme) -> None:
    changes: list[bool] = []
    theme.changed.connect(lambda: changes.append(theme.palette.is_dark))
    theme.choose(ThemeChoice.DARK)
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == DARK.surface
    theme.choose(ThemeChoice.LIGHT)
    assert changes == [True, False]


async def test_the_menu_switches_the_window_and_remembers(stage: Stage) -> None:
    before = stage.window.grab().toImage().pixelColor(600, 300)
    dark = stage.window.findChild(QAction, "Dark")
    assert dark is not None
    dark.trigger()
    after = stage.window.grab().toImage().pixelColor(600, 300)
    assert (before.name().upper(), after.name().upper()) == (LIGHT.surface, DARK.surface)
    assert stage.services.settings.get("theme") == "dark"


def test_icons_take_their_colour(qapp: QApplication) -> None:
    assert qapp is not None
    image = icon("square", "#ff0000", 16).pixmap(16, 16).toImage()
    pixels = [image.pixelColor(x, y) for x in range(16) for y in range(16)]
    drawn = {pixel.name() for pixel in pixels if pixel.alpha() > 150}
    assert drawn == {"#ff0000"}
