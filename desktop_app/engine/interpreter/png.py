"""Checks PNG files without decoding a pixel, and leaves only the chunks that make the picture.

Everything optional goes: compressed texts and colour profiles are where decoders have been attacked.
Source: https://www.w3.org/TR/png-3/
"""

import struct
import zlib

from desktop_app.engine.port import Image

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"pHYs", b"IDAT", b"IEND"})
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}

MAX_PIXELS = 50_000_000
MAX_BYTES = 12 * 1024**2


def checked(data: bytes) -> Image:
    """The picture, reduced to its own chunks.

    Raises:
        ValueError: It is no whole PNG, or too large in bytes or pixels.
    """
    if len(data) > MAX_BYTES or not data.startswith(_SIGNATURE):
        raise ValueError("not a PNG of bounded size")
    kept = [_SIGNATURE]
    names: list[bytes] = []
    position = len(_SIGNATURE)
    while not names or names[-1] != b"IEND":
        name, end = _chunk(data, position)
        if name in _KEPT:
            kept.append(data[position:end])
            names.append(name)
        elif name[0] & 0x20 == 0:
            raise ValueError("unknown critical chunk")
        position = end
    if names[0] != b"IHDR" or names.count(b"IHDR") != 1 or b"IDAT" not in names:
        raise ValueError("not a picture")
    width, height = _size(data)
    return Image(b"".join(kept), width, height)


def _chunk(data: bytes, position: int) -> tuple[bytes, int]:
    """Name and end of the chunk at a position."""
    if position + 12 > len(data):
        raise ValueError("cut off")
    length: int = struct.unpack_from(">I", data, position)[0]
    end = position + 12 + length
    if end > len(data):
        raise ValueError("cut off")
    if zlib.crc32(data[position + 4 : end - 4]) != struct.unpack_from(">I", data, end - 4)[0]:
        raise ValueError("damaged")
    return data[position + 4 : position + 8], end


def _size(data: bytes) -> tuple[int, int]:
    length, _name, width, height, depth, colour, compression, filtering, interlace = struct.unpack_from(
        ">I4sIIBBBBB", data, len(_SIGNATURE)
    )
    if length != 13 or depth not in _DEPTHS.get(colour, ()) or (compression, filtering) != (0, 0) or interlace > 1:
        raise ValueError("odd header")
    if not (width > 0 and height > 0 and width * height <= MAX_PIXELS):
        raise ValueError("too many pixels")
    return width, height
