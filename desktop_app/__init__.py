"""Assistant Desk: analyse files with an assistant that writes and runs code."""

__version__ = "0.1.0"
