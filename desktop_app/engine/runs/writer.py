"""Writing one message or one code step, piece by piece."""

from collections.abc import Mapping
from typing import Protocol, Self

from desktop_app.domain.error import ErrorInfo
from desktop_app.engine.port import Finished
from desktop_app.engine.runs import shape
from desktop_app.engine.runs.ending import Ending
from desktop_app.engine.runs.failure import with_error
from desktop_app.engine.runs.link import annotations
from desktop_app.engine.runs.recorder import Recorder
from desktop_app.engine.storage.record import Json

FINAL = "final"
"""In a step's metadata: its message is the end of the run."""


class Writer(Protocol):
    """What is open in a run."""

    @property
    def step_id(self) -> str:
        """The step it writes."""

    async def begin(self) -> None:
        """Writes and announces its beginning; what was there before is gone."""

    async def stop(self, ending: Ending) -> None:
        """Ends it early, and keeps what is there."""


class MessageWriter:
    """The message that a run is writing, and the step which says so."""

    def __init__(self, recorder: Recorder, step: Json, message: Json) -> None:
        self._recorder = recorder
        self._step = step
        self._message = message
        self._text = ""

    @classmethod
    def new(cls, recorder: Recorder) -> Self:
        """A message that is not there yet."""
        message = shape.answer(recorder.run)
        return cls(recorder, shape.step(recorder.run, shape.message_creation(message["id"])), message)

    @property
    def step_id(self) -> str:
        """The step it writes."""
        step_id: str = self._step["id"]
        return step_id

    async def begin(self) -> None:
        """Writes and announces an empty message."""
        self._message["content"] = []
        await self._save()
        for name, body in (("run.step", self._step), ("message", self._message)):
            self._recorder.announce(f"thread.{name}.created", body)
            self._recorder.announce(f"thread.{name}.in_progress", body)

    async def add(self, text: str) -> None:
        """Adds text at the end."""
        self._text += text
        self._message["content"] = [shape.text_content(self._text)]
        await self._recorder.save(("message", self._message))
        self._announce_delta({"value": text, "annotations": []})

    async def complete(self, links: Mapping[str, str], attached: list[str], usage: Json | None, *, final: bool) -> None:
        """Ends the message as it should end.

        Args:
            links: The files that the text may link to: name to file id.
            attached: Ids of the files that come with the message.
            usage: What the reply cost, if it is known.
            final: The model has nothing to add. An engine that dies now does not ask it again.
        """
        if final:
            self._step["metadata"] = {**self._step["metadata"], FINAL: "true"}
        found = annotations(self._text, links)
        if found:
            self._message["content"] = [shape.text_content(self._text, found)]
        self._message["attachments"] = [shape.file_attachment(file_id) for file_id in attached]
        self._message.update(status="completed", completed_at=shape.now())
        self._step.update(status="completed", completed_at=shape.now(), usage=usage)
        await self._save()
        if found:
            self._announce_delta({"annotations": [{"index": index, **link} for index, link in enumerate(found)]})
        self._announce_end()

    async def stop(self, ending: Ending) -> None:
        """Ends the message early; its text stays."""
        self._message.update(ending.of_message())
        self._step.update(ending.of_step())
        await self._save()
        self._announce_end()

    def _announce_delta(self, text: Json) -> None:
        delta = {"content": [{"index": 0, "type": "text", "text": text}]}
        body = {"id": self._message["id"], "object": "thread.message.delta", "delta": delta}
        self._recorder.announce("thread.message.delta", body)

    def _announce_end(self) -> None:
        self._recorder.announce(f"thread.message.{self._message['status']}", self._message)
        self._recorder.announce(f"thread.run.step.{self._step['status']}", self._step)

    async def _save(self) -> None:
        await self._recorder.save(("step", self._step), ("message", self._message))


class CodeWriter:
    """A step that holds one call of the code interpreter.

    Attributes:
        code: What has been written so far.
    """

    def __init__(self, recorder: Recorder, step: Json) -> None:
        self._recorder = recorder
        self._step = step
        call = step["step_details"]["tool_calls"][0]
        self._call_id = call["id"]
        self.code: str = call["code_interpreter"]["input"]
        self._outputs: list[Json] = call["code_interpreter"]["outputs"]

    @classmethod
    def new(cls, recorder: Recorder) -> Self:
        """A step that is not there yet."""
        return cls(recorder, shape.step(recorder.run, shape.code_call(shape.new_id("call_"), "", [])))

    @property
    def step_id(self) -> str:
        """The step it writes."""
        step_id: str = self._step["id"]
        return step_id

    async def begin(self) -> None:
        """Writes and announces a step without code."""
        self.code, self._outputs = "", []
        await self._save()
        self._recorder.announce("thread.run.step.created", self._step)
        self._recorder.announce("thread.run.step.in_progress", self._step)

    async def add_code(self, text: str) -> None:
        """Adds code at the end."""
        self.code += text
        await self._save()
        self._announce_delta({"input": text, "outputs": []})

    def announce_running(self) -> None:
        """Says that the code is written and now runs: a delta that adds nothing, which other clients pass over."""
        self._announce_delta({"outputs": []})

    async def add_logs(self, text: str) -> None:
        """Adds to the logs; after a picture they go on in an output of their own."""
        if not self._outputs or self._outputs[-1]["type"] != "logs":
            self._outputs.append({"type": "logs", "logs": ""})
        self._outputs[-1]["logs"] += text
        await self._save()
        self._announce_output({"type": "logs", "logs": text})

    async def add_image(self, file_id: str) -> None:
        """Adds a picture."""
        output = {"type": "image", "image": {"file_id": file_id}}
        self._outputs.append(output)
        await self._save()
        self._announce_output(output)

    async def complete(self, finished: Finished, usage: Json | None) -> None:
        """Ends the step. The API calls it completed even if the code failed; `step_metadata` tells that."""
        self._step["metadata"] = step_metadata(finished.seconds, finished.error_name, finished.limit)
        self._step.update(status="completed", completed_at=shape.now(), usage=usage)
        await self._save()
        self._recorder.announce("thread.run.step.completed", self._step)

    async def stop(self, ending: Ending) -> None:
        """Ends the step early; its code and outputs stay."""
        self._step.update(ending.of_step())
        await self._save()
        self._recorder.announce(f"thread.run.step.{self._step['status']}", self._step)

    def _announce_output(self, output: Json) -> None:
        self._announce_delta({"outputs": [{"index": len(self._outputs) - 1, **output}]})

    def _announce_delta(self, interpreter: Json) -> None:
        call = {"index": 0, "id": self._call_id, "type": "code_interpreter", "code_interpreter": interpreter}
        details = {"type": "tool_calls", "tool_calls": [call]}
        body = {"id": self.step_id, "object": "thread.run.step.delta", "delta": {"step_details": details}}
        self._recorder.announce("thread.run.step.delta", body)

    async def _save(self) -> None:
        self._step["step_details"] = shape.code_call(self._call_id, self.code, self._outputs)
        await self._recorder.save(("step", self._step))


def step_metadata(seconds: float, error_name: str | None, error: ErrorInfo | None) -> dict[str, str]:
    """What the API has no field for: `seconds`, `error_name` of what the code raised, `error` for a limit it hit."""
    metadata = {"seconds": f"{seconds:.2f}"}
    if error_name is not None:
        metadata["error_name"] = error_name
    return metadata if error is None else with_error(metadata, error)
