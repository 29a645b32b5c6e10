"""Answers questions about files that are no tables."""

import re

from desktop_app.engine.models.analyst.document.archive import json_task, zip_task
from desktop_app.engine.models.analyst.document.image import image_task
from desktop_app.engine.models.analyst.document.prose import prose_task
from desktop_app.engine.models.analyst.program import Task
from desktop_app.engine.models.analyst.question import Question
from desktop_app.engine.models.analyst.shape import FileShape

_ASKED = re.compile(
    r"^\s*$|\b(what|which|how|show|tell|list|summar\w*|describe|analy[sz]e|overview|extract|convert|save|export|give|find|search|read|text|pages?"
    r"|words?|size|large|big|resize|rotate|gr[ae]y\w*|black and white|make|contents?|inside|open|view|metadata|look"
    r"|contains?|mentions?|explain|info\w*)\b",
    re.IGNORECASE,
)


def document_task(question: Question) -> Task | str | None:
    """What to do about the first file that is not a table, if the question asks anything about it."""
    shape = next((shape for shape in question.shapes if shape.kind in _KINDS), None)
    if shape is None or not _ASKED.search(question.text):
        return None
    if shape.kind in ("text", "pdf", "docx", "pptx"):
        return prose_task(question.text, shape, question.failures, question.taken)
    return None if question.failures else _simple(question, shape)


_KINDS = frozenset({"image", "text", "pdf", "docx", "pptx", "zip", "document"})


def _simple(question: Question, shape: FileShape) -> Task:
    match shape.kind:
        case "image":
            return image_task(question.text, shape, question.taken)
        case "zip":
            return zip_task(shape)
        case _:
            return json_task(shape)
