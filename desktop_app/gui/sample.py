"""The data set that comes with the program, to try it with."""

import json
from dataclasses import dataclass
from pathlib import Path

from desktop_app.system import resource


@dataclass(frozen=True, slots=True)
class Sample:
    """A file, where it is from, and what one can ask about it."""

    path: Path
    source: str
    questions: tuple[str, ...]


def load() -> Sample:
    """Return the sample."""
    data = json.loads(resource.find("samples/questions.json").read_text(encoding="utf-8"))
    return Sample(resource.find(f"samples/{data['file']}"), data["source"], tuple(data["questions"]))
