"""Values of threads for the tests: questions, runs, and where their files are."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from desktop_app.domain.entity import (
    Answer,
    CodeStep,
    MessageState,
    Question,
    Run,
    RunItem,
    RunState,
    StepState,
    StoredFile,
    TextPart,
    TranscriptItem,
)
from desktop_app.services.transcript import ChangeScope, TranscriptChange


class Blobs:
    """Where files are: in a folder, by their hash."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, file: StoredFile) -> Path | None:
        return self.folder / file.sha256 if file.sha256 else None


def question(number: int = 0, text: str = "Why?", files: tuple[StoredFile, ...] = ()) -> Question:
    return Question(f"q{number}", "t", text, files, 0.0, MessageState.SENT)


def run(number: int, *items: RunItem, state: RunState = RunState.COMPLETED) -> Run:
    return Run(f"r{number}", "t", f"q{number}", "Data analyst", "", 0.0, state, items=items)


def answer(text: str, *, complete: bool = True, files: tuple[StoredFile, ...] = ()) -> Answer:
    return Answer("a", (TextPart(text),), files, complete)


def step(key: str = "s", code: str = "x = 1", state: StepState = StepState.COMPLETED) -> CodeStep:
    return CodeStep(key, code, (), state, None, 1.0, 2.0)


def thread(turns: int, text: str = "One paragraph.\n\nAnother one.\n\n- a\n- list") -> list[TranscriptItem]:
    items: list[TranscriptItem] = []
    for number in range(turns):
        items += [question(number), run(number, replace(answer(text), key=f"a{number}"))]
    return items


def changed(item: TranscriptItem, scope: ChangeScope = ChangeScope.ITEM_CHANGED) -> TranscriptChange:
    return TranscriptChange("t", scope, item)


def prefixes(text: str, size: int) -> Sequence[str]:
    """The text as it grows, `size` characters at a time."""
    return [text[:end] for end in range(size, len(text) + size, size)]
