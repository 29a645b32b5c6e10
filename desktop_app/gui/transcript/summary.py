"""What a code step does, in one line."""

import re
from functools import partial

from PySide6.QtCore import QCoreApplication

tr = partial(QCoreApplication.translate, "summary")

_LONGEST = 100
_FILE = r"""\(\s*f?["'](?:/mnt/data/)?([^"'\n]+)["']"""
_HINTS = (  # the words are translated where they are used
    (re.compile(r"\.(?:to_csv|to_excel|to_json|to_parquet|savefig|save)" + _FILE), "Write {name}"),
    (re.compile(r"\.(?:plot|plot\.\w+|bar|barh|hist|scatter|boxplot|pie|imshow|plot_surface)\("), "Draw a chart"),
    (
        re.compile(r"\b(?:read_csv|read_excel|read_json|read_parquet|read_table|open|load_workbook)" + _FILE),
        "Read {name}",
    ),
    (re.compile(r"\b(?:solve|solveset|nsolve|dsolve)\("), "Solve the equation"),
    (re.compile(r"\.describe\(|\.info\("), "Describe the data"),
)
_QUIET = ("import ", "from ", "%", "!", "@")


def summarize(code: str) -> str:
    """The first comment or docstring, else what the code most visibly does, else its first statement."""
    for line in code.splitlines():
        text = line.strip()
        if text.startswith("#"):
            words = text.strip("#-=* ").strip()
            if words and not words.startswith(("!", "-*-", "coding")):
                return _short(words)
        elif text.startswith(('"""', "'''")):
            words = text.strip("\"' ")
            if words:
                return _short(words)
        elif text and not text.startswith(_QUIET):
            break
    for pattern, words in _HINTS:
        found = pattern.search(code)
        if found:
            name = found.group(1).rpartition("/")[2] if found.groups() else ""
            return _short(tr(words).format(name=name))
    statements = (line.strip() for line in code.splitlines())
    return _short(next((line for line in statements if line and not line.startswith(_QUIET)), ""))


def last_line(log: str) -> str:
    """The last line of a traceback that says something."""
    return _short(next((line.strip() for line in reversed(log[-4_000:].splitlines()) if line.strip()), ""))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
