"""What a run is writing at the moment, and what it was writing when the engine died."""

from typing import Self

from desktop_app.engine.runs.ending import INTERRUPTED, Ending
from desktop_app.engine.runs.recorder import Recorder
from desktop_app.engine.runs.writer import FINAL, CodeWriter, MessageWriter, Writer
from desktop_app.engine.storage.record import Json, Records


class Draft:
    """The open message and code steps of one run.

    What a crash left half-written is taken over by what the model writes in its place: the same ids, new content.
    So somebody who polls sees the text being written once more, and not twice.

    Attributes:
        recorder: Where everything goes.
        step_ids: Every step of the run, oldest first.
        images: How many pictures the completed steps have made.
        has_answered: The last message is complete: only the run's end was not written before the engine died.
        open_message: The message that is being written.
    """

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.step_ids: list[str] = []
        self.images = 0
        self.has_answered = False
        self.open_message: MessageWriter | None = None
        self._open: list[Writer] = []
        self._left_messages: list[MessageWriter] = []
        self._left_steps: list[CodeWriter] = []

    @classmethod
    async def load(cls, recorder: Recorder) -> Self:
        """The draft of a run that may have been going on before."""
        draft = cls(recorder)
        await recorder.database.run(draft._read)
        return draft

    def _read(self, records: Records) -> None:
        for step in records.all("step", "run_id", self.recorder.run["id"]):
            self.step_ids.append(step["id"])
            if step["status"] == "in_progress":
                self._leave(records, step)
            elif step["type"] == "tool_calls":
                self.images += _images(step)
            elif step["status"] == "completed" and FINAL in step["metadata"]:
                self.has_answered = True

    def _leave(self, records: Records, step: Json) -> None:
        if step["type"] == "tool_calls":
            self._left_steps.append(CodeWriter(self.recorder, step))
            return
        message = records.get("message", step["step_details"]["message_creation"]["message_id"])
        if message is None or not message["content"]:
            records.delete("message", step["step_details"]["message_creation"]["message_id"])
            records.delete("step", step["id"])
            self.step_ids.remove(step["id"])
        else:
            self._left_messages.append(MessageWriter(self.recorder, step, message))

    async def message(self) -> MessageWriter:
        """The open message; begins one if there is none."""
        if self.open_message is None:
            writer = self._left_messages.pop(0) if self._left_messages else MessageWriter.new(self.recorder)
            self.open_message = writer
            await self._begin(writer)
        return self.open_message

    async def begin_code(self) -> CodeWriter:
        """A new code step."""
        writer = self._left_steps.pop(0) if self._left_steps else CodeWriter.new(self.recorder)
        await self._begin(writer)
        return writer

    async def _begin(self, writer: Writer) -> None:
        self._open.append(writer)
        if writer.step_id not in self.step_ids:
            self.step_ids.append(writer.step_id)
        await writer.begin()

    def closed(self, writer: Writer) -> None:
        """Says that the writer has completed what it wrote."""
        self._open.remove(writer)
        if writer is self.open_message:
            self.open_message = None

    async def close_leftovers(self, ending: Ending = INTERRUPTED) -> None:
        """Ends what a crash left and the model has not taken up again."""
        leftovers: list[Writer] = [*self._left_messages, *self._left_steps]
        self._left_messages, self._left_steps = [], []
        for writer in leftovers:
            await writer.stop(ending)

    async def stop(self, ending: Ending) -> None:
        """Ends everything that is open, because the run ends."""
        for writer in self._open:
            await writer.stop(ending)
        self._open = []
        self.open_message = None
        await self.close_leftovers(ending)


def _images(step: Json) -> int:
    return sum(
        output["type"] == "image"
        for call in step["step_details"]["tool_calls"]
        for output in call["code_interpreter"]["outputs"]
    )
