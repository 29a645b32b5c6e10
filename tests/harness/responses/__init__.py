"""A service of the Responses shape for tests: real HTTP, scripted models, the habits of OpenAI, Azure and Foundry."""

from tests.harness.responses.dialect import Dialect
from tests.harness.responses.server import ResponsesServer, served
from tests.harness.responses.service import ResponsesService

__all__ = ["Dialect", "ResponsesServer", "ResponsesService", "served"]
