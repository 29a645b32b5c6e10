"""The service on a port: in the loop of a test, or in a thread of its own, where windows and other processes ask."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self

from tests.contract.scenario import Turn
from tests.harness.answering import answering
from tests.harness.responses.dialect import Dialect
from tests.harness.responses.refusal import RefusalError
from tests.harness.responses.request import Request
from tests.harness.responses.service import ResponsesService

_SECONDS = 10


@asynccontextmanager
async def served(service: ResponsesService) -> AsyncIterator[str]:
    """Serves in this loop, and yields the address below which everything is."""
    try:
        async with answering(service) as origin:
            yield origin + service.dialect.value.path
    finally:
        await service.aclose()


class ResponsesServer:
    """A service in a thread, while its `with` block lasts.

        with ResponsesServer(Dialect.AZURE) as server:
            ... server.base_url, server.key ...
            server.drop_streams()

    Attributes:
        base_url: Such as `http://127.0.0.1:40123/v1`.
        service: What it is and does; its lists and settings may be looked at and changed from here.
    """

    def __init__(self, dialect: Dialect = Dialect.OPENAI, *, models: tuple[str, ...] = ("scripted",)) -> None:
        self.service = ResponsesService(dialect, models=models)
        self.base_url = ""
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="responses", daemon=True)

    @property
    def key(self) -> str:
        """Random, so that a test can look for it where it must not be."""
        return self.service.key

    @property
    def requests(self) -> list[Request]:
        """What came."""
        return self.service.requests

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(_SECONDS):
            raise TimeoutError("the service did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do(self._stop.set)
        self._thread.join(_SECONDS)

    def will(self, *turns: Turn) -> None:
        """What the runs from now on do."""
        self.service.will(*turns)

    def fail(
        self, method: str, path: str, answer: RefusalError | None = None, *, is_done: bool = False, times: int = 1
    ) -> None:
        """How the next requests to `path` are answered; see `ResponsesService.fail`."""
        self.service.fail(method, path, answer, is_done=is_done, times=times)

    def drop_streams(self) -> None:
        """Breaks every stream that is open."""
        self._do(self.service.drop_streams)

    def expire_containers(self) -> None:
        """Lets 20 idle minutes pass."""
        self._do(self.service.expire_containers)

    def release(self) -> None:
        """Lets go on what holds."""
        self._do(self.service.release)

    def _do(self, work: Callable[[], object]) -> None:
        """Does something in the loop of the service, and returns when it is done."""
        done = threading.Event()

        def do() -> None:
            work()
            done.set()

        self._loop.call_soon_threadsafe(do)
        done.wait(_SECONDS)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        async with served(self.service) as self.base_url:
            self._ready.set()
            await self._stop.wait()
