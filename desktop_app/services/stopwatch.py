"""When code steps began and ended, where the service does not say so."""

from dataclasses import replace

from desktop_app.domain.entity import CodeStep, Run, RunItem
from desktop_app.domain.event import CodeSnapshot, CodeStarted, ItemsReset, RunEvent
from desktop_app.services.identity import now


class Stopwatch:
    """Adds times to what is heard of one run as it happens.

    What a service tells anew, after `ItemsReset`, happened at another time than it is told: only times that were known
    before are added to it.
    """

    def __init__(self) -> None:
        self._known: dict[str, CodeStep] = {}
        self._is_live = True

    def timed(self, event: RunEvent, run: Run) -> RunEvent:
        """The event, with times. `run` is as it was before the event."""
        match event:
            case CodeStarted(at=None):
                return replace(event, at=self._started(event.key))
            case CodeSnapshot(step=step) if step.started_at is None:
                self._remember(run)
                return replace(event, step=self._step(step))
            case ItemsReset():
                self._remember(run)
                self._is_live = False
                return replace(event, items=tuple(map(self._item, event.items)))
            case _:
                return event

    def _remember(self, run: Run) -> None:
        steps = (item for item in run.items if isinstance(item, CodeStep) and item.started_at is not None)
        self._known = {step.key: step for step in steps} | self._known

    def _started(self, key: str) -> float | None:
        if key in self._known:
            return self._known[key].started_at
        return now() if self._is_live else None

    def _item(self, item: RunItem) -> RunItem:
        return self._step(item) if isinstance(item, CodeStep) and item.started_at is None else item

    def _step(self, step: CodeStep) -> CodeStep:
        known = self._known.get(step.key)
        if known is None:
            return step
        ended_at = step.ended_at or known.ended_at
        if ended_at is None and step.state.is_final and self._is_live:
            ended_at = now()
        return replace(step, started_at=known.started_at, ended_at=ended_at)
