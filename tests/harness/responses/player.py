"""The model's part: turns become a response, to its end or until somebody stops it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from tests.contract.scenario import Break, Code, Decline, Say, Shorten, Think, Turn
from tests.harness.responses.dialect import Shape
from tests.harness.responses.store import Container, Store
from tests.harness.responses.stored import StoredResponse
from tests.harness.responses.writer import Habit, ResetError, StoppedError, Writer


class Player:
    """Makes one response.

    Args:
        container: The one that the code runs in; None if there is no tool.
    """

    def __init__(
        self, shape: Shape, habit: Habit, store: Store, response: StoredResponse, container: Container | None
    ) -> None:
        self._shape = shape
        self._habit = habit
        self._response = response
        self._container = container
        self._writer = Writer(shape, habit, store, response, container)

    async def play(self, turns: Sequence[Turn]) -> None:
        """Plays the turns to their end, or until the response is stopped."""
        response = self._response
        self._writer.reset_at = len(turns) // 2 if self._shape.resets else -1
        response.emit_state("created")
        if response.is_background:
            response.emit_state("queued")
        response.status = "in_progress"
        response.emit_state("in_progress")
        if self._habit.repeats_queued:
            response.emit("response.queued", response={**response.shown(), "status": "queued"})
        try:
            for turn in turns:
                await self._take(turn)
                if not response.is_final:
                    self._writer.surprise()
            if not response.is_final:
                self._end("completed")
        except StoppedError:
            self._cancel()
        finally:
            response.end()

    async def _take(self, turn: Turn) -> None:
        index = len(self._response.output)
        with suppress(ResetError):
            await self._write(turn)
            return
        del self._response.output[index:]
        self._writer.reset_at = -1
        self._response.emit_state("in_progress")
        await self._write(turn)

    async def _write(self, turn: Turn) -> None:
        match turn:
            case Code(hold=hold):
                await self._writer.code(turn, lambda: self._hold(hold=hold))
            case Think(summary=summary):
                await self._writer.thought(summary)
            case Say(text=text, hold=hold):
                await self._writer.words(text.replace("{files}", self._names()), lambda: self._hold(hold=hold))
            case Decline(text=text):
                await self._writer.refusal(text)
            case Break():
                self._fail(turn)
            case Shorten(reason=reason):
                self._response.reason = reason
                self._end("incomplete")

    def _names(self) -> str:
        files = self._container.files.values() if self._container else ()
        return ",".join(file.name for file in files if file.source == "user")

    async def _hold(self, *, hold: bool) -> None:
        """Waits for whoever stops the response or lets it go on."""
        if hold:
            ways = [asyncio.ensure_future(event.wait()) for event in (self._response.stopped, self._response.released)]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
        if self._response.stopped.is_set():
            raise StoppedError

    def _end(self, status: str) -> None:
        self._response.status = status
        self._response.emit_state(status)

    def _fail(self, turn: Break) -> None:
        message = "The server had an error while processing your request."
        self._response.error = {"code": turn.code, "message": message}
        if turn.as_event:
            self._response.status = "failed"
            self._response.emit("error", code=turn.code, message=message, param=None)
        else:
            self._end("failed")

    def _cancel(self) -> None:
        response = self._response
        response.status = "cancelled"
        for item in response.output:
            if item.get("status") in ("in_progress", "interpreting"):
                item["status"] = "incomplete"
        if self._shape.keeps_cancelled:
            response.emit_state("cancelled")
        else:
            response.output = []
