"""The Assistants shape, event by event."""
