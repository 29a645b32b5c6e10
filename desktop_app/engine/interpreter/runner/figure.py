"""A matplotlib backend that shows figures as PNG. Loaded by matplotlib itself, through `MPLBACKEND`."""

import io
import math
from collections.abc import Iterable
from weakref import WeakSet

from matplotlib import pyplot as plt
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas
from matplotlib.container import Container
from matplotlib.figure import Figure

from . import sink

__all__ = ["FigureCanvas", "formats", "show"]

_DPI = 150.0
_PIXELS = 40_000_000

_shown: WeakSet[Figure] = WeakSet()


def show(*_args: object, **_options: object) -> None:
    """Sends every open figure, in the order of their numbers, and closes it."""
    for number in plt.get_fignums():
        figure = plt.figure(number)
        plt.close(figure)
        if sink.picture is not None and not _is_empty(figure):
            _shown.add(figure)
            sink.picture(_png(figure))


def formats(value: object) -> dict[str, bytes] | None:
    """What to show for a value of matplotlib's by MIME type; None for any other value.

    A figure is shown unless it was or will be. A line of text about axes, bars or lines would be noise beside it.
    """
    if isinstance(value, Figure):
        is_open = value.canvas.manager is not None and value.number in plt.get_fignums()
        return {} if is_open or value in _shown else {"image/png": _png(value)}
    return {} if _is_drawn(value) else None


def _is_drawn(value: object) -> bool:
    if isinstance(value, (Artist, Container)):
        return True
    if isinstance(value, (list, tuple)):
        return len(value) > 0 and all(map(_is_drawn, value))
    # What `plt.subplots` and `DataFrame.hist` return is an array of axes.
    items = getattr(value, "flat", None) if str(getattr(value, "dtype", "")) == "object" else None
    return isinstance(items, Iterable) and all(map(_is_drawn, items))


def _is_empty(figure: Figure) -> bool:
    return not (figure.axes or figure.texts or figure.images or figure.lines or figure.patches or figure.subfigs)


def _png(figure: Figure) -> bytes:
    width, height = figure.get_size_inches()
    largest = math.sqrt(_PIXELS / max(width * height, 0.01))
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=min(max(figure.dpi, _DPI), largest), bbox_inches="tight")
    return data.getvalue()
