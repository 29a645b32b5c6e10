"""What the tests stand on: a display, a session bus with a keyring, guards against silent failures."""
