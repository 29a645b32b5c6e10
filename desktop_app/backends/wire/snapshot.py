"""Items of a run as events."""

from typing import assert_never

from desktop_app.domain.entity import Answer, CodeStep, Reasoning, Remark, RunItem
from desktop_app.domain.event import AnswerSnapshot, CodeSnapshot, ReasoningSnapshot, RemarkMade, RunEvent


def snapshot(run_id: str, item: RunItem) -> RunEvent:
    """The event that tells an item as a whole."""
    match item:
        case CodeStep():
            return CodeSnapshot(run_id, item)
        case Answer():
            return AnswerSnapshot(run_id, item)
        case Reasoning():
            return ReasoningSnapshot(run_id, item)
        case Remark():
            return RemarkMade(run_id, item)
        case _:
            assert_never(item)
