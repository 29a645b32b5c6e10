"""Runs: asked for once, listened to, picked up where their stream broke, and stopped."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop_app.backends.responses.decode import OUTPUTS, run_state
from desktop_app.backends.responses.loose_link import LooseLinks
from desktop_app.backends.responses.stream import ResponseDecoder
from desktop_app.backends.wire.shape import Json, address, objects, optional_number, optional_object
from desktop_app.domain.entity import RunState
from desktop_app.domain.error import DeskError, ErrorCode, ErrorInfo
from desktop_app.domain.event import ItemsReset, LimitsSeen, RunEvent, RunStateChanged

if TYPE_CHECKING:
    from desktop_app.backends.wire.client import Client
    from desktop_app.backends.wire.stream import EventStream

_FIRST_POLL_SECONDS = 0.3
_LAST_POLL_SECONDS = 3.0
_POLL_GROWTH = 1.4

_LAST_WORDS_SECONDS = 2.0
"""How long a run that was stopped may still tell what it had made."""

_NO_STREAM = frozenset({ErrorCode.REQUEST_REFUSED, ErrorCode.NOT_FOUND, ErrorCode.ADDRESS_INVALID})
"""What a service answers that cannot stream a run again."""

_LAST = ("completed", "incomplete", "failed", "cancelled")

Pair = tuple[str, Json]


@dataclass(slots=True)
class Listening:
    """A run while it is listened to, and in between two streams of it.

    Attributes:
        is_background: It goes on when nobody listens.
        number: Of the last event that was passed on.
        stopped: Set when it is to end here.
        answer: What the service said when it was asked to stop it.
        pause: What ends the wait for the next event.
    """

    decoder: ResponseDecoder
    is_background: bool
    number: int = -1
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    answer: Json | None = None
    pause: asyncio.Timeout | None = None

    @property
    def is_ended_here(self) -> bool:
        """Whether somebody has stopped it."""
        return self.stopped.is_set() or self.answer is not None

    def stop(self) -> None:
        """Ends the listening, whoever waits for the next event."""
        self.stopped.set()
        self._wait_no_longer_than(0.0)

    def end_with(self, answer: Json) -> None:
        """Listens to what is still on its way, and no longer."""
        self.answer = answer
        self._wait_no_longer_than(_LAST_WORDS_SECONDS)

    async def next(self, stream: "EventStream") -> Pair | None:
        """The next event; None at the end of the stream, and as soon as the run is stopped."""
        if self.stopped.is_set():
            return None
        try:
            async with asyncio.timeout(_LAST_WORDS_SECONDS if self.answer else None) as self.pause:
                return await anext(stream)
        except (StopAsyncIteration, TimeoutError):
            return None
        finally:
            self.pause = None

    def _wait_no_longer_than(self, seconds: float) -> None:
        if self.pause is not None:
            self.pause.reschedule(asyncio.get_running_loop().time() + seconds)

    async def sleep(self, seconds: float) -> None:
        """Waits, until the run is stopped."""
        try:
            async with asyncio.timeout(seconds):
                await self.stopped.wait()
        except TimeoutError:
            return


class Runs:
    """The runs of one service that are going on."""

    def __init__(self, client: "Client", links: LooseLinks) -> None:
        self._client = client
        self._links = links
        self._known: dict[str, Listening] = {}

    async def begin(self, run: Listening, stream: "EventStream", first: Pair | None) -> AsyncGenerator[RunEvent, None]:
        """Listens to a run from its first event, which has been read.

        Raises:
            DeskError: STREAM_DROPPED, if the stream ends before the run; or why there is no run.
        """
        async with aclosing(self._listen(run, stream, first)) as events:
            async for event in events:
                yield event
        if run.decoder.is_over:
            return
        if run.decoder.error is not None:  # it may have ended the run, or the stream alone
            async with aclosing(self._look(run)) as events:
                async for event in events:
                    yield event
            if run.decoder.is_over:
                return
        raise DeskError(ErrorCode.STREAM_DROPPED)

    async def follow(self, run: Listening) -> AsyncGenerator[RunEvent, None]:
        """A run that is there already, to its end: where this program was, else from its beginning."""
        known = self._known.get(run.decoder.run_id)
        if known is None or known.number < 0:
            response = await self._read(run)
            state = run_state(response)
            if self._client.limits is not None:
                yield LimitsSeen(run.decoder.run_id, self._client.limits)
            if state.state.is_final:
                for event in run.decoder.end(response):
                    yield event
                return
            yield state
            run.is_background = response.get("background") is True
            self._known[run.decoder.run_id] = known = run
        else:
            yield RunStateChanged(run.decoder.run_id, RunState.IN_PROGRESS)
        async with aclosing(self._resumed(known)) as events:
            async for event in events:
                yield event
        if not known.decoder.is_over:
            async with aclosing(self._poll(known)) as events:
                async for event in events:
                    yield event

    async def cancel(self, run_id: str) -> None:
        """Stops a run: one in the background by asking, another by listening no more."""
        run = self._known.get(run_id)
        if run is not None and not run.is_background:
            run.stop()
            return
        try:
            answer = await self._client.post(f"{address('responses', run_id)}/cancel", {}, once=False)
        except DeskError as error:
            if error.code not in (ErrorCode.REQUEST_REFUSED, ErrorCode.NOT_FOUND):
                raise
            is_over = error.code is ErrorCode.REQUEST_REFUSED and await self._is_over(run_id)
            if run is not None and not is_over:
                run.stop()
            elif error.code is ErrorCode.REQUEST_REFUSED and not is_over:
                raise
            return
        if run is not None and run_state(answer).state.is_final:
            run.end_with(await self._read(run))  # which tells what the code printed, and the answer does not

    # --- streams ------------------------------------------------------------------------------------------

    async def _resumed(self, run: Listening) -> AsyncGenerator[RunEvent, None]:
        """The rest of a run's stream; nothing if the service cannot stream it again."""
        if not run.is_background:
            return
        query: Json = {"stream": "true", "include": [OUTPUTS]}
        if run.number >= 0:
            query["starting_after"] = run.number
        number = run.number
        stream = self._client.stream_get(address("responses", run.decoder.run_id), query)
        try:
            first = await run.next(stream)
        except DeskError as error:
            await stream.aclose()
            if error.code not in _NO_STREAM:
                raise
            return
        if first is not None and number < 0:  # not before: what is here stays until there is more to put in its place
            yield ItemsReset(run.decoder.run_id)
        async with aclosing(self._listen(run, stream, first)) as events:
            async for event in events:
                yield event
        if not run.decoder.is_over and run.decoder.error is None and run.number > number:
            raise DeskError(ErrorCode.STREAM_DROPPED)

    async def _listen(
        self, run: Listening, stream: "EventStream", first: Pair | None
    ) -> AsyncGenerator[RunEvent, None]:
        """Passes on what a stream tells, until it or the run ends. Events that came before are dropped."""
        decoder, pair, limits = run.decoder, first, None
        async with aclosing(stream):
            while pair is not None:
                number = optional_number(pair[1], "sequence_number")
                if number is None or number > run.number:
                    await self._links.cite(_last_output(pair[1]))
                    events = list(decoder.decode(*pair))
                    self._keep(run)
                    # Whoever leaves in the middle has not heard of the last one.
                    for event in events[:-1]:
                        yield event
                    run.number = run.number if number is None else int(number)
                    for event in events[-1:]:
                        yield event
                if decoder.is_over:
                    return
                if decoder.run_id and stream.limits not in (None, limits):
                    limits = stream.limits
                    yield LimitsSeen(decoder.run_id, limits)
                pair = await run.next(stream)
        if run.is_ended_here:
            for event in self._stopped(run):
                yield event

    def _stopped(self, run: Listening) -> list[RunEvent]:
        """The end of a run that was stopped; what was there stays."""
        run_id = run.decoder.run_id
        self._known.pop(run_id, None)
        if run.answer is not None:
            return list(run.decoder.end(run.answer))
        run.decoder.state = RunState.CANCELLED
        return [RunStateChanged(run_id, RunState.CANCELLED)] if run_id else []

    # --- looking ------------------------------------------------------------------------------------------

    async def _poll(self, run: Listening) -> AsyncGenerator[RunEvent, None]:
        """Looks at a run again and again until it is over."""
        seconds = _FIRST_POLL_SECONDS
        while not run.decoder.is_over:
            has_news = False
            async with aclosing(self._look(run)) as events:
                async for event in events:
                    has_news = True
                    yield event
            if run.decoder.is_over:
                return
            seconds = _FIRST_POLL_SECONDS if has_news else min(seconds * _POLL_GROWTH, _LAST_POLL_SECONDS)
            await run.sleep(seconds)
            if run.is_ended_here:
                for event in self._stopped(run):
                    yield event

    async def _look(self, run: Listening) -> AsyncGenerator[RunEvent, None]:
        """What is new in a run that may be going on."""
        response = await self._read(run)
        state = run_state(response).state
        events = list(run.decoder.end(response) if state.is_final else run.decoder.progress(response))
        if state is RunState.CANCELLED and not (run.is_background or run.is_ended_here):
            # Nobody stopped it: it ended with its stream.
            error = ErrorInfo(ErrorCode.STREAM_DROPPED)
            events[-1] = RunStateChanged(run.decoder.run_id, RunState.FAILED, error)
        self._keep(run)
        for event in events:
            yield event

    def _keep(self, run: Listening) -> None:
        """Remembers a run as long as it goes on."""
        if run.decoder.is_over:
            self._known.pop(run.decoder.run_id, None)
        elif run.decoder.run_id:
            self._known[run.decoder.run_id] = run

    async def _read(self, run: Listening) -> Json:
        response = await self._client.get(address("responses", run.decoder.run_id), {"include": [OUTPUTS]})
        if run_state(response).state.is_final:
            await self._links.cite(objects(response, "output"))
        return response

    async def _is_over(self, run_id: str) -> bool:
        try:
            response = await self._client.get(address("responses", run_id))
        except DeskError as error:
            if error.code is not ErrorCode.NOT_FOUND:
                raise
            return True
        return run_state(response).state.is_final


def _last_output(data: Json) -> list[Json]:
    """What a run has made, if this is the event that ends it."""
    response = optional_object(data, "response")
    return objects(response, "output") if response.get("status") in _LAST else []
