"""Services of the Assistants shape: the app's own engine, Agent Service (classic), self-hosted servers."""

from desktop_app.backends.assistants.backend import AssistantsBackend

__all__ = ["AssistantsBackend"]
