"""Ids and the clock: what the app makes up itself."""

import time
import uuid


def new_id(prefix: str) -> str:
    """A new id, such as `thread_5f0c…`; unique and hard to guess."""
    return f"{prefix}_{uuid.uuid4().hex}"


def now() -> float:
    """Seconds since the epoch, UTC."""
    return time.time()
