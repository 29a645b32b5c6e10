"""The model's part: turns become the events of a response, in the order in which the services send them."""

import asyncio
import base64
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from tests.contract.scenario import Break, Code, Decline, Say, Shorten, Think, Turn
from tests.harness.responses.dialect import Shape
from tests.harness.responses.picture import png
from tests.harness.responses.refusal import Json
from tests.harness.responses.store import Container, ContainerFile, Store
from tests.harness.responses.stored import StoredResponse

_LINK = re.compile(r"\[[^\]\n]*\]\(sandbox:/mnt/data/([^)\s]+)\)|sandbox:/mnt/data/([\w.-]+)")


@dataclass(frozen=True, slots=True)
class Habit:
    """How a response is told.

    Attributes:
        piece: Characters in a delta; 0 for all at once.
        is_novel: Between what is known come events, items, parts and fields that nobody has heard of.
        repeats_queued: `response.queued` comes again, late.
        late_deltas: The last delta of an item comes after the item was said to be done.
    """

    piece: int = 5
    is_novel: bool = False
    repeats_queued: bool = False
    late_deltas: bool = False


class _StoppedError(Exception):
    """Somebody stopped the response."""


class _ResetError(Exception):
    """The item that was being written is taken back."""


class Player:
    """Writes one response.

    Args:
        container: The one that the code runs in; None if there is no tool.
    """

    def __init__(
        self, shape: Shape, habit: Habit, store: Store, response: StoredResponse, container: Container | None
    ) -> None:
        self._shape = shape
        self._habit = habit
        self._store = store
        self._response = response
        self._container = container
        self._pictures: list[ContainerFile] = []
        self._reset_at = -1

    async def play(self, turns: Sequence[Turn]) -> None:
        """Plays the turns to their end, or until the response is stopped."""
        response = self._response
        self._reset_at = len(turns) // 2 if self._shape.resets else -1
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
                self._surprise()
            if response.status == "in_progress":
                self._end("completed")
        except _StoppedError:
            self._cancel()
        finally:
            response.end()

    async def _take(self, turn: Turn) -> None:
        index = len(self._response.output)
        with suppress(_ResetError):
            await self._write(turn)
            return
        del self._response.output[index:]
        self._reset_at = -1
        self._response.emit_state("in_progress")
        await self._write(turn)

    async def _write(self, turn: Turn) -> None:
        match turn:
            case Code():
                await self._code(turn)
            case Think(summary=summary):
                self._think(summary)
            case Say(text=text, hold=hold):
                await self._say(text.replace("{files}", ",".join(self._names())), hold=hold)
            case Decline(text=text):
                self._decline(text)
            case Break():
                self._fail(turn)
            case Shorten(reason=reason):
                self._response.reason = reason
                self._end("incomplete")

    def _names(self) -> list[str]:
        files = self._container.files.values() if self._container else ()
        return [file.name for file in files if file.source == "user"]

    # --- items ------------------------------------------------------------------------------------------------

    async def _code(self, turn: Code) -> None:
        if self._container is None:
            raise AssertionError("code, and no code interpreter among the tools")
        item: Json = {
            "id": self._store.new_id("ci"),
            "type": "code_interpreter_call",
            "status": "in_progress",
            "code": "",
            "container_id": self._container.id,
            "outputs": [],
        }
        say = self._open(item)
        kind = "response.code_interpreter_call"
        say(f"{kind}.in_progress")
        late = self._deltas(turn.source, lambda text: say(f"{kind}_code.delta", delta=text, obfuscation="x" * 7))
        item["code"] = turn.source
        say(f"{kind}_code.done", code=turn.source)
        item["status"] = "interpreting"
        say(f"{kind}.interpreting")
        await self._hold(hold=turn.hold)
        item["status"] = "completed"
        item["outputs"] = list(self._outputs(turn, self._container))
        say(f"{kind}.completed")
        self._close(item)
        late()

    def _outputs(self, turn: Code, container: Container) -> Iterator[Json]:
        logs = turn.logs
        if turn.raises:
            logs += f'Traceback (most recent call last):\n  File "<code>", line 1\n{turn.raises}\n'
        if logs:
            yield {"type": "logs", "logs": logs}
        if self._habit.is_novel:
            yield {"type": "hologram", "hologram": {"depth": 3}}
        if turn.picture:
            data = png(64, 48)
            self._pictures.append(
                self._store.put_into(container, f"{self._store.new_id('cfile')}.png", data, "assistant")
            )
            yield {"type": "image", "url": f"data:image/png;base64,{base64.b64encode(data).decode()}"}
        if turn.saves:
            self._store.put_into(container, turn.saves, turn.content, "assistant")

    def _think(self, summary: str) -> None:
        item: Json = {"id": self._store.new_id("rs"), "type": "reasoning", "summary": []}
        say = self._open(item)
        late = self._deltas("", lambda _: None)
        if (self._response.request.get("reasoning") or {}).get("summary"):
            kind = "response.reasoning_summary"
            say(f"{kind}_part.added", summary_index=0, part={"type": "summary_text", "text": ""})
            late = self._deltas(summary, lambda text: say(f"{kind}_text.delta", summary_index=0, delta=text))
            part = {"type": "summary_text", "text": summary}
            say(f"{kind}_text.done", summary_index=0, text=summary)
            say(f"{kind}_part.done", summary_index=0, part=part)
            item["summary"] = [part]
        self._close(item)
        late()

    async def _say(self, text: str, *, hold: bool) -> None:
        item = self._message()
        say = self._open(item)
        part: Json = {"type": "output_text", "annotations": [], "logprobs": [], "text": ""}
        item["content"].append(part)
        say("response.content_part.added", content_index=0, part=part)
        late = self._deltas(
            text, lambda text: say("response.output_text.delta", content_index=0, delta=text, logprobs=[])
        )
        part["text"] = text
        await self._hold(hold=hold)
        for index, annotation in enumerate(self._annotations(text)):
            part["annotations"].append(annotation)
            say(
                "response.output_text.annotation.added",
                content_index=0,
                annotation_index=index,
                annotation=annotation,
            )
        say("response.output_text.done", content_index=0, text=text, logprobs=[])
        say("response.content_part.done", content_index=0, part=part)
        if self._habit.is_novel:
            item["content"].append({"type": "hologram", "hologram": {"depth": 3}})
        self._close(item)
        late()

    def _decline(self, text: str) -> None:
        item = self._message()
        say = self._open(item)
        part = {"type": "refusal", "refusal": ""}
        item["content"].append(part)
        say("response.content_part.added", content_index=0, part=part)
        late = self._deltas(text, lambda text: say("response.refusal.delta", content_index=0, delta=text))
        part["refusal"] = text
        say("response.refusal.done", content_index=0, refusal=text)
        say("response.content_part.done", content_index=0, part=part)
        self._close(item)
        late()

    def _message(self) -> Json:
        return {
            "id": self._store.new_id("msg"),
            "type": "message",
            "status": "in_progress",
            "role": "assistant",
            "content": [],
        }

    def _annotations(self, text: str) -> Iterator[Json]:
        """Links to made files; charts, which stand nowhere in the text; and one kind that nobody knows."""
        made = {file.name: file for file in self._container.files.values()} if self._container else {}
        for found in _LINK.finditer(text):
            file = made.get(found[1] or found[2])
            if file is not None:
                start, end = found.span()
                if found[1] and not self._shape.cites_link:
                    start, end = found.start(1) - len("sandbox:/mnt/data/"), found.end(1)
                yield _citation(file, start, end)
        for picture in self._pictures:
            yield _citation(picture, 0, 0)
        self._pictures.clear()
        if self._habit.is_novel:
            yield {"type": "hologram_citation", "hologram": "h_1", "start_index": 0, "end_index": 1}

    # --- events -----------------------------------------------------------------------------------------------

    def _open(self, item: Json) -> Callable[..., None]:
        """Adds an item, and returns what tells the events of it."""
        response = self._response
        index = len(response.output)
        response.output.append(item)
        response.emit("response.output_item.added", output_index=index, item=item)

        def say(name: str, **fields: object) -> None:
            response.emit(name, item_id=item["id"], output_index=index, **fields)

        return say

    def _close(self, item: Json) -> None:
        if item["type"] != "reasoning":
            item["status"] = "completed"
        novelty = {"novelty": {"a": [1]}} if self._habit.is_novel else {}
        index = self._response.output.index(item)
        self._response.emit("response.output_item.done", output_index=index, item=item, **novelty)

    def _deltas(self, text: str, say: Callable[[str], None]) -> Callable[[], None]:
        """Tells a text piece by piece; returns what tells the piece that was kept for later."""
        size = self._habit.piece or max(len(text), 1)
        pieces = [text[start : start + size] for start in range(0, len(text), size)]
        kept = [pieces.pop()] if self._habit.late_deltas and pieces else []
        for number, piece in enumerate(pieces):
            say(piece)
            if number == 0 and len(self._response.output) - 1 == self._reset_at:
                raise _ResetError

        def say_kept() -> None:
            for piece in kept:
                say(piece)

        return say_kept

    def _surprise(self) -> None:
        if not self._habit.is_novel or self._response.is_final:
            return
        item = {"id": self._store.new_id("holo"), "type": "hologram_call", "status": "completed", "hologram": None}
        say = self._open(item)
        say("response.hologram_call.expanding", depth=3)
        self._close(item)
        self._response.emit("response.galaxy.expanded", by=None)

    # --- ends -------------------------------------------------------------------------------------------------

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
            raise _StoppedError

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


def _citation(file: ContainerFile, start: int, end: int) -> Json:
    return {
        "type": "container_file_citation",
        "container_id": file.container_id,
        "file_id": file.id,
        "filename": file.name,
        "start_index": start,
        "end_index": end,
    }
