"""The look: palette, icons, fonts and style sheet of both themes."""
