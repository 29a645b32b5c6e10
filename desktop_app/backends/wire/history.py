"""What was said before, elsewhere, as messages: how a thread goes on at another service."""

from collections.abc import Iterable, Iterator

from desktop_app.domain.entity import (
    Answer,
    CodeOutput,
    CodeStep,
    LogOutput,
    Question,
    Run,
    RunItem,
    TextPart,
    TranscriptItem,
)

_MOST_LOG = 8_000  # characters of what one step printed


def messages(history: Iterable[TranscriptItem], most: int) -> Iterator[tuple[str, str]]:
    """Roles (`user` or `assistant`) and texts, oldest first, none empty and none of more than `most` characters."""
    for item in history:
        role, words = ("user", _question(item)) if isinstance(item, Question) else ("assistant", _run(item))
        for start in range(0, len(words), most):
            yield role, words[start : start + most]


def _question(question: Question) -> str:
    names = ", ".join(file.name for file in question.files)
    return "\n\n".join(part for part in (question.text, f"[Attached files: {names}]" if names else "") if part.strip())


def _run(run: Run) -> str:
    return "\n\n".join(part for item in run.items if (part := _item(item)).strip())


def _item(item: RunItem) -> str:
    match item:
        case CodeStep():
            return "\n\n".join([_fenced("python", item.code), *map(_output, item.outputs)])
        case Answer():
            return "\n\n".join(part.text for part in item.parts if isinstance(part, TextPart))
        case _:
            return ""


def _output(output: CodeOutput) -> str:
    if not isinstance(output, LogOutput):
        return "[The code made a picture.]"
    text = output.text
    if len(text) > _MOST_LOG:
        text = f"{text[: _MOST_LOG // 2]}\n…\n{text[-_MOST_LOG // 2 :]}"
    return _fenced("text", text)


def _fenced(language: str, text: str) -> str:
    """The text in a fence that is longer than any in it."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{text}\n{fence}"
