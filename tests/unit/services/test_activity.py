"""What a run is said to do, by what it has told last."""

import pytest

from desktop_app.domain.entity import Reasoning
from desktop_app.domain.event import CodeDelta, ReasoningDelta, ReasoningSnapshot, RunEvent, TextDelta
from desktop_app.services.activity import ActivityKind, kind_after


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (ReasoningDelta("run", "r", "Let me see"), ActivityKind.THINKING),
        (ReasoningSnapshot("run", Reasoning("r", "Let me see")), ActivityKind.THINKING),
        (ReasoningSnapshot("run", Reasoning("r", "I see", complete=True)), ActivityKind.WAITING_FOR_MODEL),
        (CodeDelta("run", "s", "x = 1"), ActivityKind.WRITING_CODE),
        (TextDelta("run", "a", 0, "Hello"), ActivityKind.WRITING_ANSWER),
    ],
)
def test_a_run_says_what_it_does_after_each_event(event: RunEvent, kind: ActivityKind) -> None:
    assert kind_after(event) is kind
