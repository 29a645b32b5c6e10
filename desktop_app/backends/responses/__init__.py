"""Services of the Responses shape: OpenAI, Azure OpenAI, Foundry projects."""

from desktop_app.backends.responses.backend import ResponsesBackend

__all__ = ["ResponsesBackend"]
