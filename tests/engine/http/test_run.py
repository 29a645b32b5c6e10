"""Runs over real HTTP, by the `openai` package."""

from pathlib import Path

import pytest

from desktop_app.engine.port import CodePiece, TextPiece, TokenCount
from tests.engine.running import assistant, running, thread
from tests.engine.script import ScriptedInterpreter, ScriptedModel

pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")

ONE_STEP = (
    [CodePiece("c", "save: "), CodePiece("c", "made.csv"), TokenCount(10, 2)],
    [TextPiece("See [it]"), TextPiece("(sandbox:/mnt/data/made.csv)."), TokenCount(20, 3)],
)


async def test_a_run_streams_its_events_in_the_documented_order(tmp_path: Path) -> None:
    async with running(tmp_path, ScriptedModel(ONE_STEP), ScriptedInterpreter()) as engine:
        client = engine.client
        stream = await client.beta.threads.runs.create(
            await thread(client), assistant_id=await assistant(client), stream=True
        )
        events = [event async for event in stream]
    names = [event.event for event in events]
    assert list(dict.fromkeys(names)) == [
        "thread.run.created",
        "thread.run.queued",
        "thread.run.in_progress",
        "thread.run.step.created",
        "thread.run.step.in_progress",
        "thread.run.step.delta",
        "thread.run.step.completed",
        "thread.message.created",
        "thread.message.in_progress",
        "thread.message.delta",
        "thread.message.completed",
        "thread.run.completed",
    ]
