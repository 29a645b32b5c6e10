"""What the app keeps: archive, keychain, settings."""
