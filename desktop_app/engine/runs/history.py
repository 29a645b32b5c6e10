"""A thread as the model reads it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from desktop_app.engine.port import AnswerTurn, CodeTurn, SandboxFile, Turn, UserTurn
from desktop_app.engine.storage.record import Json, Records


@dataclass(frozen=True, slots=True)
class Transcript:
    """Messages and steps of a thread as the API shows them, in the order in which they happened."""

    items: tuple[Json, ...]

    @classmethod
    def read(cls, records: Records, thread_id: str) -> "Transcript":
        """The whole thread up to now. What is still being written is left out."""
        messages = records.messages_with_places(thread_id)
        answers = {body["id"]: body for _, body in messages if body["run_id"] is not None}
        asked = [(place, body) for place, body in messages if body["run_id"] is None]
        items: list[Json] = []
        for run in records.all("run", "thread_id", thread_id):
            position = records.run_plan(run["id"]).position
            items += [body for place, body in asked if place <= position]
            asked = [(place, body) for place, body in asked if place > position]
            items += _of_run(records.all("step", "run_id", run["id"]), answers)
        return cls((*items, *(body for _, body in asked)))

    def input_file_ids(self) -> list[str]:
        """Every file that came with a message, oldest first."""
        return [file_id for item in self.items if item["object"] == "thread.message" for file_id in _input_files(item)]

    def turns(
        self, files: Mapping[str, SandboxFile], made: Mapping[str, tuple[str, ...]], last_messages: int | None
    ) -> tuple[Turn, ...]:
        """The turns for the model.

        Args:
            files: What the messages' files are called in the sandbox, by file id.
            made: The names of what each step made, by step id.
            last_messages: How many of the last messages to keep; None for all.
        """
        items = self.items if last_messages is None else self._last(last_messages)
        turns = (_turn(item, files, made) for item in items)
        return tuple(turn for turn in turns if turn is not None)

    def _last(self, count: int) -> tuple[Json, ...]:
        places = [place for place, item in enumerate(self.items) if item["object"] == "thread.message"]
        return self.items[places[-count] :] if len(places) >= count else self.items


def _of_run(steps: Iterable[Json], answers: Mapping[str, Json]) -> list[Json]:
    items = []
    for step in steps:
        details = step["step_details"]
        if details["type"] == "tool_calls":
            if step["status"] == "completed":
                items.append(step)
        elif (answer := answers.get(details["message_creation"]["message_id"])) and answer["status"] != "in_progress":
            items.append(answer)
    return items


def _turn(item: Json, files: Mapping[str, SandboxFile], made: Mapping[str, tuple[str, ...]]) -> Turn | None:
    if item["object"] == "thread.run.step":
        return _code_turn(item, made.get(item["id"], ()))
    text = "\n\n".join(part["text"]["value"] for part in item["content"] if part["type"] == "text")
    if item["role"] == "user":
        return UserTurn(text, tuple(files[file_id] for file_id in _input_files(item) if file_id in files))
    return AnswerTurn(text) if text else None


def _code_turn(step: Json, made: tuple[str, ...]) -> CodeTurn:
    call = step["step_details"]["tool_calls"][0]
    outputs = call["code_interpreter"]["outputs"]
    return CodeTurn(
        call_id=call["id"],
        code=call["code_interpreter"]["input"],
        logs="".join(output["logs"] for output in outputs if output["type"] == "logs"),
        error_name=step["metadata"].get("error_name"),
        images=sum(output["type"] == "image" for output in outputs),
        files=made,
    )


def _input_files(message: Json) -> list[str]:
    if message["run_id"] is not None:
        return []
    images = [part["image_file"]["file_id"] for part in message["content"] if part["type"] == "image_file"]
    return [*(attachment["file_id"] for attachment in message["attachments"]), *images]
