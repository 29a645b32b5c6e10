"""The items of a response and their events, in the order in which the services send them."""

import asyncio
import base64
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from tests.contract.scenario import Code
from tests.harness.responses.dialect import Shape
from tests.harness.responses.picture import png
from tests.harness.responses.rare import rare_events
from tests.harness.responses.refusal import Json
from tests.harness.responses.store import Container, ContainerFile, Store
from tests.harness.responses.stored import StoredResponse

_FOLDER = "sandbox:/mnt/data/"
_LINK = re.compile(rf"\[[^\]\n]*\]\({_FOLDER}([^)\s]+)\)|{_FOLDER}([\w.-]+)")

Say = Callable[..., None]
Hold = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Habit:
    """How a response is told.

    Attributes:
        piece: Characters in a delta; 0 for all at once.
        is_novel: Between what is known come events, items, parts and fields that nobody has heard of.
        repeats_queued: `response.queued` comes again, late.
        late_deltas: The last delta of an item comes after the item was said to be done.
        turns: So many turns of the loop pass after each delta: a client that comes back finds the run going on.
    """

    piece: int = 5
    is_novel: bool = False
    repeats_queued: bool = False
    late_deltas: bool = False
    turns: int = 0


class StoppedError(Exception):
    """Somebody stopped the response."""


class ResetError(Exception):
    """The item that was being written is taken back."""


