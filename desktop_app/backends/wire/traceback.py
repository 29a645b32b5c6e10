"""The exception that ended a piece of code, as its output tells."""

import re

from desktop_app.domain.error import ErrorCode, ErrorInfo

_TRACEBACK = "Traceback (most recent call last)"
_LAST_LINE = re.compile(r"^(?:[\w.]+\.)?([A-Za-z_]\w*)(?:: (.*))?$")


def code_error(logs: str, name: str = "") -> ErrorInfo | None:
    """The exception at the end of a traceback, or the one of this name; None if there is none."""
    if not name and _TRACEBACK not in logs:
        return None
    lines = logs[logs.rfind(_TRACEBACK) + 1 :].splitlines() if _TRACEBACK in logs else logs.splitlines()
    for line in reversed(lines):
        found = _LAST_LINE.match(line)
        if found and (not name or found[1] == name):
            return ErrorInfo(ErrorCode.CODE_FAILED, {"name": found[1], "message": found[2] or ""})
    return ErrorInfo(ErrorCode.CODE_FAILED, {"name": name, "message": ""}) if name else None
