"""Reading an upload straight into a blob, without keeping it in memory or writing it twice."""

import logging
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.runs.refusal import RefusalError
from desktop_app.engine.storage.blob import MAX_FILE_BYTES, BlobWriter

# It warns of odd bodies. They are the client's business, and are refused.
logging.getLogger("python_multipart").setLevel(logging.ERROR)

_MAX_FIELD_BYTES = 4096
_MAX_NAME = 255


@dataclass(slots=True)
class Upload:
    """What an upload brought.

    Attributes:
        name: The file's base name, or empty if no file came.
        fields: The other parts, by name.
    """

    name: str = ""
    sha256: str = ""
    size: int = 0
    fields: dict[str, str] = field(default_factory=dict)


async def read_upload(request: Request, writer: BlobWriter) -> Upload:
    """Writes the part called `file` into a blob and returns it with the other parts.

    Raises:
        RefusalError: 400 for anything else than a form, 413 for a file of more than 512 MiB.
        DeskError: DISK_FULL, STORAGE_FAILED.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise RefusalError(400, "The body must be multipart/form-data with a 'file' and a 'purpose'.")
    parts = _Parts()
    try:
        parser = parts.parser(boundary)
        async for chunk in request.stream():
            parser.write(chunk)
            await parts.drain(writer)
        parser.finalize()
    except FormParserError:
        raise RefusalError(400, "The multipart body could not be read.") from None
    except DeskError as error:
        if error.code is ErrorCode.FILE_TOO_LARGE:
            raise RefusalError(413, f"The file is too large: at most {MAX_FILE_BYTES} bytes are accepted.") from None
        raise
    upload = parts.upload
    if upload.name and writer.size:
        upload.sha256, upload.size = await writer.finish(), writer.size
    return upload


class _Parts:
    """Collects what the parser calls back with."""

    def __init__(self) -> None:
        self.upload = Upload()
        self._file = bytearray()
        self._header = bytearray()
        self._value = bytearray()
        self._disposition = b""
        self._text = bytearray()
        self._name = ""
        self._is_file = False

    def parser(self, boundary: bytes) -> MultipartParser:
        """A parser that fills these parts."""
        return MultipartParser(
            boundary,
            {
                "on_part_begin": self._on_part_begin,
                "on_part_data": self._on_part_data,
                "on_part_end": self._on_part_end,
                "on_header_field": self._on_header_field,
                "on_header_value": self._on_header_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers_finished,
            },
        )

    async def drain(self, writer: BlobWriter) -> None:
        """Moves what has come of the file into the blob."""
        if self._file:
            await writer.write(bytes(self._file))
            self._file.clear()

    def _on_part_begin(self) -> None:
        self._disposition, self._name, self._is_file = b"", "", False
        self._text.clear()

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._is_file = self._name == "file"
        if self._is_file:
            if self.upload.name:
                raise RefusalError(400, "Only one file can be uploaded at a time.", param="file")
            self.upload.name = base_name(options.get(b"filename", b"").decode("utf-8", "replace"))

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._file += data[start:end]
        elif len(self._text) + end - start > _MAX_FIELD_BYTES:
            raise RefusalError(400, f"'{self._name[:64]}' is too long.", param=self._name[:64])
        else:
            self._text += data[start:end]

    def _on_part_end(self) -> None:
        if not self._is_file:
            self.upload.fields[self._name] = self._text.decode("utf-8", "replace")


def base_name(name: str) -> str:
    """A name that is safe to show and to save under: no folders, no control characters, at most 255 bytes."""
    base = PurePosixPath(name.replace("\\", "/")).name
    printable = "".join(character for character in base if character.isprintable()).strip()
    if printable in ("", ".", ".."):
        return "file"
    stem, dot, suffix = printable.rpartition(".")
    while len(printable.encode()) > _MAX_NAME and stem:
        stem = stem[:-1]
        printable = f"{stem}{dot}{suffix}"
    return printable.encode()[:_MAX_NAME].decode("utf-8", "ignore")
