"""The built-in analyst, through the real sandbox; and its parts that need none."""