class Writer:
    """Writes the items of one response.

    Args:
        container: The one that the code runs in; None if there is no tool.

    Attributes:
        reset_at: The place of the item that is taken back once; -1 for none.
    """

    def __init__(
        self, shape: Shape, habit: Habit, store: Store, response: StoredResponse, container: Container | None
    ) -> None:
        self.reset_at = -1
        self._shape = shape
        self._habit = habit
        self._store = store
        self._response = response
        self._container = container
        self._pictures: list[ContainerFile] = []
        self._has_surprised = False

    async def code(self, turn: Code, hold: Hold) -> None:
        """A code interpreter call; what the code printed comes with its end."""
        if self._container is None:
            raise AssertionError("code, and no code interpreter among the tools")
        item = self._new("ci", "code_interpreter_call", code="", container_id=self._container.id, outputs=[])
        say = self._open(item)
        kind = "response.code_interpreter_call"
        say(f"{kind}.in_progress")
        late = await self._grow(item, "code", turn.source, say, f"{kind}_code.delta", obfuscation="x" * 7)
        say(f"{kind}_code.done", code=turn.source)
        item["status"] = "interpreting"
        say(f"{kind}.interpreting")
        await hold()
        item["outputs"] = list(self._outputs(turn, self._container))
        say(f"{kind}.completed")
        self._close(item)
        late()

    async def thought(self, summary: str) -> None:
        """Reasoning; its summary only if it was asked for."""
        item: Json = {"id": self._store.new_id("rs"), "type": "reasoning", "summary": []}
        say = self._open(item)
        if (self._response.request.get("reasoning") or {}).get("summary"):
            kind = "response.reasoning_summary"
            part = {"type": "summary_text", "text": ""}
            item["summary"].append(part)
            say(f"{kind}_part.added", summary_index=0, part=part)
            late = await self._grow(part, "text", summary, say, f"{kind}_text.delta", summary_index=0)
            say(f"{kind}_text.done", summary_index=0, text=summary)
            say(f"{kind}_part.done", summary_index=0, part=part)
            self._close(item)
            late()
        else:
            self._close(item)

    async def words(self, text: str, hold: Hold) -> None:
        """A message with the files that it cites."""
        item = self._new("msg", "message", role="assistant", content=[])
        say = self._open(item)
        part: Json = {"type": "output_text", "annotations": [], "logprobs": [], "text": ""}
        item["content"].append(part)
        say("response.content_part.added", content_index=0, part=part)
        kind = "response.output_text"
        late = await self._grow(part, "text", text, say, f"{kind}.delta", content_index=0, logprobs=[])
        await hold()
        for index, annotation in enumerate(self._annotations(text)):
            part["annotations"].append(annotation)
            say(f"{kind}.annotation.added", content_index=0, annotation_index=index, annotation=annotation)
        say(f"{kind}.done", content_index=0, text=text, logprobs=[])
        say("response.content_part.done", content_index=0, part=part)
        if self._habit.is_novel:
            item["content"].append({"type": "hologram", "hologram": {"depth": 3}})
        self._close(item)
        late()

    async def refusal(self, text: str) -> None:
        """A message that says no."""
        item = self._new("msg", "message", role="assistant", content=[])
        say = self._open(item)
        part = {"type": "refusal", "refusal": ""}
        item["content"].append(part)
        say("response.content_part.added", content_index=0, part=part)
        late = await self._grow(part, "refusal", text, say, "response.refusal.delta", content_index=0)
        say("response.refusal.done", content_index=0, refusal=text)
        say("response.content_part.done", content_index=0, part=part)
        self._close(item)
        late()

    def surprise(self) -> None:
        """Something that nobody has heard of, if that is the habit; the first time, all that is rare as well."""
        if self._habit.is_novel:
            for event in () if self._has_surprised else rare_events():
                self._response.emit(**event)
            self._has_surprised = True
            item = self._new("holo", "hologram_call", hologram=None)
            say = self._open(item)
            say("response.hologram_call.expanding", depth=3)
            self._close(item)
            self._response.emit("response.galaxy.expanded", by=None)

    def _new(self, prefix: str, kind: str, **fields: object) -> Json:
        return {"id": self._store.new_id(prefix), "type": kind, "status": "in_progress", **fields}

    def _open(self, item: Json) -> Say:
        """Adds an item, and returns what tells the events of it."""
        response = self._response
        index = len(response.output)
        response.output.append(item)
        response.emit("response.output_item.added", output_index=index, item=item)

        def say(name: str, **fields: object) -> None:
            response.emit(name, item_id=item["id"], output_index=index, **fields)

        return say

    def _close(self, item: Json) -> None:
        if "status" in item:
            item["status"] = "completed"
        novelty = {"novelty": {"a": [1]}} if self._habit.is_novel else {}
        index = self._response.output.index(item)
        self._response.emit("response.output_item.done", output_index=index, item=item, **novelty)

    async def _grow(
        self, owner: Json, field: str, text: str, say: Say, name: str, **fields: object
    ) -> Callable[[], None]:
        """Writes a text piece by piece; returns what tells the piece that is told later."""
        size = self._habit.piece or max(len(text), 1)
        pieces = [text[start : start + size] for start in range(0, len(text), size)]
        kept = [pieces.pop()] if self._habit.late_deltas and pieces else []
        for piece in pieces:
            owner[field] += piece
            say(name, delta=piece, **fields)
            await self._pause()
        owner[field] = text

        def say_kept() -> None:
            for piece in kept:
                say(name, delta=piece, **fields)

        return say_kept

    async def _pause(self) -> None:
        if len(self._response.output) - 1 == self.reset_at:
            raise ResetError
        for _ in range(self._habit.turns):
            await asyncio.sleep(0)
        if self._response.stopped.is_set():
            raise StoppedError

    def _outputs(self, turn: Code, container: Container) -> Iterator[Json]:
        logs = turn.logs
        if turn.raises:
            logs += f'Traceback (most recent call last):\n  File "<code>", line 1\n{turn.raises}\n'
        if logs:
            yield {"type": "logs", "logs": logs}
        if self._habit.is_novel:
            yield {"type": "hologram", "hologram": {"depth": 3}}
        if turn.picture:
            data, name = png(64, 48), f"{self._store.new_id('cfile')}.png"
            self._pictures.append(self._store.put_into(container, name, data, "assistant"))
            yield {"type": "image", "url": f"data:image/png;base64,{base64.b64encode(data).decode()}"}
        if turn.saves:
            self._store.put_into(container, turn.saves, turn.content, "assistant")

    def _annotations(self, text: str) -> Iterator[Json]:
        """Links to made files; charts, which stand nowhere in the text; and one kind that nobody knows."""
        made = {file.name: file for file in self._container.files.values()} if self._container else {}
        for found in _LINK.finditer(text):
            file = made.get(found[1] or found[2])
            if file is not None:
                start, end = found.span()
                if found[1] and not self._shape.cites_link:
                    start, end = found.start(1) - len(_FOLDER), found.end(1)
                yield _citation(file, start, end)
        for picture in self._pictures:
            yield _citation(picture, 0, 0)
        self._pictures.clear()
        if self._habit.is_novel:
            yield {"type": "hologram_citation", "hologram": "h_1", "start_index": 0, "end_index": 1}


def _citation(file: ContainerFile, start: int, end: int) -> Json:
    return {
        "type": "container_file_citation",
        "container_id": file.container_id,
        "file_id": file.id,
        "filename": file.name,
        "start_index": start,
        "end_index": end,
    }
