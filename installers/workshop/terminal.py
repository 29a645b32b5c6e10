"""Talking to the person at the terminal."""

import sys


class SetupError(Exception):
    """Something that a person has to put right; the message says how."""


def say(text: str) -> None:
    """Print a line at once, so that it comes before the output of a command started next."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
