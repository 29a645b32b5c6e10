"""Where pictures go. The backend that matplotlib loads asks here: it may be loaded in a process without a screen."""

from collections.abc import Callable

picture: Callable[[bytes], None] | None = None
"""Shows a PNG; None in a process that is not the runner."""
