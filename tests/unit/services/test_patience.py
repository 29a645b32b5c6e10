"""A rate limit is waited for, where everybody can see it, and nothing else is."""

import pytest

from desktop_app.domain.entity import RunState
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.services import patience
from desktop_app.services.activity import Activity, ActivityKind, ActivityLight
from desktop_app.services.identity import now
from desktop_app.services.patience import LONGEST_SECONDS, Patience
from tests.contract.scenario import Break, Say
from tests.unit.services.bench import Bench


class Refusing:
    """Work that is refused before it is done."""

    def __init__(self, *refusals: DeskError) -> None:
        self.left = list(refusals)
        self.tries = 0

    async def work(self) -> str:
        self.tries += 1
        if self.left:
            raise self.left.pop(0)
        return "done"


def limit(seconds: float) -> DeskError:
    return limit_said(str(seconds))


def limit_said(said: str) -> DeskError:
    return DeskError(ErrorCode.RATE_LIMITED, retry_after=said)


async def test_it_goes_on_by_itself_and_says_when() -> None:
    shown: list[Activity] = []
    refusing = Refusing(limit(0.01), limit(0.02))
    assert await Patience(ActivityLight(shown.append)).during(refusing.work) == "done"
    assert [activity.kind for activity in shown] == [ActivityKind.RATE_LIMITED] * 2
    assert all(activity.since < activity.until <= now() + 1 for activity in shown)


async def test_what_went_on_before_is_shown_again_after_the_wait() -> None:
    shown: list[ActivityKind] = []
    light = ActivityLight(lambda activity: shown.append(activity.kind))
    light.set(ActivityKind.UPLOADING, 1, 2)
    await Patience(light).during(Refusing(limit(0.01)).work)
    assert shown == [ActivityKind.UPLOADING, ActivityKind.RATE_LIMITED, ActivityKind.UPLOADING]


@pytest.mark.parametrize("said", ["-1", "nan", "0"])
async def test_an_odd_time_to_wait_is_none(said: str) -> None:
    assert await Patience(ActivityLight(lambda _: None)).during(Refusing(limit_said(said)).work) == "done"


async def test_nobody_waits_for_ever() -> None:
    with pytest.raises(DeskError):
        await Patience(ActivityLight(lambda _: None)).during(Refusing(limit_said("inf")).work)


async def test_a_turn_has_one_patience_until_something_succeeds() -> None:
    patience = Patience(ActivityLight(lambda _: None))
    for _ in range(3):
        await patience.during(Refusing(*[limit(0)] * 6).work)
    for _ in range(6):
        await patience.wait(limit(0).info)
    assert not patience.allows(limit(0).info)


@pytest.mark.parametrize(
    "error",
    [DeskError(ErrorCode.QUOTA_EXHAUSTED), DeskError(ErrorCode.CONTENT_FILTERED), limit(LONGEST_SECONDS + 1)],
)
async def test_what_waiting_does_not_help_is_said_at_once(error: DeskError) -> None:
    refusing = Refusing(error)
    with pytest.raises(DeskError) as caught:
        await Patience(ActivityLight(lambda _: None)).during(refusing.work)
    assert (caught.value, refusing.tries) == (error, 1)


async def test_there_is_an_end_to_it() -> None:
    refusing = Refusing(*[limit(0)] * 20)
    with pytest.raises(DeskError):
        await Patience(ActivityLight(lambda _: None)).during(refusing.work)
    assert refusing.tries == 7


async def test_a_run_that_ends_at_a_limit_is_followed_by_another(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_UNASKED_SECONDS", (0.01,) * 6)
    bench.player.on("Hello", Break("rate_limit_exceeded"))
    thread_id = bench.new_thread()
    shown: list[ActivityKind] = []

    def look(changed: str) -> None:
        activity = bench.services.conversation.activity(changed)
        if activity is not None:
            shown.append(activity.kind)
        if activity is not None and activity.kind is ActivityKind.RATE_LIMITED:
            bench.player.on("Hello", Say("Hello."))

    bench.services.conversation.activity_changed.connect(look)
    run = await bench.answer(thread_id, "Hello")
    assert run.state is RunState.COMPLETED
    assert ActivityKind.RATE_LIMITED in shown
    messages, runs = await bench.remote(thread_id)
    assert (len(messages), len(runs)) == (1, 2)
