"""The window's side of the embedded engine: a child process, replaced when it dies."""

import asyncio
import logging
import os
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import desktop_app
from desktop_app.app.engine_pipe import EnginePipe
from desktop_app.domain.emitter import Emitter
from desktop_app.domain.entity import EndpointReport, SandboxStatus
from desktop_app.domain.error import DeskError, ErrorCode, ErrorInfo
from desktop_app.domain.port import Backend, ModelEndpoint

_log = logging.getLogger(__name__)

_START_SECONDS = 30.0
_STOP_SECONDS = 10.0
_REQUEST_SECONDS = 10.0
_CHECK_SECONDS = 180.0
"""A local model may have to be loaded before it answers."""

_INHERITED = frozenset(
    {
        *("PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP", "ASSISTANT_DESK_HOME"),
        *("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT"),
        *("APPDATA", "LOCALAPPDATA", "USERPROFILE", "PROGRAMDATA"),
        *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    }
)
_INHERITED_PREFIXES = ("LC_", "XDG_")


class EngineState(StrEnum):
    """What the engine is doing."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    DIED = "died"


class ChildEngine:
    """Implements `domain.port.EngineProcess`: starts the engine when it is first needed, and again when it has died.

    The key of each start is made here, goes over the pipe, and is nowhere else. The engine ends with its pipe, so it
    cannot outlive this process.

    Args:
        make_backend: Makes the backend to an engine, from its base URL and key.
        command: How to start an engine; by default this program's own.
    """

    def __init__(self, make_backend: Callable[[str, str], Backend], command: Sequence[str] | None = None) -> None:
        self.state_changed: Emitter[EngineState] = Emitter()
        self._make_backend = make_backend
        self._command = list(command or engine_command())
        self._lock = asyncio.Lock()
        self._pipe: EnginePipe | None = None
        self._backend: Backend | None = None
        self._endpoint: dict[str, str] | None = None
        self._closing = False

    async def backend(self) -> Backend:
        """See `EngineProcess.backend`."""
        async with self._lock:
            if self._backend is None or self._pipe is None or self._pipe.has_ended:
                self._backend = await self._start()
            return self._backend

    async def use_endpoint(self, endpoint: ModelEndpoint | None, key: str) -> None:
        """See `EngineProcess.use_endpoint`. An engine that starts later is told when it starts."""
        self._endpoint = None
        if endpoint is not None:
            self._endpoint = {"base_url": endpoint.base_url, "key": key, "model": endpoint.model}
        pipe = self._pipe
        if pipe is not None and not pipe.has_ended:
            await pipe.request("use_endpoint", self._endpoint, _REQUEST_SECONDS)

    async def check_endpoint(self, base_url: str, key: str, model: str) -> EndpointReport:
        """See `EngineProcess.check_endpoint`."""
        wanted = {"base_url": base_url, "key": key, "model": model}
        report = await self._request("check_endpoint", wanted, _CHECK_SECONDS)
        error = report["error"]
        return EndpointReport(
            report["base_url"],
            tuple(report["models"]),
            error and ErrorInfo(ErrorCode(error["code"]), error["data"], error["detail"]),
            report["can_call_tools"],
        )

    async def sandbox_status(self) -> SandboxStatus:
        """See `EngineProcess.sandbox_status`."""
        return SandboxStatus(**await self._request("sandbox_status", {}, _CHECK_SECONDS))

    async def aclose(self) -> None:
        """See `EngineProcess.aclose`. Takes a few seconds at most; a start that is under way is given up."""
        self._closing = True
        if self._pipe is not None:
            await self._pipe.aclose(_STOP_SECONDS)
        async with self._lock:
            await self._drop_backend()
            if self._pipe is not None:
                self._pipe = None
                self.state_changed.emit(EngineState.STOPPED)

    async def _request(self, name: str, value: object, seconds: float) -> Any:  # noqa: ANN401 - JSON
        await self.backend()
        if self._pipe is None:
            raise DeskError(ErrorCode.ENGINE_UNAVAILABLE)
        return await self._pipe.request(name, value, seconds)

    async def _start(self) -> Backend:
        await self._drop_backend()
        self._closing = False
        self.state_changed.emit(EngineState.STARTING)
        key = secrets.token_urlsafe(32)
        pipe = self._pipe = EnginePipe(self._command, engine_environment(os.environ), self._on_end)
        try:
            base_url = await pipe.greet({"api_key": key, "endpoint": self._endpoint}, _START_SECONDS)
        except BaseException:  # a start that failed, or that nobody waits for any more
            self._closing = True
            await pipe.kill()
            raise
        self.state_changed.emit(EngineState.RUNNING)
        return self._make_backend(base_url, key)

    async def _drop_backend(self) -> None:
        if self._backend is not None:
            backend, self._backend = self._backend, None
            await backend.aclose()

    def _on_end(self) -> None:
        if not self._closing:
            _log.warning("The engine has ended")
            self.state_changed.emit(EngineState.DIED)


def engine_command() -> list[str]:
    """How this program starts its engine: the same Python, or the same frozen executable."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "engine", "--control"]
    # -P: no module is taken from the folder in which the person happens to be.
    return [sys.executable, "-P", "-m", "desktop_app", "engine", "--control"]


def engine_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What the engine needs of the environment, and none of the keys that may be in it."""
    kept = {
        name: value
        for name, value in environment.items()
        if name.upper() in _INHERITED or name.upper().startswith(_INHERITED_PREFIXES)
    }
    return kept | {"PYTHONPATH": str(Path(desktop_app.__file__).parents[1]), "PYTHONUTF8": "1"}
