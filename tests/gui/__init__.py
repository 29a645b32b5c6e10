"""Tests of the window and its parts, on a real display."""
