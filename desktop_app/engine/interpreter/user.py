"""Users without a name for the sandboxes of root: never does code run as uid 0."""

import secrets
from pathlib import Path

_HIGH = 1_900_000_000  # beyond what systemd, containers and people hand out
_LOW = 61_184  # the dynamic users of systemd, for containers that map 65,536 ids only
_COUNTS = {_HIGH: 60_000, _LOW: 4_000}


def unprivileged(uid_map: Path = Path("/proc/self/uid_map")) -> int:
    """A uid that most likely nobody else has, picked anew at each call, and mapped in this user namespace."""
    rows = [tuple(map(int, line.split())) for line in uid_map.read_text().splitlines()]
    first = (
        _HIGH if any(inside <= _HIGH and _HIGH + _COUNTS[_HIGH] < inside + count for inside, _, count in rows) else _LOW
    )
    return first + secrets.randbelow(_COUNTS[first])
