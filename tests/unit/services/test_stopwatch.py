"""Steps of services that tell no times have those that were noticed here, and no false ones."""

from dataclasses import replace

from desktop_app.domain.entity import CodeStep, Run, StepState
from desktop_app.domain.event import CodeSnapshot, CodeStarted, ItemsReset, RunEvent
from desktop_app.domain.reduce import apply
from desktop_app.services.identity import now
from desktop_app.services.stopwatch import Stopwatch

DONE = CodeStep("a", "1 + 1", state=StepState.COMPLETED)
NEW = Run("run", "thread", "question", "Analyst", "model", created_at=1.0)


def step_after(*events: RunEvent, run: Run = NEW) -> CodeStep:
    """The only step, once a stopwatch has seen the events."""
    watch = Stopwatch()
    for event in events:
        run = apply(run, watch.timed(event, run)).run
    (step,) = run.items
    assert isinstance(step, CodeStep)
    return step


def test_a_step_has_the_times_at_which_it_was_heard_of() -> None:
    before = now()
    step = step_after(CodeStarted("r", "a"), CodeSnapshot("r", DONE))
    assert step.started_at is not None
    assert step.ended_at is not None
    assert before <= step.started_at <= step.ended_at <= now()


def test_what_a_service_says_stands() -> None:
    told = replace(DONE, started_at=5.0, ended_at=7.0)
    assert step_after(CodeStarted("r", "a", at=5.0), CodeSnapshot("r", told)) == told


def test_a_step_told_anew_keeps_its_times() -> None:
    known = replace(NEW, items=(replace(DONE, started_at=5.0, ended_at=7.0),))
    for events in ((ItemsReset("r"), CodeStarted("r", "a"), CodeSnapshot("r", DONE)), (ItemsReset("r", (DONE,)),)):
        step = step_after(*events, run=known)
        assert (step.started_at, step.ended_at) == (5.0, 7.0)


def test_a_step_that_is_only_told_afterwards_has_no_times() -> None:
    step = step_after(ItemsReset("r"), CodeStarted("r", "a"), CodeSnapshot("r", DONE))
    assert (step.started_at, step.ended_at) == (None, None)
