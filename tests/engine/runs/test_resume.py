"""What a new engine makes of the runs that an old one left."""

import asyncio
from pathlib import Path

import pytest
from openai.types.beta.threads import Message, Run
from openai.types.beta.threads.runs import RunStep

from desktop_app.engine.port import CodePiece, CodeTurn, TextPiece
from desktop_app.engine.runs.runner import MAX_RESUMES
from desktop_app.engine.storage.database import Database
from tests.engine.running import code_of, ended, messages, running, started, steps, text_of
from tests.engine.script import Piece, ScriptedInterpreter, ScriptedModel

pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")


async def _leave(folder: Path, *pieces: Piece) -> Run:
    """A run whose engine stopped after a completed code step and these pieces."""
    model = ScriptedModel([[CodePiece("c", "save: a.csv")], [*pieces, asyncio.Event()]])
    async with running(folder, model, ScriptedInterpreter()) as engine:
        run = await started(engine.client)
        async with asyncio.timeout(10):
            while not _has_content(await steps(engine.client, run), await messages(engine.client, run)):
                pass
    return run


def _has_content(listed: list[RunStep], texts: list[Message]) -> bool:
    """Whether the second step has begun to hold something."""
    if len(listed) < 2:
        return False
    return any(text_of(message) for message in texts) if texts else bool(code_of(listed[1]).input)


async def test_a_half_written_message_is_written_again_under_its_id(tmp_path: Path) -> None:
    run = await _leave(tmp_path, TextPiece("Half of it"))
    model = ScriptedModel([[TextPiece("All of it.")]])
    async with running(tmp_path, model, ScriptedInterpreter()) as engine:
        run = await ended(engine.client, run)
        listed, (message,) = await steps(engine.client, run), await messages(engine.client, run)
    assert (run.status, text_of(message), len(message.attachments or [])) == ("completed", "All of it.", 1)
    assert [step.status for step in listed] == ["completed", "completed"]
    assert isinstance(model.requests[0].turns[-1], CodeTurn)


async def test_a_half_written_message_that_is_not_taken_up_stays_as_it_was(tmp_path: Path) -> None:
    run = await _leave(tmp_path, TextPiece("Half of it"))
    model = ScriptedModel([[CodePiece("c", "1")], [TextPiece("All of it.")]])
    async with running(tmp_path, model, ScriptedInterpreter()) as engine:
        run = await ended(engine.client, run)
        listed, texts = await steps(engine.client, run), await messages(engine.client, run)
    assert [(message.status, text_of(message)) for message in texts] == [
        ("incomplete", "Half of it"),
        ("completed", "All of it."),
    ]
    assert [step.status for step in listed] == ["completed", "failed", "completed", "completed"]


async def test_half_written_code_is_written_again_under_its_id(tmp_path: Path) -> None:
    run = await _leave(tmp_path, CodePiece("c", "pri"))
    script: list[list[Piece]] = [[CodePiece("c", "print(1)")], [TextPiece("Done.")]]
    async with running(tmp_path, ScriptedModel(script), ScriptedInterpreter()) as engine:
        run = await ended(engine.client, run)
        listed = await steps(engine.client, run)
    assert [step.status for step in listed] == ["completed", "completed", "completed"]
    assert code_of(listed[1]).input == "print(1)"


async def test_a_run_can_be_cancelled_after_it_was_taken_up(tmp_path: Path) -> None:
    run = await _leave(tmp_path, TextPiece("Half of it"))
    async with running(tmp_path, ScriptedModel([[asyncio.Event()]]), ScriptedInterpreter()) as engine:
        await engine.client.beta.threads.runs.cancel(run.id, thread_id=run.thread_id)
        run = await ended(engine.client, run)
        (message,) = await messages(engine.client, run)
    assert (run.status, message.status, text_of(message)) == ("cancelled", "incomplete", "Half of it")


async def test_a_run_is_not_given_up_because_the_program_is_closed_often(tmp_path: Path) -> None:
    run = await _leave(tmp_path, TextPiece("Half of it"))
    for _ in range(MAX_RESUMES + 1):
        async with running(tmp_path, ScriptedModel([[asyncio.Event()]]), ScriptedInterpreter()):
            pass
    async with running(tmp_path, ScriptedModel([[TextPiece("All.")]]), ScriptedInterpreter()) as engine:
        assert (await ended(engine.client, run)).status == "completed"


async def test_a_run_that_keeps_killing_the_engine_is_given_up(tmp_path: Path) -> None:
    run = await _leave(tmp_path, TextPiece("Half of it"))
    database = await Database.open(tmp_path / "engine.sqlite3")
    for _ in range(MAX_RESUMES):  # what a start does that ends in a crash
        await database.run(lambda records: records.count_resume(run.id))
    await database.aclose()
    async with running(tmp_path, ScriptedModel(), ScriptedInterpreter()) as engine:
        run = await ended(engine.client, run)
        (message,) = await messages(engine.client, run)
        last = (await steps(engine.client, run))[-1]
    assert (run.status, message.status, last.status) == ("failed", "incomplete", "failed")
    assert '"interrupted"' in (run.metadata or {})["error"]


async def test_a_run_that_had_answered_is_not_answered_again(tmp_path: Path) -> None:
    async with running(tmp_path, ScriptedModel([[TextPiece("All of it.")]]), ScriptedInterpreter()) as engine:
        run = await ended(engine.client, await started(engine.client))
    database = await Database.open(tmp_path / "engine.sqlite3")
    body = await database.run(lambda records: records.get("run", run.id)) or {}
    unfinished = {"status": "in_progress", "completed_at": None}  # the engine died before it wrote the run's end
    await database.run(lambda records: records.save("run", body | unfinished))
    await database.aclose()
    model = ScriptedModel()
    async with running(tmp_path, model, ScriptedInterpreter()) as engine:
        run = await ended(engine.client, run)
        (message,) = await messages(engine.client, run)
    assert (run.status, text_of(message), model.requests) == ("completed", "All of it.", [])


async def test_a_run_that_was_being_cancelled_is_cancelled(tmp_path: Path) -> None:
    run = await _leave(tmp_path, TextPiece("Half of it"))
    database = await Database.open(tmp_path / "engine.sqlite3")
    body = await database.run(lambda records: records.get("run", run.id)) or {}
    await database.run(lambda records: records.save("run", body | {"status": "cancelling"}))
    await database.aclose()
    model = ScriptedModel()
    async with running(tmp_path, model, ScriptedInterpreter()) as engine:
        run = await ended(engine.client, run)
        (message,) = await messages(engine.client, run)
    assert (run.status, message.status, text_of(message)) == ("cancelled", "incomplete", "Half of it")
    assert model.requests == []
