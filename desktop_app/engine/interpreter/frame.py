"""Frames from the sandbox, hostile until proven: bounded, decoded as JSON alone, and every field checked."""

import base64
import binascii
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass

MAX_BYTES = 17 * 1024**2
"""Room for a picture of 12 MB in base64, and for what a probe printed."""

_STRUCTURED_BYTES = 2 * 1024**2
"""Of anything but a picture, which is one long string. Lists of lists take 30 times their size in memory."""

_PICTURE, _PICTURE_END, _PICTURE_QUOTES = b'{"type": "image", "png": "', b'"}', 8
_HEADER = struct.Struct(">I")
_NAME_CHARACTERS = 200
_TEXT_CHARACTERS = 256 * 1024


class FrameError(ValueError):
    """The sandbox sent something that no runner sends."""


@dataclass(frozen=True, slots=True)
class Ready:
    """IPython is up."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Something to show; the bytes are not checked yet."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Done:
    """A step or probe is over.

    Attributes:
        command: The number of the command that this claims to end.
    """

    command: int
    error_name: str | None
    out_of_memory: bool
    text: str = ""
    message: str = ""


Frame = Ready | Picture | Done


def encode(message: Mapping[str, str | int]) -> bytes:
    """A command for the runner."""
    body = json.dumps(message).encode()
    return _HEADER.pack(len(body)) + body


class FrameReader:
    """Turns a stream of bytes into frames."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """Takes more bytes and returns the frames that are whole now.

        Raises:
            FrameError: The stream is not to be trusted any more.
        """
        self._data += data
        frames = []
        while len(self._data) >= _HEADER.size:
            size = _HEADER.unpack_from(self._data)[0]
            if size > MAX_BYTES:
                raise FrameError("too long")
            end = _HEADER.size + size
            if len(self._data) < end:
                break
            frames.append(_decode(bytes(self._data[_HEADER.size : end])))
            del self._data[:end]
        return frames


def _decode(body: bytes) -> Frame:
    if len(body) > _STRUCTURED_BYTES and not _is_one_picture(body):
        raise FrameError("too long")
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise FrameError("not JSON") from error
    match message:
        case {"type": "ready"}:
            return Ready()
        case {"type": "image", "png": str(png)}:
            try:
                return Picture(base64.b64decode(png, validate=True))
            except (binascii.Error, ValueError) as error:
                raise FrameError("not base64") from error
        case {
            "type": "done",
            "command": int(command),
            "error": None | str() as name,
            "out_of_memory": bool(out_of_memory),
        }:
            text, detail = message.get("text", ""), message.get("message", "")
            if not isinstance(text, str) or not isinstance(detail, str):
                raise FrameError("text that is none")
            error_name = None if name is None else _clean(name)[:_NAME_CHARACTERS] or "Exception"
            return Done(
                command, error_name, out_of_memory, _clean(text)[:_TEXT_CHARACTERS], _clean(detail)[:_TEXT_CHARACTERS]
            )
    raise FrameError("unknown")


def _is_one_picture(body: bytes) -> bool:
    return body.startswith(_PICTURE) and body.endswith(_PICTURE_END) and body.count(b'"') == _PICTURE_QUOTES


def _clean(text: str) -> str:
    """JSON can carry lone surrogates, which nothing that stores or sends text can encode."""
    return text.encode("utf-8", "replace").decode()
