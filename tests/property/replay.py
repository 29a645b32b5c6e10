"""A service of the Assistants shape that tells recorded runs again: its streams break, and it can be asked later.

What it answers when it is asked is what its stream has told so far; each look finds it further on.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.harness.answering import TRANSPORT
from tests.harness.responses.refusal import Json
from tests.harness.responses.stored import OUTPUTS, Event
from tests.harness.responses.stream import Cut, EventStream, Streams

_THREAD = "/v1/threads/{thread}"


@dataclass(frozen=True, slots=True)
class Disorder:
    """How a recorded run is told.

    Attributes:
        is_novel: Between its events come some that nobody has heard of, and all have fields of that kind.
        repeats_queued: The run is queued again, late.
        late_deltas: Each delta that is the last of its step or message comes after that was said to be done.
        pace: How many events further each look finds the run.
    """

    is_novel: bool = False
    repeats_queued: bool = False
    late_deltas: bool = False
    pace: int = 1_000


@dataclass(slots=True)
class Telling:
    """One run, as far as it has been told: what an `EventStream` listens to."""

    events: list[Event]
    seen: int = 0
    is_over: bool = field(default=True, init=False)

    def after(self, number: int) -> Iterator[Event]:
        for event in self.events[number + 1 :]:
            self.seen = max(self.seen, event.number + 1)
            yield event

    async def news(self) -> None:
        pass

    def left(self) -> None:
        pass

    def latest(self, kind: str) -> dict[str, Json]:
        """The newest value of each object that was shown whole: `thread.run`, `thread.run.step` or `thread.message`."""
        found: dict[str, Json] = {}
        for event in self.events[: self.seen]:
            head, _, state = event.name.rpartition(".")
            if head == kind and state != "delta":
                value = json.loads(event.text)
                found[value["id"]] = value
        return found


class ReplayService:
    """Answers whatever a listener to one run asks.

    Attributes:
        posts: How many runs were asked for.
    """

    def __init__(self) -> None:
        self.posts = 0
        self._streams = Streams()
        self._cut = Cut()
        self._disorder = Disorder()
        self._recorded: Sequence[Event] = ()
        self._run: Telling | None = None
        self._client_id = ""
        self._is_lost = False
        self.app = Starlette(
            routes=[
                Route("/v1/assistants", self._assistant, methods=["POST"]),
                Route(f"{_THREAD}/runs", self._start, methods=["POST"]),
                Route(f"{_THREAD}/runs", self._runs),
                Route(f"{_THREAD}/runs/{{run}}", self._look),
                Route(f"{_THREAD}/runs/{{run}}/steps", self._steps),
                Route(f"{_THREAD}/messages", self._messages),
            ]
        )

    def will(self, recorded: Sequence[Event], disorder: Disorder, cut: Cut, *, is_lost: bool) -> None:
        """Tells what the next run is, and what happens to it."""
        self.posts, self._run, self._recorded, self._disorder = 0, None, recorded, disorder
        self._cut = cut
        self._is_lost = is_lost

    async def _assistant(self, _request: Request) -> Response:
        return JSONResponse({"id": "asst_1"})

    async def _start(self, request: Request) -> Response:
        self.posts += 1
        self._client_id = (await request.json())["metadata"]["client_id"]
        self._run = Telling(list(_disordered(self._recorded, self._disorder)))
        # Without numbers nobody can tell a delta that comes twice: what services repeat is states and snapshots.
        repeated = {event.number for event in self._run.events if not event.name.endswith(".delta")}
        self._streams.cuts = [replace(self._cut, twice=self._cut.twice & repeated)]
        if self._is_lost:
            request.scope[TRANSPORT].abort()
            return Response()
        return EventStream(self._run, -1, frozenset({OUTPUTS}), self._streams, {})

    async def _runs(self, _request: Request) -> Response:
        """The run, marked as it was asked for; none if nobody has."""
        if self._run is None:
            return _page({})
        self._run.seen = max(self._run.seen, 1)
        runs = self._run.latest("thread.run")
        return _page({name: {**run, "metadata": {"client_id": self._client_id}} for name, run in runs.items()})

    async def _look(self, _request: Request) -> Response:
        run = self._asked()
        run.seen = min(max(run.seen, 1) + self._disorder.pace, len(run.events))
        (latest,) = run.latest("thread.run").values()
        return JSONResponse(latest)

    async def _steps(self, _request: Request) -> Response:
        return _page(self._asked().latest("thread.run.step"))

    async def _messages(self, _request: Request) -> Response:
        return _page(self._asked().latest("thread.message"))

    def _asked(self) -> Telling:
        assert self._run is not None
        return self._run


def recorded(body: str) -> list[Event]:
    """The events of a stream as it was sent."""
    pairs = (block.split("\n", 1) for block in body.strip().split("\n\n"))
    return [
        Event(number, name.removeprefix("event: "), data.removeprefix("data: "))
        for number, (name, data) in enumerate(pairs)
    ]


def _page(objects: dict[str, Json]) -> Response:
    return JSONResponse({"object": "list", "data": [*objects.values()], "has_more": False})


def _disordered(events: Sequence[Event], disorder: Disorder) -> Iterator[Event]:
    pairs = [(event.name, event.text) for event in events]
    if disorder.late_deltas:
        pairs = list(_late(pairs))
    if disorder.repeats_queued:
        queued = [pair for pair in pairs if pair[0] == "thread.run.queued"]
        pairs = pairs[:6] + queued + pairs[6:]
    if disorder.is_novel:
        pairs = [each for pair in pairs for each in (_novel(pair), ("thread.galaxy.expanded", '{"id": "x"}'))]
    for number, (name, text) in enumerate(pairs):
        yield Event(number, name, text)


def _late(pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Each delta just before the end of its object changes its place with that."""
    waiting: tuple[str, str] | None = None
    for name, text in pairs:
        if waiting is not None and not name.endswith(".completed"):
            yield waiting
            waiting = None
        if name.endswith(".delta"):
            waiting = (name, text)
            continue
        yield name, text
        if waiting is not None:
            yield waiting
            waiting = None


def _novel(pair: tuple[str, str]) -> tuple[str, str]:
    name, text = pair
    with suppress(ValueError):
        return name, json.dumps({**json.loads(text), "novelty": {"a": [1]}}, ensure_ascii=False)
    return pair
