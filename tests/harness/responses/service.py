"""A service of the Responses shape that does as it is told: its state, its controls, and its addresses.

What it takes and answers follows the SDK's types and `openai/types/responses`; what it refuses, it refuses in the
words of the services.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from tests.contract.scenario import Code, Say, Think, Turn
from tests.harness.answering import TRANSPORT
from tests.harness.responses import refusal as refusals
from tests.harness.responses.container_route import ContainerRoutes
from tests.harness.responses.conversation_route import ConversationRoutes
from tests.harness.responses.dialect import Dialect
from tests.harness.responses.file_route import FileRoutes
from tests.harness.responses.player import Player
from tests.harness.responses.refusal import Json, RefusalError
from tests.harness.responses.request import Request, note
from tests.harness.responses.response_route import ResponseRoutes
from tests.harness.responses.store import Container, Store
from tests.harness.responses.stored import StoredResponse
from tests.harness.responses.stream import Cut, EventStream, Streams, Unheard, left
from tests.harness.responses.writer import Habit
from tests.harness.secret import new_secret

JOB: tuple[Turn, ...] = (
    Think("**Reading the table**\n\nI add the numbers up and draw them."),
    Code(
        "import pandas as pd\nframe = pd.read_csv(path)\nframe.plot.bar()\nframe.to_csv('/mnt/data/sorted.csv')",
        logs="rows: 2\n",
        picture=True,
        saves="sorted.csv",
        content=b"city,people\nBonn,331\nUlm,128\n",
    ),
    Say("They are **459**. See [the table](sandbox:/mnt/data/sorted.csv)."),
)
"""What a run does that nobody has told what to do."""

LIMITS = {
    "x-ratelimit-limit-requests": "500",
    "x-ratelimit-remaining-requests": "499",
    "x-ratelimit-reset-requests": "120ms",
    "x-ratelimit-limit-tokens": "30000",
    "x-ratelimit-remaining-tokens": "29000",
    "x-ratelimit-reset-tokens": "1m2.5s",
}


@dataclass
class _Fault:
    method: str
    path: re.Pattern[str]
    answer: RefusalError | None
    is_done: bool
    times: int


class ResponsesService:
    """The service as an ASGI application.

    Args:
        dialect: How it answers what each answers differently.
        key: What it lets in.
        models: What it lists; for Azure, the deployments it has.

    Attributes:
        requests: What came, in its order.
        habit: How responses are told from now on.
        refuses: Names of parameters of a response that it does not know, such as background.
        streams_again: A response can be streamed once more; else it can only be looked at.
        headers: Sent with every answer, such as what is left of the limits.
        breaks_container_files: The bytes of every file in a container answer 500.
        agents: Names of the agents defined there (Foundry).
    """

    def __init__(
        self, dialect: Dialect = Dialect.OPENAI, *, key: str = "", models: tuple[str, ...] = ("scripted",)
    ) -> None:
        self.dialect = dialect
        self.key = key or new_secret()
        self.models = models
        self.store = Store()
        self.responses: dict[str, StoredResponse] = {}
        self.requests: list[Request] = []
        self.habit = Habit()
        self.refuses: set[str] = set()
        self.streams_again = True
        self.headers: dict[str, str] = dict(LIMITS)
        self.breaks_container_files = False
        self.agents: tuple[str, ...] = ("analyst",)
        self._turns: tuple[Turn, ...] = JOB
        self._before: list[tuple[str, str, Callable[[], object]]] = []
        self._streams = Streams()
        self._faults: list[_Fault] = []
        self._players: set[asyncio.Task[None]] = set()
        files, containers = FileRoutes(self).routes(), ContainerRoutes(self).routes()
        conversations, responses = ConversationRoutes(self).routes(), ResponseRoutes(self).routes()
        self._app = Starlette(
            routes=[Mount(dialect.value.path, routes=[*files, *containers, *conversations, *responses])],
            exception_handlers={RefusalError: self._refused, HTTPException: self._lost},
        )

    # --- what a test tells it ---------------------------------------------------------------------------------

    def will(self, *turns: Turn) -> None:
        """What the runs from now on do."""
        self._turns = turns

    def cut(self, *cuts: Cut) -> None:
        """What happens to the streams from now on, one after the other."""
        self._streams.cuts = list(cuts)

    def cut_stream_after(self, events: int) -> None:
        """Breaks the next stream after so many events, in the middle of the one that follows."""
        self.cut(Cut(events))

    def fail(
        self, method: str, path: str, answer: RefusalError | None = None, *, is_done: bool = False, times: int = 1
    ) -> None:
        """Answers the next requests to `path` (a regular expression) so; None breaks the connection.

        With `is_done` the service does first what it was asked, and nobody gets to know.
        """
        self._faults.append(_Fault(method, re.compile(path), answer, is_done, times))

    def on(self, method: str, path: str, work: Callable[[], object]) -> None:
        """Does something just before the next request to `path` is answered."""
        self._before.append((method, path, work))

    def drop_streams(self) -> None:
        """Breaks every stream that is open."""
        self._streams.drop()

    def expire_containers(self) -> None:
        """Lets 20 idle minutes pass."""
        for container in self.store.containers.values():
            container.expire()

    def release(self) -> None:
        """Lets go on what holds."""
        for response in self.responses.values():
            response.released.set()

    def forget(self) -> None:
        """Begins anew: nothing has come, nothing is kept, and nothing is wrong."""
        for kept in (self.requests, self.responses, self.store.files, self.store.containers, self.store.conversations):
            kept.clear()
        self._faults.clear()
        self._before.clear()
        self._streams.cuts.clear()

    def asked(self, method: str, path: str) -> list[Request]:
        """The requests to `path`, a regular expression for all of it."""
        return [each for each in self.requests if each.method == method and re.fullmatch(path, each.path)]

    async def aclose(self) -> None:
        """Ends what goes on."""
        for player in self._players:
            player.cancel()
        if self._players:
            await asyncio.wait(self._players)

    # --- what the addresses use -------------------------------------------------------------------------------

    def begin(self, response: StoredResponse, container: Container | None) -> None:
        """Starts to make a response; it goes on whoever listens."""
        store, conversation_id = self.store, response.conversation_id
        is_chat = bool(conversation_id)
        turns = self._turns if is_chat else (Say("Yes."),)
        self.responses[response.id] = response
        if is_chat:
            store.conversation(conversation_id).active = response.id
        player = Player(self.dialect.value, self.habit, store, response, container)

        async def play() -> None:
            try:
                await player.play(turns)
            finally:
                if is_chat and conversation_id in store.conversations:
                    conversation = store.conversation(conversation_id)
                    conversation.active = ""
                    if response.status in ("completed", "incomplete"):
                        conversation.items += response.output

        task = asyncio.get_running_loop().create_task(play())
        self._players.add(task)
        task.add_done_callback(self._players.discard)

    def stream(self, response: StoredResponse, after: int, include: frozenset[str]) -> Response:
        """A stream of the response."""
        return EventStream(response, after, include, self._streams, self._named())

    # --- HTTP -------------------------------------------------------------------------------------------------

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        http = HttpRequest(scope)
        request = note(http, self.dialect.value.path)
        self.requests.append(request)
        for hook in [
            each for each in self._before if each[0] == request.method and re.fullmatch(each[1], request.path)
        ]:
            self._before.remove(hook)
            hook[2]()
        fault = self._fault(request)
        if fault is None:
            await self._serve(scope, receive, send)
        elif fault.is_done:
            answer = None if fault.answer is None else self._answer(fault.answer)
            await self._serve(scope, receive, Unheard(scope, receive, send, answer))
        elif fault.answer is None:
            scope[TRANSPORT].abort()
            await left(receive)
        else:
            await self._answer(fault.answer)(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        shown = self._key(HttpRequest(scope).headers)
        if shown == self.key:
            with suppress(ClientDisconnect):
                await self._app(scope, receive, send)
        else:
            await self._answer(refusals.unauthorized(self.dialect, shown))(scope, receive, send)

    def _key(self, headers: Mapping[str, str]) -> str:
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        return headers.get("api-key", bearer) if self.dialect.value.takes_api_key else bearer

    def _fault(self, request: Request) -> _Fault | None:
        for fault in self._faults:
            if fault.method == request.method and fault.path.fullmatch(request.path):
                fault.times -= 1
                if fault.times == 0:
                    self._faults.remove(fault)
                return fault
        return None

    def _named(self) -> dict[str, str]:
        return {**self.headers, self.dialect.value.request_id: f"req_{len(self.requests)}"}

    def _answer(self, refusal: RefusalError) -> Response:
        return JSONResponse(refusal.body, refusal.status, {**self._named(), **refusal.headers})

    def answer(self, body: Json) -> Response:
        """An object, with the headers of the service."""
        return JSONResponse(body, headers=self._named())

    async def _refused(self, _request: HttpRequest, error: Exception) -> Response:
        assert isinstance(error, RefusalError)
        return self._answer(error)

    async def _lost(self, request: HttpRequest, _error: Exception) -> Response:
        return self._answer(refusals.address_wrong(self.dialect, request.method, request.url.path))
