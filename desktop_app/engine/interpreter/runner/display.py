"""What a step shows: text goes to standard output, pictures go out as frames, in the order in which they came."""

import base64
import io
import sys
from collections.abc import Callable, Mapping
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher

from .channel import Channel

PICTURE_BYTES = 12 * 1024**2

MIME_TYPES = ["text/plain", "image/png", "image/jpeg"]


class Screen:
    """Shows one value, given as a mapping from MIME type to data, at its richest."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def picture(self, png: bytes) -> None:
        """Shows a PNG after everything printed so far."""
        if len(png) > PICTURE_BYTES:
            sys.stdout.write("[A picture of more than 12 MB is not shown.]\n")
            return
        sys.stdout.flush()
        sys.stderr.flush()
        self._channel.send_in_order({"type": "image", "png": base64.b64encode(png).decode()})

    def show(self, data: Mapping[str, Any]) -> None:
        """Shows a picture if the value has one, else its text."""
        if png := data.get("image/png"):
            self.picture(_as_bytes(png))
        elif jpeg := data.get("image/jpeg"):
            self.picture(_converted(_as_bytes(jpeg)))
        elif text := data.get("text/plain"):
            sys.stdout.write(f"{text}\n")


def _as_bytes(data: bytes | str) -> bytes:
    return data if isinstance(data, bytes) else base64.b64decode(data)


def _converted(jpeg: bytes) -> bytes:
    from PIL import Image  # noqa: PLC0415  the first step should not wait for it

    data = io.BytesIO()
    with Image.open(io.BytesIO(jpeg)) as image:
        image.save(data, format="PNG")
    return data.getvalue()


def hooks(screen: Screen) -> tuple[type[DisplayPublisher], type[DisplayHook]]:
    """The classes that make IPython show values on this screen."""
    show: Callable[[Mapping[str, Any]], None] = screen.show

    class Publisher(DisplayPublisher):
        """`display(value)`."""

        def publish(self, data: Mapping[str, Any], *_args: object, **_options: object) -> None:
            show(data)

    class Hook(DisplayHook):
        """The last expression of a step."""

        def compute_format_data(self, result: object) -> tuple[dict[str, Any], dict[str, Any]]:
            if "matplotlib.pyplot" in sys.modules:
                from . import figure  # noqa: PLC0415  it imports matplotlib, which most steps do not need

                if (formats := figure.formats(result)) is not None:
                    return formats, {}
            compute: Callable[[object], tuple[dict[str, Any], dict[str, Any]]] = super().compute_format_data
            return compute(result)

        def write_output_prompt(self) -> None:
            """A step has no prompt."""

        def write_format_data(self, format_dict: Mapping[str, Any], md_dict: object = None) -> None:  # noqa: ARG002
            show(format_dict)

    return Publisher, Hook
