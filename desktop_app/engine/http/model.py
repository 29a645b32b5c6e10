"""`/models`."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from desktop_app.engine.http.answer import JsonAnswer
from desktop_app.engine.http.context import Context
from desktop_app.engine.http.listing import list_body
from desktop_app.engine.runs.refusal import RefusalError
from desktop_app.engine.runs.router import ANALYST
from desktop_app.engine.storage.record import Json

_CREATED = 1_763_596_800
"""The API wants a date of each model; nobody here knows one."""


class ModelEndpoint:
    """Lists and shows the models."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def routes(self) -> list[Route]:
        """What it answers to. Model ids may have slashes in them."""
        return [
            Route("/models", self.list, methods=["GET"]),
            Route("/models/{model:path}", self.retrieve, methods=["GET"]),
        ]

    async def list(self, _: Request) -> Response:
        """Every model."""
        return JsonAnswer(list_body(map(_body, await self._context.router.models())))

    async def retrieve(self, request: Request) -> Response:
        """A model."""
        model = request.path_params["model"]
        if model not in await self._context.router.models():
            raise RefusalError(404, f"The model '{model}' does not exist.", param="model", code="model_not_found")
        return JsonAnswer(_body(model))


def _body(model: str) -> Json:
    owner = "assistant-desk" if model == ANALYST else "endpoint"
    return {"id": model, "object": "model", "created": _CREATED, "owned_by": owner}
