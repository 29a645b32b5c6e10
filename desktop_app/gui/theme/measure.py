"""Sizes that have no place in the style sheet, in logical pixels."""

ICON_SIZE = 16
"""The size of an icon in a control."""
