"""The built-in analyst as a model: it looks, plans, writes code, reads what came of it, and answers."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.models.analyst.fact import Facts, decode_facts
from desktop_app.engine.models.analyst.guide import cannot_run, gave_up, guidance, without_facts
from desktop_app.engine.models.analyst.program import Task, literal, sandboxed
from desktop_app.engine.models.analyst.question import Question, read_question
from desktop_app.engine.models.analyst.shape import FileShape, decode_shape
from desktop_app.engine.models.analyst.skill import task_for
from desktop_app.engine.port import CodePiece, ModelEvent, ModelRequest, Probe, TextPiece

MOST_TRIES = 4
_PIECE = re.compile(r"\S+\s*|\s+")


class Analyst:
    """A model without a language model. It keeps nothing between calls: each reply is worked out from the thread."""

    async def reply(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        """Streams code for the question, better code after a failure, or the answer once the code went through."""
        question = read_question(request)
        if not request.code_interpreter or not request.can_run_code:
            for piece in _pieces(cannot_run(reason_is_tool=not request.code_interpreter)):
                yield TextPiece(piece)
            return
        question = await _looked_at(question, request.probe)
        outcome = task_for(_as_planned(question))
        text = await _said(question, outcome, request.probe)
        if text is not None:
            for piece in _pieces(text):
                yield TextPiece(piece)
        elif isinstance(outcome, Task):
            for piece in _pieces(f"{outcome.intro}\n\n" if outcome.intro else ""):
                yield TextPiece(piece)
            call_id = f"call_{len(question.earlier)}_{len(question.tries)}"
            for piece in _pieces(outcome.program.source()):
                yield CodePiece(call_id, piece)


def _as_planned(question: Question) -> Question:
    """The question as it was when the code that went through was planned."""
    return replace(question, tries=question.tries[:-1]) if question.succeeded else question


async def _said(question: Question, outcome: Task | str | None, probe: Probe) -> str | None:
    """The text to answer with, or None if the outcome's code is to be run."""
    done = question.succeeded
    if done is not None and isinstance(outcome, Task):
        facts = await _facts(outcome, question, probe)
        return outcome.answer(facts) if facts.values or not outcome.program.facts else without_facts(facts)
    if isinstance(outcome, str):
        return outcome
    if outcome is None:
        return gave_up(question) if question.failures else guidance(question)
    if len(question.failures) >= MOST_TRIES or any(t.code == outcome.program.source() for t in question.tries):
        return gave_up(question)
    return None


async def _facts(task: Task, question: Question, probe: Probe) -> Facts:
    """What the code found; without facts, if the sandbox cannot say, the answer still names the files."""
    made = tuple(dict.fromkeys(name for turn in question.tries for name in turn.files))
    images = sum(turn.images for turn in question.tries)
    if not task.program.facts:
        return Facts({}, made, images)
    try:
        return decode_facts(await probe(task.program.facts_source()), made, images)
    except DeskError:
        return Facts({}, made, images)


async def _looked_at(question: Question, probe: Probe) -> Question:
    return replace(question, shapes=tuple([await _shape(name, probe) for name in question.files]))


async def _shape(name: str, probe: Probe) -> FileShape:
    """The shape of a file; `unreadable` with the reason if looking at it fails. Raises `DeskError`."""
    try:
        return decode_shape(name, await probe(f"{sandboxed('look')}\n\nlook({literal(name)})\n"))
    except DeskError as error:
        if error.code is ErrorCode.SANDBOX_UNAVAILABLE:
            raise
        return FileShape(name, "unreadable", reason=": ".join(error.info.data.values()) or error.info.code)


def _pieces(text: str) -> Iterator[str]:
    """Cuts a text into pieces of a word each, as if it were being written."""
    return (match.group() for match in _PIECE.finditer(text))
