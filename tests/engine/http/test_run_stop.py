"""Runs that are stopped, that expire, or whose thread, files and metadata change while they go on."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openai import BadRequestError, NotFoundError

from desktop_app.engine.port import (
    CodePiece,
    ExecutionEvent,
    FileChanged,
    Finished,
    Image,
    Logs,
    TextPiece,
    UserTurn,
)
from desktop_app.engine.runs.runner import Runner
from tests.engine.running import (
    Running,
    assistant,
    code_of,
    ended,
    messages,
    running,
    started,
    steps,
    text_of,
    thread,
)
from tests.engine.script import ScriptedInterpreter, ScriptedModel, ScriptedSession, echo


async def _until(engine: Running, name: str) -> tuple[Any, Any]:
    """Starts a run and reads its stream up to an event. Returns the run and the stream."""
    client = engine.client
    stream = await client.beta.threads.runs.create(
        await thread(client), assistant_id=await assistant(client), stream=True
    )
    run: Any = None
    async for event in stream:
        run = event.data if event.event == "thread.run.created" else run
        if event.event == name:
            break
    return run, stream


async def test_complaint_01_stop_ends_the_text_and_keeps_what_is_there(tmp_path: Path) -> None:
    model = ScriptedModel([[TextPiece("Half of"), asyncio.Event()]])
    async with running(tmp_path, model, ScriptedInterpreter()) as engine:
        run, stream = await _until(engine, "thread.message.delta")
        asked = await engine.client.beta.threads.runs.cancel(run.id, thread_id=run.thread_id)
        rest = [event.event async for event in stream]
        run = await ended(engine.client, run)
        (message,) = await messages(engine.client, run)
        (step,) = await steps(engine.client, run)
    assert (asked.status, run.status, step.status) == ("cancelling", "cancelled", "cancelled")
    assert (message.status, text_of(message)) == ("incomplete", "Half of")
    assert message.incomplete_details is not None
    assert message.incomplete_details.reason == "run_cancelled"
    assert model.stopped == 1
    assert rest == [
        "thread.run.cancelling",
        "thread.message.incomplete",
        "thread.run.step.cancelled",
        "thread.run.cancelled",
    ]


async def test_complaint_01_stop_interrupts_the_code_and_keeps_its_logs(tmp_path: Path) -> None:
    def play(_: str) -> list[Any]:
        return [Logs("so far\n"), asyncio.Event()]

    interpreter = ScriptedInterpreter(play)
    async with running(tmp_path, ScriptedModel([[CodePiece("c", "x")]]), interpreter) as engine:
        run, stream = await _until(engine, "thread.run.step.in_progress")
        async for event in stream:
            if event.event == "thread.run.step.delta" and "so far" in str(event.data):
                break
        await engine.client.beta.threads.runs.cancel(run.id, thread_id=run.thread_id)
        run = await ended(engine.client, run)
        (step,) = await steps(engine.client, run)
    (output,) = code_of(step).outputs
    assert (run.status, step.status, output.type == "logs" and output.logs) == ("cancelled", "cancelled", "so far\n")
    assert interpreter.sessions[run.thread_id].interrupted == 1


async def test_a_stopped_thread_can_be_asked_again(tmp_path: Path) -> None:
    model = ScriptedModel([[TextPiece("Half of"), asyncio.Event()], [TextPiece("Whole.")]])
    async with running(tmp_path, model, ScriptedInterpreter()) as engine:
        run, _ = await _until(engine, "thread.message.delta")
        await engine.client.beta.threads.runs.cancel(run.id, thread_id=run.thread_id)
        await ended(engine.client, run)
        again = await engine.client.beta.threads.runs.create(run.thread_id, assistant_id=run.assistant_id)
        assert (await ended(engine.client, again)).status == "completed"


async def test_a_run_is_cancelled_once(tmp_path: Path) -> None:
    async with running(tmp_path, ScriptedModel([[TextPiece("a"), asyncio.Event()]]), ScriptedInterpreter()) as engine:
        run, _ = await _until(engine, "thread.message.delta")
        cancel = engine.client.beta.threads.runs.cancel
        answers = await asyncio.gather(
            *(cancel(run.id, thread_id=run.thread_id) for _ in range(3)), return_exceptions=True
        )
        refused = [answer for answer in answers if isinstance(answer, BadRequestError)]
        await ended(engine.client, run)
        with pytest.raises(BadRequestError, match="Cannot cancel run with status 'cancelled'"):
            await cancel(run.id, thread_id=run.thread_id)
    assert len(refused) == 2


async def test_one_run_and_no_message_while_a_run_goes_on(tmp_path: Path) -> None:
    async with running(tmp_path, ScriptedModel([[TextPiece("a"), asyncio.Event()]]), ScriptedInterpreter()) as engine:
        run, _ = await _until(engine, "thread.message.delta")
        threads = engine.client.beta.threads
        with pytest.raises(BadRequestError, match=f"Thread {run.thread_id} already has an active run {run.id}"):
            await threads.runs.create(run.thread_id, assistant_id=run.assistant_id)
        with pytest.raises(BadRequestError, match=f"Can't add messages to {run.thread_id} while a run {run.id} is act"):
            await threads.messages.create(run.thread_id, role="user", content="More")
        (message,) = await messages(engine.client, run)
        with pytest.raises(BadRequestError, match="is writing it"):
            await threads.messages.delete(message.id, thread_id=run.thread_id)


async def test_a_thread_can_be_deleted_while_its_run_goes_on(tmp_path: Path) -> None:
    model = ScriptedModel([[TextPiece("a"), asyncio.Event()]])
    interpreter = ScriptedInterpreter()
    async with running(tmp_path, model, interpreter) as engine:
        run, _ = await _until(engine, "thread.message.delta")
        await engine.client.beta.threads.delete(run.thread_id)
        with pytest.raises(NotFoundError):
            await engine.client.beta.threads.runs.retrieve(run.id, thread_id=run.thread_id)
    assert (model.stopped, interpreter.deleted) == (1, [run.thread_id])


async def test_a_deleted_thread_takes_what_it_made_with_it(tmp_path: Path) -> None:
    def play(_: str) -> list[ExecutionEvent]:
        return [Image(b"png", 1, 1), FileChanged("made.csv", 3), Finished(0.1)]

    model = ScriptedModel([[CodePiece("c", "x")], [TextPiece("a")]])
    async with running(tmp_path, model, ScriptedInterpreter(play)) as engine:
        files = engine.client.files
        kept = await files.create(file=("kept.csv", b"kept"), purpose="assistants")
        run = await ended(engine.client, await started(engine.client))
        assert len([file async for file in files.list()]) == 3
        await engine.client.beta.threads.delete(run.thread_id)
        assert [file.id async for file in files.list()] == [kept.id]
        assert len([path for path in (tmp_path / "blobs").glob("??/*") if path.is_file()]) == 1


async def test_metadata_that_comes_as_a_run_ends_does_not_take_its_end_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = asyncio.Event()
    set_metadata = Runner.set_metadata

    async def late(runner: Runner, run_id: str, metadata: dict[str, str]) -> dict[str, Any] | None:
        go_on.set()
        await ended(engine.client, run)
        return await set_metadata(runner, run_id, metadata)

    monkeypatch.setattr(Runner, "set_metadata", late)
    async with running(tmp_path, ScriptedModel([[go_on]]), ScriptedInterpreter()) as engine:
        run = await started(engine.client)
        changed = await engine.client.beta.threads.runs.update(run.id, thread_id=run.thread_id, metadata={"a": "1"})
        assert (changed.status, changed.metadata) == ("completed", {"a": "1"})


@dataclass
class _Copying(ScriptedSession):
    """Has something happen before it copies a file, or just after."""

    event: Callable[[], Awaitable[object]] | None = None
    is_early: bool = False

    async def put_file(self, name: str, source: Path) -> str:
        assert self.event is not None
        if self.is_early:
            await self.event()
        name = await super().put_file(name, source)
        if not self.is_early:
            await self.event()
        return name


@pytest.mark.parametrize("is_early", [True, False])
async def test_a_file_deleted_while_it_is_put_into_the_sandbox_is_left_out(tmp_path: Path, is_early: bool) -> None:
    model, interpreter = ScriptedModel([[TextPiece("a")]]), ScriptedInterpreter()
    async with running(tmp_path, model, interpreter) as engine:
        client = engine.client
        file = await client.files.create(file=("a.csv", b"1"), purpose="assistants")
        made = await client.beta.threads.create(
            messages=[{"role": "user", "content": "x", "attachments": [{"file_id": file.id}]}]
        )
        interpreter.sessions[made.id] = _Copying(echo, event=lambda: client.files.delete(file.id), is_early=is_early)
        run = await client.beta.threads.runs.create(made.id, assistant_id=await assistant(client))
        assert (await ended(client, run)).status == "completed"
    assert model.requests[0].turns == (UserTurn("x"),)


async def test_a_run_that_takes_too_long_expires(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop_app.engine.runs.shape.RUN_SECONDS", 0)
    async with running(tmp_path, ScriptedModel([[TextPiece("a"), asyncio.Event()]]), ScriptedInterpreter()) as engine:
        run = await ended(engine.client, await started(engine.client))
    assert run.status == "expired"


async def test_metadata_finds_a_run_again_and_can_change_while_it_goes_on(tmp_path: Path) -> None:
    go_on = asyncio.Event()
    async with running(tmp_path, ScriptedModel([[go_on]]), ScriptedInterpreter()) as engine:
        runs = engine.client.beta.threads.runs
        run = await runs.create(
            await thread(engine.client), assistant_id=await assistant(engine.client), metadata={"client": "1"}
        )
        assert [found.metadata async for found in runs.list(run.thread_id)] == [{"client": "1"}]
        await runs.update(run.id, thread_id=run.thread_id, metadata={"client": "2"})
        go_on.set()
        run = await ended(engine.client, run)
        assert (run.status, run.metadata) == ("completed", {"client": "2"})
        changed = await runs.update(run.id, thread_id=run.thread_id, metadata={"client": "3"})
        assert changed.metadata == {"client": "3"}


async def test_tool_outputs_are_refused_in_words(tmp_path: Path) -> None:
    async with running(tmp_path, ScriptedModel([[TextPiece("a")]]), ScriptedInterpreter()) as engine:
        run = await ended(engine.client, await started(engine.client))
        with pytest.raises(BadRequestError, match="offers no function tools"):
            await engine.client.beta.threads.runs.submit_tool_outputs(
                run.id, thread_id=run.thread_id, tool_outputs=[{"tool_call_id": "c", "output": "x"}]
            )
