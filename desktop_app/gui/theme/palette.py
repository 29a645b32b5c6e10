"""The colours of both themes: the only colour literals of the program."""

from typing import NamedTuple

from PySide6.QtGui import QColor


class Palette(NamedTuple):
    """The tokens everything is painted with, as `#rrggbb`.

    A named tuple, because the module that makes data classes would be imported before the first paint for this alone.

    Attributes:
        window: The ground of the side panes.
        surface: The ground of the transcript and of cards.
        raised: Step headers, chips, the composer.
        border: Hairlines.
        control: The outline of a control that has no other sign of being one.
        text: What is read first; `muted` what is read second; both meet WCAG AA on the three grounds.
        faint: What one may miss.
        hover: The ground of a row or a quiet button under the pointer.
        selection: The ground of the chosen row.
        accent: The one primary action, links, focus; `accent_hover` the same under the pointer.
        accent_wash: The person's bubble, badges, search matches.
        on_accent: Text upon `accent`.
        ok, running, error: States, always shown with a shape as well.
        running_wash, error_wash: The grounds of banners.
        badge_*: The grounds of file type badges; `on_badge` is the text upon them.
        code_ground: The ground of code; `keyword` to `comment` are its colours.
        scrim: What dims the window, with `scrim_alpha` (0 to 255).
    """

    is_dark: bool
    window: str
    surface: str
    raised: str
    border: str
    control: str
    text: str
    muted: str
    faint: str
    hover: str
    selection: str
    accent: str
    accent_hover: str
    accent_wash: str
    on_accent: str
    ok: str
    running: str
    error: str
    running_wash: str
    error_wash: str
    badge_table: str
    badge_image: str
    badge_document: str
    badge_text: str
    badge_archive: str
    on_badge: str
    code_ground: str
    keyword: str
    string: str
    number: str
    function: str
    comment: str
    scrim: str
    scrim_alpha: int

    def scrim_colour(self) -> QColor:
        """Return the translucent colour that dims the window."""
        colour = QColor(self.scrim)
        colour.setAlpha(self.scrim_alpha)
        return colour


LIGHT = Palette(
    is_dark=False,
    window="#F4F5F7",
    surface="#FFFFFF",
    raised="#FAFBFC",
    border="#E2E5EA",
    control="#C9CED6",
    text="#1A1E26",
    muted="#5A6372",
    faint="#8A93A3",
    hover="#EBEDF1",
    selection="#E3E8F2",
    accent="#2457D6",
    accent_hover="#1D49B8",
    accent_wash="#E8EEFC",
    on_accent="#FFFFFF",
    ok="#1B7A4B",
    running="#9A6400",
    error="#B8322A",
    running_wash="#FBF3E2",
    error_wash="#FCEEEC",
    badge_table="#1B7A4B",
    badge_image="#2457D6",
    badge_document="#B8322A",
    badge_text="#5A6372",
    badge_archive="#9A6400",
    on_badge="#FFFFFF",
    code_ground="#F6F7F9",
    keyword="#8B1FA9",
    string="#1B7A4B",
    number="#B4470F",
    function="#2457D6",
    comment="#687182",
    scrim="#F4F5F7",
    scrim_alpha=220,
)

DARK = Palette(
    is_dark=True,
    window="#15181D",
    surface="#1B1F26",
    raised="#20252D",
    border="#2D343E",
    control="#434C59",
    text="#E6E9EF",
    muted="#A0A9B7",
    faint="#737D8C",
    hover="#20252D",
    selection="#2A3342",
    accent="#86A8FF",
    accent_hover="#A1BBFF",
    accent_wash="#26314A",
    on_accent="#10131A",
    ok="#57C98F",
    running="#E8B04A",
    error="#FF8A80",
    running_wash="#2E2718",
    error_wash="#332120",
    badge_table="#57C98F",
    badge_image="#86A8FF",
    badge_document="#FF8A80",
    badge_text="#A0A9B7",
    badge_archive="#E8B04A",
    on_badge="#10131A",
    code_ground="#171B21",
    keyword="#D38CEB",
    string="#7FD9A8",
    number="#F2A66B",
    function="#86A8FF",
    comment="#8791A1",
    scrim="#0D0F13",
    scrim_alpha=215,
)
