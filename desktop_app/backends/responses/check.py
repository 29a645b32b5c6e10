"""The test of a connection: address, key and permission by the list of models, the model by the smallest question."""

from typing import TYPE_CHECKING

from desktop_app.backends.responses.decode import run_state
from desktop_app.backends.wire.shape import objects, optional_text, text
from desktop_app.domain.connection import ConnectionReport
from desktop_app.domain.entity import RunState
from desktop_app.domain.error import DeskError, ErrorCode, ErrorInfo
from desktop_app.domain.port import ModelInfo

if TYPE_CHECKING:
    from desktop_app.backends.responses.request import Requests
    from desktop_app.backends.wire.client import Client

_UNLISTED = frozenset({ErrorCode.NOT_FOUND, ErrorCode.ADDRESS_INVALID, ErrorCode.FORBIDDEN})
"""What a service answers that lists no models, or not to everybody: the model tells then whether there is a service."""


async def list_models(client: "Client", *, once: bool = False) -> tuple[ModelInfo, ...]:
    """Every model that the service lists."""
    listed = objects(await client.get("/models", once=once), "data")
    return tuple(ModelInfo(text(model, "id"), optional_text(model, "owned_by")) for model in listed)


async def check(client: "Client", requests: "Requests", model: str) -> ConnectionReport:
    """What works and what does not.

    Raises:
        DeskError: Why nothing does.
    """
    models: tuple[ModelInfo, ...] = ()
    try:
        models = await list_models(client, once=True)
    except DeskError as error:
        if error.code not in _UNLISTED or not (model or requests.uses_agent):
            raise
    names = tuple(each.id for each in models)
    if not model and not requests.uses_agent:
        return ConnectionReport(names)
    error_info = await _trial(client, requests, model)
    return ConnectionReport(names, error_info, is_model_tested=error_info is None)


async def _trial(client: "Client", requests: "Requests", model: str) -> ErrorInfo | None:
    try:
        response = await client.post("/responses", requests.trial(model))
    except DeskError as error:
        return error.info
    state = run_state(response)
    return state.error if state.state is RunState.FAILED else None
