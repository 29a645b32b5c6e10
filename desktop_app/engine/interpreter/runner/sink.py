"""Where pictures go, for the backend that matplotlib loads: it may be loaded in a child process, which has no screen."""

from collections.abc import Callable

picture: Callable[[bytes], None] | None = None
"""Shows a PNG; None in a process that is not the runner."""
