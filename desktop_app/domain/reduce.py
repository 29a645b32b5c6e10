"""How an event changes a run: a pure function, the only place that decides it.

Late, duplicate and missing events are normal. A run that is final takes snapshots (a poll may know more
than the stream did) and nothing else; a step or answer that is final takes no more deltas.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from desktop_app.domain.entity import (
    Answer,
    CodeStep,
    ImageOutput,
    LogOutput,
    Run,
    RunItem,
    RunState,
    StepState,
    TextPart,
)
from desktop_app.domain.event import (
    AnswerSnapshot,
    AnswerStarted,
    CodeDelta,
    CodeRunning,
    CodeSnapshot,
    CodeStarted,
    ImageMade,
    LogDelta,
    RunEvent,
    RunStateChanged,
    TextDelta,
)


class ChangeKind(StrEnum):
    """What a change touched."""

    NOTHING = "nothing"
    RUN = "run"  # state, error, usage; the items too, if the run ended
    ITEM_ADDED = "item_added"
    ITEM_CHANGED = "item_changed"


@dataclass(frozen=True, slots=True)
class Change:
    """The run after an event, and what is different in it.

    Attributes:
        key: The item that was added or changed; empty otherwise.
    """

    run: Run
    kind: ChangeKind
    key: str = ""


def apply(run: Run, event: RunEvent) -> Change:
    """Applies one event. Events of another run (once this one has a remote id) change nothing."""
    if run.remote_id and event.run_id != run.remote_id:
        return Change(run, ChangeKind.NOTHING)
    match event:
        case RunStateChanged():
            return _change_state(run, event)
        case CodeSnapshot(step=step):
            return _put(run, step)
        case AnswerSnapshot(answer=answer):
            return _put(run, answer)
        case _ if run.state.is_final:
            return Change(run, ChangeKind.NOTHING)
        case CodeStarted(key=key, at=at):
            return _edit_step(run, key, lambda step: replace(step, started_at=step.started_at or at))
        case CodeDelta(key=key, text=text):
            return _edit_step(run, key, lambda step: replace(step, code=step.code + text))
        case CodeRunning(key=key):
            return _edit_step(run, key, lambda step: replace(step, state=StepState.RUNNING))
        case LogDelta():
            return _edit_step(run, event.key, lambda step: _add_log(step, event))
        case ImageMade():
            return _edit_step(run, event.key, lambda step: _add_image(step, event))
        case AnswerStarted(key=key):
            return _edit_answer(run, key, lambda answer: answer)
        case TextDelta():
            return _edit_answer(run, event.key, lambda answer: _add_text(answer, event))
        case _:
            assert_never(event)


def _change_state(run: Run, event: RunStateChanged) -> Change:
    if run.state.is_final:
        return Change(run, ChangeKind.NOTHING)
    items = _close(run.items, event.state) if event.state.is_final else run.items
    changed = replace(
        run,
        remote_id=run.remote_id or event.run_id,
        state=_later(run.state, event.state),
        error=event.error or run.error,
        usage=event.usage or run.usage,
        ended_at=event.at if event.state.is_final else None,
        items=items,
    )
    return Change(changed, ChangeKind.RUN if changed != run else ChangeKind.NOTHING)


_ORDER = (RunState.STARTING, RunState.QUEUED, RunState.IN_PROGRESS, RunState.CANCELLING)


def _later(old: RunState, new: RunState) -> RunState:
    """Keeps a late `queued` from undoing `in_progress`."""
    if old in _ORDER and new in _ORDER:
        return max(old, new, key=_ORDER.index)
    return new


def _close(items: tuple[RunItem, ...], state: RunState) -> tuple[RunItem, ...]:
    """Ends what a finished run left open: a step that never reported, an answer that was cut off."""
    step_state = {
        RunState.COMPLETED: StepState.COMPLETED,
        RunState.CANCELLED: StepState.CANCELLED,
    }.get(state, StepState.FAILED)

    def closed(item: RunItem) -> RunItem:
        match item:
            case CodeStep() if not item.state.is_final:
                return replace(item, state=step_state)
            case Answer() if not item.complete:
                return replace(item, complete=True)
            case _:
                return item

    return tuple(closed(item) for item in items)


def _index(run: Run, key: str) -> int | None:
    # What changes is nearly always the last item.
    for index in range(len(run.items) - 1, -1, -1):
        if run.items[index].key == key:
            return index
    return None


def _put(run: Run, item: RunItem) -> Change:
    """Adds or replaces an item."""
    index = _index(run, item.key)
    if index is None:
        return Change(replace(run, items=(*run.items, item)), ChangeKind.ITEM_ADDED, item.key)
    if run.items[index] == item:
        return Change(run, ChangeKind.NOTHING)
    items = (*run.items[:index], item, *run.items[index + 1 :])
    return Change(replace(run, items=items), ChangeKind.ITEM_CHANGED, item.key)


def _edit_step(run: Run, key: str, edit: Callable[[CodeStep], CodeStep]) -> Change:
    index = _index(run, key)
    old = CodeStep(key) if index is None else run.items[index]
    if not isinstance(old, CodeStep) or old.state.is_final:
        return Change(run, ChangeKind.NOTHING)
    return _put(run, edit(old))


def _edit_answer(run: Run, key: str, edit: Callable[[Answer], Answer]) -> Change:
    index = _index(run, key)
    old = Answer(key) if index is None else run.items[index]
    if not isinstance(old, Answer) or old.complete:
        return Change(run, ChangeKind.NOTHING)
    return _put(run, edit(old))


def _add_log(step: CodeStep, event: LogDelta) -> CodeStep:
    outputs = step.outputs
    if event.index >= len(outputs):
        outputs = (*outputs, LogOutput(event.text))
    else:
        old = outputs[event.index]
        if not isinstance(old, LogOutput):
            return step
        outputs = (
            *outputs[: event.index],
            LogOutput(old.text + event.text),
            *outputs[event.index + 1 :],
        )
    return replace(step, outputs=outputs, state=StepState.RUNNING)


def _add_image(step: CodeStep, event: ImageMade) -> CodeStep:
    if any(isinstance(o, ImageOutput) and o.file.remote_id == event.file.remote_id for o in step.outputs):
        return step
    return replace(step, outputs=(*step.outputs, ImageOutput(event.file)), state=StepState.RUNNING)


def _add_text(answer: Answer, event: TextDelta) -> Answer:
    parts = answer.parts
    if event.index >= len(parts):
        return replace(answer, parts=(*parts, TextPart(event.text)))
    old = parts[event.index]
    if not isinstance(old, TextPart):
        return answer
    new = replace(old, text=old.text + event.text)
    return replace(answer, parts=(*parts[: event.index], new, *parts[event.index + 1 :]))
