"""The embedded server of the Assistants API. A process of its own; imports `domain` at most."""
