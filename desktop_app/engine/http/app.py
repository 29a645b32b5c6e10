"""The engine's HTTP interface: the Assistants API, version 2, as the `openai` package speaks it under `beta`."""

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route

from desktop_app.engine.http.assistant import AssistantEndpoint
from desktop_app.engine.http.context import Context
from desktop_app.engine.http.error import HANDLERS
from desktop_app.engine.http.file import FileEndpoint
from desktop_app.engine.http.guard import Guard
from desktop_app.engine.http.message import MessageEndpoint
from desktop_app.engine.http.model import ModelEndpoint
from desktop_app.engine.http.run import RunEndpoint
from desktop_app.engine.http.step import StepEndpoint
from desktop_app.engine.http.thread import ThreadEndpoint


def make_app(context: Context, *, host: str, api_key: str) -> Starlette:
    """The application, for those who name it by the loopback or by `host`, and have the key."""
    endpoints = (
        AssistantEndpoint(context),
        RunEndpoint(context),  # before threads: /threads/runs is not a thread
        ThreadEndpoint(context),
        MessageEndpoint(context),
        StepEndpoint(context),
        FileEndpoint(context),
        ModelEndpoint(context),
    )
    routes: list[Route] = [route for endpoint in endpoints for route in endpoint.routes()]
    return Starlette(
        routes=[Mount("/v1", routes=routes)],
        middleware=[Middleware(Guard, host=host, api_key=api_key)],
        exception_handlers=HANDLERS,
    )
