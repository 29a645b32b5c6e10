"""Positions in Qt's text, which counts UTF-16 units, and in Python's, which counts characters."""


def units(text: str) -> int:
    """How many UTF-16 units a text has."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def to_units(text: str, characters: int) -> int:
    """Qt's position of Python's."""
    return characters if text.isascii() else units(text[:characters])


def to_characters(text: str, position: int) -> int:
    """Python's position of Qt's."""
    if text.isascii():
        return position
    before = text.encode("utf-16-le", "surrogatepass")[: 2 * position]
    return len(before.decode("utf-16-le", "ignore"))
