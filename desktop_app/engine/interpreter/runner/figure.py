"""A matplotlib backend that shows figures as PNG. Loaded by matplotlib itself, through `MPLBACKEND`."""

import io
import math

from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas
from matplotlib.figure import Figure

from . import sink

__all__ = ["FigureCanvas", "show"]

_DPI = 150.0
_PIXELS = 40_000_000


def show(*_args: object, **_options: object) -> None:
    """Sends every open figure, in the order of their numbers, and closes it."""
    for number in plt.get_fignums():
        figure = plt.figure(number)
        plt.close(figure)
        if sink.picture is not None and not _is_empty(figure):
            sink.picture(_png(figure))


def _is_empty(figure: Figure) -> bool:
    return not (figure.axes or figure.texts or figure.images or figure.lines or figure.patches or figure.subfigs)


def _png(figure: Figure) -> bytes:
    width, height = figure.get_size_inches()
    largest = math.sqrt(_PIXELS / max(width * height, 0.01))
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=min(max(figure.dpi, _DPI), largest), bbox_inches="tight")
    return data.getvalue()
