"""The parts that need no sandbox: names, logs, pictures, frames, the system call filter."""

import base64
import json
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.engine.interpreter import name, png, seccomp, wording
from desktop_app.engine.interpreter.frame import Done, FrameError, FrameReader, Picture, Ready, encode
from desktop_app.engine.interpreter.log import LogText


@given(st.text(max_size=300))
def test_any_name_becomes_a_plain_visible_one(text: str) -> None:
    result = name.sanitized(text)
    assert name.is_plain(result)
    assert not name.is_hidden(result)
    assert "/" not in result
    assert 0 < len(result.encode()) <= 200


def test_a_long_name_keeps_its_ending() -> None:
    assert name.sanitized("x" * 300 + ".csv").endswith("x.csv")
    assert name.sanitized("ß" * 300 + ".tar.gz").endswith("ß.tar.gz")
    assert name.unique("ß" * 97 + ".csv", ["ß" * 97 + ".csv"]).endswith("ß (2).csv")


def test_names_that_differ_in_case_or_form_alone_are_the_same() -> None:
    assert name.unique("Cafe\u0301.csv", ["CAFÉ.CSV"]) == "Cafe\u0301 (2).csv"


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_logs_never_hold_a_control_character(pieces: list[bytes]) -> None:
    log = LogText(10_000)
    text = "".join(map(log.feed, pieces)) + log.finish()
    assert all(character in "\n\t" or character.isprintable() or ord(character) > 0x9F for character in text)


@given(st.text(alphabet="aß😀\n\r\x1b[31m;0", max_size=60), st.integers(1, 5))
def test_logs_do_not_depend_on_how_the_bytes_arrive(text: str, step: int) -> None:
    whole, pieces = LogText(10_000), LogText(10_000)
    data = text.encode()
    expected = whole.feed(data) + whole.finish()
    assert "".join(pieces.feed(data[i : i + step]) for i in range(0, len(data), step)) + pieces.finish() == expected


def test_a_line_of_ours_begins_on_a_line_of_its_own() -> None:
    log = LogText(100)
    assert log.feed(b"50 %\r100 %\r\n\x1b[1mend") == "50 %\n100 %\nend"
    assert log.line("[said]") == "\n[said]\n"


def picture(*extra: bytes, width: int = 2, height: int = 3, data: bytes = b"x") -> bytes:
    """Return a PNG with more chunks before its data."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"".join([b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header), *extra, chunk(b"IDAT", data), chunk(b"IEND", b"")])


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_a_picture_keeps_only_what_makes_it() -> None:
    image = png.checked(
        picture(chunk(b"iCCP", b"bomb"), chunk(b"zTXt", b"bomb"), chunk(b"pHYs", b"123456789")) + b"tail"
    )
    assert (image.width, image.height) == (2, 3)
    assert image.png == picture(chunk(b"pHYs", b"123456789"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        picture()[:-1],
        picture()[:30],
        picture(width=0),
        picture(width=100_000, height=100_000),
        picture().replace(b"IDAT", b"IDOT"),
        picture(chunk(b"EVIL", b"")),
        picture(chunk(b"IHDR", b"0" * 13)),
        picture(data=bytes(png.MAX_BYTES)),
    ],
)
def test_what_is_no_bounded_picture_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        png.checked(data)


def test_frames_arrive_in_any_pieces() -> None:
    frames = [
        {"type": "ready"},
        {"type": "image", "png": base64.b64encode(b"data").decode()},
        {"type": "done", "command": 2, "error": None, "out_of_memory": False, "text": "t"},
    ]
    stream = b"".join(struct.pack(">I", len(body)) + body for body in (json.dumps(frame).encode() for frame in frames))
    reader = FrameReader()
    found = [frame for i in range(len(stream)) for frame in reader.feed(stream[i : i + 1])]
    assert found == [Ready(), Picture(b"data"), Done(2, None, out_of_memory=False, text="t")]


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    reader = FrameReader()
    try:
        reader.feed(struct.pack(">I", len(data)) + data)
    except FrameError:
        return
    assert data.startswith(b"{")


def test_a_command_is_a_frame() -> None:
    assert encode({"type": "ack"}) == struct.pack(">I", 15) + b'{"type": "ack"}'


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_jumps_forward_within_itself_and_ends_in_a_verdict(machine: str) -> None:
    code = list(struct.iter_unpack("=HBBI", seccomp.program(machine)))
    for place, (operation, when_true, when_false, _) in enumerate(code):
        if operation & 0x07 == 0x05:
            assert place + 1 + max(when_true, when_false) < len(code)
    assert code[-1][0] == 0x06
    assert not seccomp.is_supported("riscv64")


def test_sizes_are_said_as_people_say_them() -> None:
    sizes = [0, 1023, 1024, 1536, 64 * 1024**2, 1023.6 * 1024**2, 2 * 1024**3]
    said = ["0 bytes", "1023 bytes", "1 KB", "1.5 KB", "64 MB", "1024 MB", "2 GB"]
    assert [wording.size(int(size)) for size in sizes] == said
