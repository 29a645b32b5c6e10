"""The engine and the model behind it, as the connection card shows them."""

import asyncio
import contextlib
from enum import StrEnum

from desktop_app.domain.emitter import Emitter
from desktop_app.domain.entity import EndpointReport, SandboxStatus
from desktop_app.domain.error import DeskError, ErrorInfo
from desktop_app.domain.port import EngineProcess, ModelEndpoint, ModelInfo, Settings
from desktop_app.services.key import Keys
from desktop_app.services.notice import NoticeBoard
from desktop_app.services.task import TaskScope

ANALYST_MODEL = "built-in-analyst"
"""The engine's own model, which is no language model."""

KEY_SECONDS = 1.0
"""How long the engine waits for the key of its endpoint before it starts; a locked keychain waits for the person."""


class EngineState(StrEnum):
    """Whether questions can be answered."""

    STARTING = "starting"
    READY = "ready"
    FAILED = "failed"


class LocalEngine:
    """Connects a model endpoint and keeps its key in the keychain, one key an address.

    Attributes:
        changed: State, sandbox, endpoint or models are different.
        checked: `check` has an answer.
    """

    def __init__(
        self,
        engine: EngineProcess,
        keys: Keys,
        settings: Settings,
        notices: NoticeBoard,
        scope: TaskScope,
    ) -> None:
        self.changed: Emitter[None] = Emitter()
        self.checked: Emitter[EndpointReport] = Emitter()
        self.state = EngineState.STARTING
        self.error: ErrorInfo | None = None
        self.sandbox: SandboxStatus | None = None
        self.models: tuple[ModelInfo, ...] = ()
        self.endpoint = _stored_endpoint(settings)
        self._engine = engine
        self._keys = keys
        self._settings = settings
        self._notices = notices
        self._scope = scope
        self._told = asyncio.Event()
        if self.endpoint is None:
            self._told.set()

    def start(self) -> None:
        """Starts the engine, tells it its model, and asks whether code can run."""
        self._scope.start("engine", self._start())

    def retry(self) -> None:
        """Starts anew after a failure, or after the person installed what was missing."""
        self._scope.start("engine", self._restart())

    @property
    def default_model(self) -> str:
        """The model of assistants that name none."""
        return self.endpoint.model if self.endpoint else ANALYST_MODEL

    @property
    def model_label(self) -> str:
        """The connected endpoint's model; empty for the built-in analyst."""
        return self.endpoint.model if self.endpoint else ""

    @property
    def has_stored_key(self) -> bool:
        """Whether the connected endpoint has a key, in the keychain or in memory."""
        return self.endpoint is not None and self.endpoint.has_key

    def check(self, base_url: str, key: str | None, model: str) -> None:
        """Tries an endpoint; the answer comes on `checked`. `key` None means the one that is stored for it."""
        self._scope.start("check", self._check(base_url, key, model))

    def cancel_check(self) -> None:
        """Gives the check up."""
        self._scope.cancel("check")

    def connect(self, base_url: str, key: str | None, model: str) -> None:
        """Uses an endpoint from now on. `key` None means the one that is stored for this address."""
        self._told.set()
        self._scope.start("connect", self._connect(base_url, key, model))

    def disconnect(self) -> None:
        """Goes back to the built-in analyst, and removes the endpoint's key."""
        self._told.set()
        self._scope.start("connect", self._disconnect())

    async def has_been_told(self) -> None:
        """Waits until the engine knows its endpoint, if there is one: at the start its key may be late."""
        while not self._told.is_set():
            await self._told.wait()

    async def _start(self) -> None:
        self._set_state(EngineState.STARTING)
        try:
            if self.endpoint is not None and not self._scope.is_running("connect"):
                await self._begin_to_tell(self.endpoint)
            backend = await self._engine.backend()
            self.sandbox = await self._engine.sandbox_status()
            self.models = await backend.list_models()
        except DeskError as error:
            self._fail(error.info)
        else:
            self._set_state(EngineState.READY)

    async def _begin_to_tell(self, endpoint: ModelEndpoint) -> None:
        """Hands the endpoint over with its key; where the keychain takes its time, the rest does not wait for it."""
        self._told = told = asyncio.Event()
        self._scope.start("connect", self._tell(endpoint, told), self._fail)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(KEY_SECONDS):
                await told.wait()

    async def _tell(self, endpoint: ModelEndpoint, told: asyncio.Event) -> None:
        try:
            await self._engine.use_endpoint(endpoint, await self._key(endpoint))
        finally:
            told.set()
        if self.state is EngineState.READY:
            await self._list_models()

    async def _restart(self) -> None:
        await self._engine.aclose()
        await self._start()

    async def _check(self, base_url: str, key: str | None, model: str) -> None:
        try:
            key = key if key is not None else await self._stored_key(base_url)
            report = await self._engine.check_endpoint(base_url, key, model)
        except DeskError as error:
            report = EndpointReport(base_url, error=error.info)
        self.checked.emit(report)

    async def _connect(self, base_url: str, key: str | None, model: str) -> None:
        used = await self._stored_key(base_url) if key is None else key
        self.endpoint = ModelEndpoint(base_url, model, has_key=bool(used))
        self._settings.set("endpoint.base_url", base_url)
        self._settings.set("endpoint.model", model)
        await self._use(self.endpoint, used)
        # Only now: a keychain may take its time, and the next question is for this endpoint already.
        if key:
            await self._keys.put(_key_name(base_url), key, base_url)
        is_kept = bool(used) and not await self._keys.is_in_memory(_key_name(base_url))
        self._settings.set("endpoint.has_key", "yes" if is_kept else "")  # what the next start will find

    async def _disconnect(self) -> None:
        endpoint, self.endpoint = self.endpoint, None
        self._settings.set("endpoint.base_url", "")
        try:
            await self._use(None, "")
        finally:  # the key goes, even if there is no engine
            if endpoint is not None and endpoint.has_key:
                await self._keys.delete(_key_name(endpoint.base_url))

    async def _use(self, endpoint: ModelEndpoint | None, key: str) -> None:
        self.changed.emit(None)
        await self._engine.use_endpoint(endpoint, key)
        await self._list_models()

    async def _list_models(self) -> None:
        self.models = await (await self._engine.backend()).list_models()
        self.changed.emit(None)

    async def _key(self, endpoint: ModelEndpoint) -> str:
        """The endpoint's key; a keychain that does not give it is said, and the rest goes on."""
        try:
            return await self._stored_key(endpoint.base_url) if endpoint.has_key else ""
        except DeskError as error:
            self._notices.post_error(error.info)
            return ""

    async def _stored_key(self, base_url: str) -> str:
        return await self._keys.get(_key_name(base_url))

    def _fail(self, error: ErrorInfo) -> None:
        self._set_state(EngineState.FAILED, error)

    def _set_state(self, state: EngineState, error: ErrorInfo | None = None) -> None:
        self.state, self.error = state, error
        self.changed.emit(None)


def _key_name(base_url: str) -> str:
    """One name an address, so that no key is ever sent to another host."""
    return f"model-endpoint {base_url}"


def _stored_endpoint(settings: Settings) -> ModelEndpoint | None:
    base_url = settings.get("endpoint.base_url")
    if not base_url:
        return None
    return ModelEndpoint(base_url, settings.get("endpoint.model") or "", bool(settings.get("endpoint.has_key")))
