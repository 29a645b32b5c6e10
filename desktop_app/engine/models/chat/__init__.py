"""The model behind any OpenAI-compatible chat-completions endpoint: Ollama, LM Studio, llama.cpp, vLLM, a cloud."""

from desktop_app.engine.models.chat.client import Patience
from desktop_app.engine.models.chat.endpoint import check_endpoint
from desktop_app.engine.models.chat.model import ChatModel, list_models

__all__ = ["ChatModel", "Patience", "check_endpoint", "list_models"]
