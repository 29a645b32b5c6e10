"""How an event changes a run: a pure function, the only place that decides it.

Late, duplicate and missing events are normal. A run that is final takes snapshots (a poll may know more
than the stream did) and nothing else; a step or answer that is final takes no more deltas, and of snapshots only final
ones. What the service calls output or part number N stands at place N; a place whose events are missing is empty
until a snapshot fills it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar, assert_never

from desktop_app.domain.entity import (
    Answer,
    CodeStep,
    ImageOutput,
    LogOutput,
    Reasoning,
    Remark,
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
    ItemsReset,
    LimitsSeen,
    LogDelta,
    ReasoningDelta,
    ReasoningSnapshot,
    RemarkMade,
    RunEvent,
    RunStateChanged,
    TextDelta,
)
from desktop_app.domain.item_file import keep_files

T = TypeVar("T")


class ChangeKind(StrEnum):
    """What a change touched."""

    NOTHING = "nothing"
    RUN = "run"  # state, error, usage, limits; the items too, if the run ended or its account began anew
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
    change = _apply(run if run.remote_id else replace(run, remote_id=event.run_id), event)
    if change.kind is ChangeKind.NOTHING and not run.remote_id:
        return Change(change.run, ChangeKind.RUN)
    return change


def _apply(run: Run, event: RunEvent) -> Change:
    match event:
        case RunStateChanged():
            return _change_state(run, event)
        case CodeSnapshot(step=item) | AnswerSnapshot(answer=item) | ReasoningSnapshot(reasoning=item):
            return _put_snapshot(run, item)
        case RemarkMade(remark=remark):
            return _put(run, remark)
        case LimitsSeen(limits=limits):
            return Change(replace(run, limits=limits), ChangeKind.RUN if run.limits != limits else ChangeKind.NOTHING)
        case _ if run.state.is_final:
            return Change(run, ChangeKind.NOTHING)
        case CodeStarted(key=key, at=at):
            return _edit_step(
                run, key, lambda step: replace(step, started_at=at if step.started_at is None else step.started_at)
            )
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
        case ReasoningDelta():
            return _add_reasoning(run, event)
        case ItemsReset(items=items):
            return _reset(run, items)
        case _:
            assert_never(event)


def _change_state(run: Run, event: RunStateChanged) -> Change:
    if run.state.is_final:
        return Change(run, ChangeKind.NOTHING)
    changed = replace(
        run,
        state=_later(run.state, event.state),
        error=event.error or run.error,
        usage=event.usage or run.usage,
        ended_at=event.at if event.state.is_final else None,
    )
    if changed.state.is_final:
        changed = replace(changed, items=tuple(_closed(item, changed) for item in changed.items))
    return Change(changed, ChangeKind.RUN if changed != run else ChangeKind.NOTHING)


_RANK = {
    RunState.STARTING: 0,
    RunState.QUEUED: 1,
    RunState.IN_PROGRESS: 2,
    RunState.REQUIRES_ACTION: 2,
    RunState.CANCELLING: 3,
}


def _later(old: RunState, new: RunState) -> RunState:
    """Keeps a late `queued` from undoing `in_progress`."""
    return old if _RANK.get(new, len(_RANK)) < _RANK[old] else new


_STEP_STATE = {RunState.COMPLETED: StepState.COMPLETED, RunState.CANCELLED: StepState.CANCELLED}


def _closed(item: RunItem, run: Run) -> RunItem:
    """Ends what a finished run left open: a step that never reported, an answer that was cut off."""
    match item:
        case CodeStep() if not item.state.is_final:
            ended_at = run.ended_at if item.ended_at is None else item.ended_at
            return replace(item, state=_STEP_STATE.get(run.state, StepState.FAILED), ended_at=ended_at)
        case Answer() | Reasoning() if not item.complete:
            return replace(item, complete=True)
        case _:
            return item


def _is_final(item: RunItem) -> bool:
    match item:
        case CodeStep():
            return item.state.is_final
        case Remark():
            return True
        case _:
            return item.complete


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


def _put_snapshot(run: Run, item: RunItem) -> Change:
    """Adds or replaces an item by what the service has, unless that is older than what is here.

    The service does not know which files' bytes are here; that stays.
    """
    if run.state.is_final:
        item = _closed(item, run)
    index = _index(run, item.key)
    if index is None:
        return _put(run, item)
    if _is_final(run.items[index]) and not _is_final(item):
        return Change(run, ChangeKind.NOTHING)
    return _put(run, keep_files(item, run.items[index]))


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


def _add_reasoning(run: Run, event: ReasoningDelta) -> Change:
    index = _index(run, event.key)
    old = Reasoning(event.key) if index is None else run.items[index]
    if not isinstance(old, Reasoning) or old.complete:
        return Change(run, ChangeKind.NOTHING)
    return _put(run, replace(old, text=old.text + event.text))


def _reset(run: Run, items: tuple[RunItem, ...]) -> Change:
    """The account begins anew: what was remarked stays, first, and so do the files whose bytes are here."""
    keys = {item.key for item in items}
    remarks = (item for item in run.items if isinstance(item, Remark) and item.key not in keys)
    # The service may call its items otherwise now, but not their files.
    changed = replace(run, items=(*remarks, *(keep_files(item, *run.items) for item in items)))
    return Change(changed, ChangeKind.RUN if changed != run else ChangeKind.NOTHING)


def _add_log(step: CodeStep, event: LogDelta) -> CodeStep:
    outputs = _padded(step.outputs, event.index, LogOutput(""))
    old = outputs[event.index]
    if isinstance(old, LogOutput):
        outputs = _replaced(outputs, event.index, LogOutput(old.text + event.text))
    else:
        outputs = (*outputs, LogOutput(event.text))  # rather at the wrong place than lost
    return replace(step, outputs=outputs, state=StepState.RUNNING)


def _add_image(step: CodeStep, event: ImageMade) -> CodeStep:
    if any(
        isinstance(output, ImageOutput) and output.file.remote_id == event.file.remote_id for output in step.outputs
    ):
        return step
    outputs = _padded(step.outputs, event.index, LogOutput(""))
    if outputs[event.index] == LogOutput(""):
        outputs = _replaced(outputs, event.index, ImageOutput(event.file))
    else:
        outputs = (*outputs, ImageOutput(event.file))
    return replace(step, outputs=outputs, state=StepState.RUNNING)


def _add_text(answer: Answer, event: TextDelta) -> Answer:
    parts = _padded(answer.parts, event.index, TextPart(""))
    old = parts[event.index]
    if not isinstance(old, TextPart):
        return answer  # a snapshot was here already
    return replace(answer, parts=_replaced(parts, event.index, replace(old, text=old.text + event.text)))


def _padded(items: tuple[T, ...], index: int, empty: T) -> tuple[T, ...]:
    """At least `index + 1` items."""
    return items + (empty,) * (index + 1 - len(items))


def _replaced(items: tuple[T, ...], index: int, item: T) -> tuple[T, ...]:
    return (*items[:index], item, *items[index + 1 :])
