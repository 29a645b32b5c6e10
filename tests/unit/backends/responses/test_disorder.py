"""Events that are lost, late, early or told twice: the run in the end is what the service has."""

import random

import pytest

from desktop_app.domain.entity import RunState
from desktop_app.domain.event import ItemsReset
from desktop_app.domain.reduce import ChangeKind, apply
from tests.unit.backends.responses.wire import (
    NEW,
    PICTURE_URL,
    Json,
    begun,
    cited,
    code,
    decoded,
    logs,
    message,
    reasoning,
    reduced,
    response,
)

LINK = "sandbox:/mnt/data/a.csv"
TEXT = f"See [it]({LINK})."
CODE = code("ci_1", "completed", logs("2\n"), {"type": "image", "url": PICTURE_URL})
SAID = message(TEXT, "msg_1", cited("a.csv", 9, 9 + len(LINK)), cited("cfile_2.png", file_id="cfile_2"))
OUTPUT = (reasoning("First.", "Then."), CODE, SAID)
END = {"type": "response.completed", "response": response("completed", *OUTPUT)}


def middle() -> list[Json]:
    """Return what comes between the beginning and the end of a stream."""
    thought = "response.reasoning_summary"
    call = "response.code_interpreter_call"
    return [
        {"type": "response.output_item.added", "item": reasoning()},
        {"type": f"{thought}_part.added", "item_id": "rs_1", "summary_index": 0},
        {"type": f"{thought}_text.delta", "item_id": "rs_1", "summary_index": 0, "delta": "First."},
        {"type": f"{thought}_part.added", "item_id": "rs_1", "summary_index": 1},
        {"type": f"{thought}_text.delta", "item_id": "rs_1", "summary_index": 1, "delta": "Then."},
        {"type": "response.output_item.done", "item": OUTPUT[0]},
        {"type": "response.output_item.added", "item": code("ci_1", "in_progress", code="")},
        {"type": f"{call}.in_progress", "item_id": "ci_1"},
        {"type": f"{call}_code.delta", "item_id": "ci_1", "delta": "1 "},
        {"type": f"{call}_code.delta", "item_id": "ci_1", "delta": "+ 1"},
        {"type": f"{call}_code.done", "item_id": "ci_1", "code": "1 + 1"},
        {"type": f"{call}.interpreting", "item_id": "ci_1"},
        {"type": f"{call}.completed", "item_id": "ci_1"},
        {"type": "response.output_item.done", "item": CODE},
        {"type": "response.output_item.added", "item": message("", status="in_progress")},
        {"type": "response.output_text.delta", "item_id": "msg_1", "content_index": 0, "delta": TEXT[:7]},
        {"type": "response.output_text.delta", "item_id": "msg_1", "content_index": 0, "delta": TEXT[7:]},
        {"type": "response.output_item.done", "item": SAID},
        {"type": "response.queued", "response": response("queued")},
        {"type": "response.in_progress", "response": response("in_progress", CODE)},
    ]


EXPECTED = reduced(decoded(begun(), *middle()[:-2], END))


@pytest.mark.parametrize("seed", range(300))
def test_whatever_happens_to_the_middle_the_end_is_the_same(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    events = [event for event in middle() for _ in range(chance.choice([0, 1, 1, 1, 2]))]
    if seed % 2:
        chance.shuffle(events)
    run = reduced(decoded(begun(), *events, END))
    assert (run.state, run.items) == (RunState.COMPLETED, EXPECTED.items)


def test_the_end_of_an_orderly_run_changes_no_item() -> None:
    decoder = begun()
    run = reduced(decoded(decoder, *middle()[:-2]), NEW)
    reset, *_ = decoded(decoder, END)
    assert isinstance(reset, ItemsReset)
    assert apply(run, reset).kind is ChangeKind.NOTHING
    assert len(run.items) == 3
