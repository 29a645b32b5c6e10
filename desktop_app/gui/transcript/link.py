"""Which file a link in an answer stands for, and which links may be opened at all."""

from urllib.parse import unquote, urlsplit

from desktop_app.domain.entity import Answer, CodeStep, ImageOutput, Run, StoredFile, TextPart, TranscriptItem

_OPENED = frozenset({"http", "https", "mailto"})


def may_open(href: str) -> bool:
    """Whether a link may be handed to the system: nothing that runs or reads something on this computer."""
    try:
        return urlsplit(href).scheme.lower() in _OPENED
    except ValueError:
        return False


def linked_file(item: TranscriptItem, answer: Answer | None, href: str) -> StoredFile | None:
    """The file of a `sandbox:` link: by its annotation, else by its name, the answer's own files first."""
    path = unquote(href)
    if not isinstance(item, Run) or not path.startswith("sandbox:"):
        return None
    answers = [answer] if answer else []
    answers += [other for other in reversed(item.items) if isinstance(other, Answer) and other is not answer]
    for each in answers:
        links = [link for part in each.parts if isinstance(part, TextPart) for link in part.links]
        found = next((link.file for link in links if unquote(link.text) == path), None)
        if found:
            return found
    name = path.rpartition("/")[2]
    files = [file for each in answers for file in each.files]
    steps = [step for step in reversed(item.items) if isinstance(step, CodeStep)]
    files += [output.file for step in steps for output in step.outputs if isinstance(output, ImageOutput)]
    return next((file for file in files if file.name == name), None)
