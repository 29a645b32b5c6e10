"""An engine for the services: a real one over HTTP, which a test can take away, hold up and cut off."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from openai import AsyncOpenAI

from desktop_app.backends.assistants import AssistantsBackend
from desktop_app.domain.entity import EndpointReport, SandboxStatus
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.port import Backend, EngineProcess, ModelEndpoint
from tests.contract.cutter import Cutter
from tests.engine.running import KEY, running
from tests.unit.services.player import Player, Sandbox


class LocalEngine(EngineProcess):
    """Implements `domain.port.EngineProcess` in this process; its data outlives it.

    Attributes:
        may_start: `backend` waits until it is set.
        is_broken: `backend` fails.
        used: The endpoint and the key it was told last.
        checked: Every address and key it was asked to try.
        cutter: Cuts streams of the engine that runs.
        client: Talks to the engine that runs, past the cutter.
    """

    def __init__(self, folder: Path, player: Player) -> None:
        self.may_start = asyncio.Event()
        self.may_start.set()
        self.is_broken = False
        self.used: tuple[ModelEndpoint | None, str] | None = None
        self.checked: list[tuple[str, str]] = []
        self.cutter: Cutter
        self.client: AsyncOpenAI
        self._folder = folder
        self._player = player
        self._lock = asyncio.Lock()
        self._stack: AsyncExitStack | None = None
        self._backend: Backend

    async def backend(self) -> Backend:
        await self.may_start.wait()
        if self.is_broken:
            raise DeskError(ErrorCode.ENGINE_UNAVAILABLE)
        async with self._lock:
            if self._stack is None:
                start = asyncio.ensure_future(self._start())
                try:
                    self._stack = await asyncio.shield(start)
                except asyncio.CancelledError:  # a process that starts is not stopped by who waits for it either
                    self._stack = await start
                    raise
            return self._backend

    async def die(self) -> None:
        """Ends the engine in the middle of whatever it does."""
        async with self._lock:
            if self._stack is not None:
                stack, self._stack = self._stack, None
                await stack.aclose()

    async def use_endpoint(self, endpoint: ModelEndpoint | None, key: str) -> None:
        if self.is_broken:
            raise DeskError(ErrorCode.ENGINE_UNAVAILABLE)
        self.used = endpoint, key

    async def check_endpoint(self, base_url: str, key: str, model: str) -> EndpointReport:
        self.checked.append((base_url, key))
        return EndpointReport(base_url, (model or "scripted",))

    async def sandbox_status(self) -> SandboxStatus:
        return SandboxStatus(ok=True, kind="script")

    async def aclose(self) -> None:
        await self.die()

    async def _start(self) -> AsyncExitStack:
        async with AsyncExitStack() as stack:
            engine = await stack.enter_async_context(running(self._folder, self._player, Sandbox(self._player.play)))
            self.client = engine.client
            self.cutter = await stack.enter_async_context(Cutter(engine.base_url).running())
            self._backend = AssistantsBackend.local(self.cutter.base_url, KEY)
            stack.push_async_callback(self._backend.aclose)
            return stack.pop_all()
