"""Which model answers to which id."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.port import Model, ModelEvent, ModelRequest
from desktop_app.engine.runs.refusal import RefusalError

ANALYST = "built-in-analyst"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A connected chat-completions endpoint. The key is in memory only, and in no repr."""

    base_url: str
    key: str = field(repr=False)
    model: str = ""


class ModelRouter:
    """The built-in analyst under its own id, the connected endpoint under every other."""

    def __init__(
        self,
        analyst: Model,
        connect: Callable[[str, str], Model],
        list_models: Callable[[str, str], Awaitable[tuple[str, ...]]],
    ) -> None:
        self._analyst = analyst
        self._connect = connect
        self._list_models = list_models
        self._endpoint: Endpoint | None = None
        self._model: Model | None = None
        self._connected = asyncio.Event()

    def use_endpoint(self, endpoint: Endpoint | None) -> None:
        """Replies that begin from now on come from this endpoint; None for the analyst alone."""
        self._endpoint = endpoint
        self._model = None if endpoint is None else self._connect(endpoint.base_url, endpoint.key)
        if endpoint is None:
            self._connected.clear()
        else:
            self._connected.set()

    def check(self, model: str) -> None:
        """Makes sure that somebody answers to this id.

        Raises:
            RefusalError: 400, `model_not_found`.
        """
        if model != ANALYST and self._model is None:
            message = (
                f"The requested model '{model}' does not exist: no model endpoint is connected, "
                f"and without one there is only '{ANALYST}'."
            )
            raise RefusalError(400, message, param="model", code="model_not_found")

    async def wait_for(self, model: str, seconds: float = 90.0) -> None:
        """Waits until somebody answers to this id: a run taken up again may be there before its endpoint is.

        The endpoint's key may be in a keychain that waits for a minute until the person unlocks it.

        Raises:
            DeskError: MODEL_NOT_FOUND.
        """
        if model == ANALYST:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._connected.wait()
        except TimeoutError:
            raise DeskError(ErrorCode.MODEL_NOT_FOUND, "No model endpoint is connected.", model=model) from None

    async def models(self) -> tuple[str, ...]:
        """Every model there is. An endpoint that cannot be reached adds only the model it was connected with."""
        endpoint = self._endpoint
        if endpoint is None:
            return (ANALYST,)
        try:
            listed = await self._list_models(endpoint.base_url, endpoint.key)
        except DeskError:
            listed = ()
        return tuple(dict.fromkeys(name for name in (ANALYST, endpoint.model, *listed) if name))

    def reply(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        """See `Model.reply`.

        Raises:
            DeskError: MODEL_NOT_FOUND: the endpoint may have gone since the run began.
        """
        if request.model == ANALYST:
            return self._analyst.reply(request)
        if self._model is None:
            raise DeskError(ErrorCode.MODEL_NOT_FOUND, "No model endpoint is connected.", model=request.model)
        return self._model.reply(request)
