"""Names of files in `/mnt/data`: which ones are fit to be offered, and how an uploaded file's becomes one."""

import unicodedata
from collections.abc import Collection
from pathlib import PurePosixPath

_MAX_BYTES = 200
_MAX_PATH_CHARACTERS = 1000
_FORBIDDEN = frozenset('/\\:*?"<>|')  # what one of the systems that the file may be saved on refuses
_BIDI = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_HIDDEN = frozenset({"__pycache__"})


def is_plain(name: str) -> bool:
    """Whether a relative path shows as what it is: no controls, no bytes that are no text, no reversed direction."""
    return 0 < len(name) <= _MAX_PATH_CHARACTERS and "\\" not in name and not any(map(_is_odd, name))


def is_hidden(part: str) -> bool:
    """Whether a folder or file is a cache or configuration that nobody wants offered."""
    return part.startswith(".") or part in _HIDDEN


def escaped(name: str) -> str:
    """A name as it can be shown in one line, whatever is in it."""
    return ascii(name[:100])


def sanitized(name: str) -> str:
    """A plain, visible base name of bounded length that still looks like the given one."""
    base = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode())
    base = base.replace("\\", "/").rstrip("/").rpartition("/")[2]
    base = "".join("_" if character in _FORBIDDEN or _is_odd(character) else character for character in base)
    base = base.strip(" ").rstrip(".")
    if is_hidden(base) or not base:
        base = f"file{base}"
    return _shortened(base, "")


def unique(name: str, taken: Collection[str]) -> str:
    """The name, or `name (2)` and so on; names that differ in case alone count as the same."""
    folded = {_folded(other) for other in taken}
    number, candidate = 1, name
    while _folded(candidate) in folded:
        number += 1
        candidate = _shortened(name, f" ({number})")
    return candidate


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _is_odd(character: str) -> bool:
    return character in _BIDI or unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}


def _shortened(name: str, addition: str) -> str:
    suffix = "".join(PurePosixPath(name).suffixes[-2:]) if name.endswith((".gz", ".bz2", ".xz")) else ""
    suffix = suffix or PurePosixPath(name).suffix
    if len(suffix.encode()) > 20:
        suffix = ""
    stem = name.removesuffix(suffix) if suffix else name
    room = _MAX_BYTES - len((addition + suffix).encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + addition + suffix
