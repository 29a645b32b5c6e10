"""Python's commonest exceptions in words; the others as Python says them."""

import re
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication

tr = partial(QCoreApplication.translate, "text")

_QUOTED = re.compile(r"""(['"])(.+?)\1""")


def exception(name: str, message: str) -> str:
    """Say in one line what was raised. The traceback has the rest."""
    words = _WORDS.get(name.rpartition(".")[2])
    raw = ": ".join(part for part in (name, message) if part)
    return (words(message) if words else "") or raw or tr("The code raised an error")


def _encoding(message: str) -> str:
    codec = _first_quoted(message).upper()
    return tr("The file is not {encoding}").format(encoding=codec) if codec else ""


def _key(message: str) -> str:
    """Word what `dict` and pandas say: the key alone, or in a sentence about columns."""
    if "not in index" in message or "are in the [" in message:
        names = ", ".join(f"“{found[1]}”" for found in _QUOTED.findall(message.partition("dtype")[0].strip('"')))
        return tr("Columns are missing: {names}").format(names=names) if names else ""
    key = message.strip("'\"")
    return tr("There is no column or key “{name}”").format(name=key) if key else ""


def _module(message: str) -> str:
    module = _first_quoted(message)
    return tr("A module is missing: {name}").format(name=module) if module else ""


def _file(message: str) -> str:
    file = _first_quoted(message).rpartition("/")[2]
    return tr("There is no file “{name}”").format(name=file) if file else ""


def _name(message: str) -> str:
    name = _first_quoted(message)
    return tr("Nothing is named “{name}”").format(name=name) if name and "not defined" in message else ""


def _first_quoted(message: str) -> str:
    found = _QUOTED.search(message)
    return found[2] if found else ""


_WORDS: dict[str, Callable[[str], str]] = {
    "UnicodeDecodeError": _encoding,
    "KeyError": _key,
    "ModuleNotFoundError": _module,
    "FileNotFoundError": _file,
    "NameError": _name,
    "MemoryError": lambda _message: tr("The code ran out of memory"),
    "KeyboardInterrupt": lambda _message: tr("The code was interrupted"),
    "ZeroDivisionError": lambda _message: tr("The code divided by zero"),
    "EmptyDataError": lambda _message: tr("There is no table in the file"),
}
