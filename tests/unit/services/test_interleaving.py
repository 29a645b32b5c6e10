"""Whatever a person does and whatever breaks, in any order: nothing is lost, nothing is asked twice."""

import asyncio
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.domain.entity import MessageState, Question, Run
from tests.contract.scenario import Code, Say
from tests.unit.services.bench import Bench, benched, text_of

ACTIONS = ("ask", "stop", "retry", "cut", "die", "reopen", "restart")


async def do(bench: Bench, thread: str, action: str, number: int) -> None:
    conversation = bench.services.conversation
    match action:
        case "ask":
            bench.player.on(f"question {number}", Code(f"code {number}", saves="made.csv"), Say(f"answer {number}"))
            conversation.ask(thread, f"question {number}")
        case "stop":
            conversation.stop(thread)
        case "retry":
            conversation.retry(thread)
        case "cut":
            await bench.engine.backend()
            bench.engine.cutter.events_left = number
        case "die":
            await bench.engine.die()
        case "reopen":
            conversation.open(thread)
        case "restart":
            await bench.restart()
            conversation = bench.services.conversation
            conversation.open(thread)


async def play(folder: Path, script: list[tuple[str, int]]) -> None:
    async with benched(folder) as bench:
        thread = bench.new_thread()
        for number, (action, turns) in enumerate(script):
            await do(bench, thread, action, number)
            for _ in range(turns):
                await asyncio.sleep(0.001)
        await bench.idle(thread)
        items = await bench.archive.transcript(thread)
        runs = [item for item in items if isinstance(item, Run)]
        assert all(run.state.is_final for run in runs)
        assert all(
            item.state in (MessageState.SENT, MessageState.FAILED) for item in items if isinstance(item, Question)
        )
        found = bench.services.threads.find(thread)
        assert found is not None
        assert not found.busy
        if not found.remote_id:
            return
        messages, remote = await bench.remote(thread)
        known = {run.remote_id for run in runs}
        assert [run.id for run in remote if run.id in known] == [run.remote_id for run in runs if run.remote_id]
        assert {run.id for run in remote} <= known
        statuses = {run.id: run.status for run in remote}
        ended_alike = [statuses[run.remote_id] == run.state for run in runs if run.remote_id and run.error is None]
        assert all(ended_alike)
        said = [message.content[0].text.value for message in messages if message.content[0].type == "text"]
        asked = [text_of(item) for item in items if isinstance(item, Question)]
        assert [text for text in asked if text in said] == said
        assert len(set(said)) == len(said)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(ACTIONS), st.sampled_from((0, 1, 5, 30))), min_size=3, max_size=8))
def test_any_interleaving_ends_with_what_the_engine_lists(script: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(Path(folder), [("ask", 1), *script]))
