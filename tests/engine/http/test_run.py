"""Runs over real HTTP, by the `openai` package, which here takes no wrong shape."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from openai import AsyncOpenAI
from openai.types.beta import AssistantStreamEvent

from desktop_app.domain.entity import SandboxStatus
from desktop_app.domain.error import DeskError, ErrorCode, ErrorInfo
from desktop_app.engine.port import (
    CodePiece,
    CutOff,
    ExecutionEvent,
    FileChanged,
    Finished,
    Image,
    Logs,
    TextPiece,
    TokenCount,
    UserTurn,
)
from desktop_app.engine.runs import work
from tests.engine.running import (
    ask,
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
from tests.engine.script import Piece, ScriptedInterpreter, ScriptedModel

ONE_STEP: tuple[list[Piece], ...] = (
    [CodePiece("c", "save: "), CodePiece("c", "made.csv"), TokenCount(10, 2)],
    [TextPiece("See [it]"), TextPiece("(sandbox:/mnt/data/made.csv)."), TokenCount(20, 3)],
)


def _names(events: list[AssistantStreamEvent]) -> list[str]:
    names = [event.event for event in events]
    return [name for place, name in enumerate(names) if place == 0 or names[place - 1] != name]


async def test_a_run_streams_its_events_in_the_documented_order(tmp_path: Path) -> None:
    async with running(tmp_path, ScriptedModel(ONE_STEP), ScriptedInterpreter()) as engine:
        events = await ask(engine.client)
    assert _names(events) == [
        "thread.run.created",
        "thread.run.queued",
        "thread.run.in_progress",
        "thread.run.step.created",
        "thread.run.step.in_progress",
        "thread.run.step.delta",
        "thread.run.step.completed",
        "thread.run.step.created",
        "thread.run.step.in_progress",
        "thread.message.created",
        "thread.message.in_progress",
        "thread.message.delta",
        "thread.message.completed",
        "thread.run.step.completed",
        "thread.run.completed",
    ]


async def test_a_new_thread_comes_first_in_the_stream_of_its_run(tmp_path: Path) -> None:
    async with running(tmp_path, ScriptedModel([[TextPiece("Hi")]]), ScriptedInterpreter()) as engine:
        stream = await engine.client.beta.threads.create_and_run(
            assistant_id=await assistant(engine.client),
            thread={"messages": [{"role": "user", "content": "Hello"}]},
            stream=True,
        )
        events = [event async for event in stream]
    assert _names(events)[:2] == ["thread.created", "thread.run.created"]


def _random_script(random: Random) -> list[list[Piece]]:
    """Some replies with text and code in pieces of any size, of which the last has no code."""

    def pieces(make: Callable[[str], Piece]) -> list[Piece]:
        return [make("x" * random.randint(1, 9)) for _ in range(random.randint(1, 9))]

    def reply() -> list[Piece]:
        text = pieces(TextPiece) if random.random() < 0.5 else []
        calls = [pieces(partial(CodePiece, f"call-{number}")) for number in range(random.randint(1, 3))]
        return [*text, *(piece for call in calls for piece in call), TokenCount(1, 1)]

    return [*(reply() for _ in range(random.randint(0, 3))), [*pieces(TextPiece), TokenCount(1, 1)]]


async def test_what_was_streamed_is_what_is_listed(tmp_path: Path) -> None:
    random = Random(7)  # noqa: S311 - no secret, and the same in every run

    def play(code: str) -> list[ExecutionEvent]:
        outputs: list[ExecutionEvent] = [
            Logs(code),
            Logs("more\n"),
            Image(b"png", 1, 1),
            FileChanged(f"{len(code)}.csv", 3),
        ]
        return [*random.choices(outputs, k=random.randint(0, 6)), Finished(0.5)]

    scripts = [_random_script(random) for _ in range(15)]
    replies = [reply for script in scripts for reply in script]
    async with running(tmp_path, ScriptedModel(replies), ScriptedInterpreter(play)) as engine:
        for _ in scripts:
            await _check_stream_against_lists(engine.client)


async def _check_stream_against_lists(client: AsyncOpenAI) -> None:
    events = await ask(client)
    last = events[-1]
    assert last.event == "thread.run.completed"
    run = last.data
    listed_steps, listed_messages = await steps(client, run), await messages(client, run)
    assert run == await client.beta.threads.runs.retrieve(run.id, thread_id=run.thread_id)
    ended_steps = {event.data.id: event.data for event in events if event.event == "thread.run.step.completed"}
    assert [ended_steps[step.id] for step in listed_steps] == listed_steps
    assert [event.data for event in events if event.event == "thread.message.completed"] == listed_messages
    assert _texts(events) == {message.id: text_of(message) for message in listed_messages}
    calls = [step for step in listed_steps if step.type == "tool_calls"]
    assert _calls(events) == {step.id: code_of(step).model_dump() for step in calls}


async def test_complaint_13_pictures_of_a_code_step_are_there_and_in_order(tmp_path: Path) -> None:
    def play(_: str) -> list[ExecutionEvent]:
        return [Logs("one\n"), Logs("two\n"), Image(b"png", 1, 1), Logs("three\n"), Finished(0.5)]

    script: list[list[Piece]] = [[CodePiece("a", "1"), CodePiece("b", "2"), CodePiece("b", "2")], [TextPiece("Done.")]]
    async with running(tmp_path, ScriptedModel(script), ScriptedInterpreter(play)) as engine:
        run = await ended(engine.client, await started(engine.client))
        first, second, _ = await steps(engine.client, run)
        outputs = code_of(first).outputs
        assert outputs[1].type == "image"
        picture = await engine.client.files.retrieve(outputs[1].image.file_id)
    assert [output.logs for output in outputs if output.type == "logs"] == ["one\ntwo\n", "three\n"]
    assert (code_of(first).input, code_of(second).input) == ("1", "22")
    assert (picture.filename, picture.bytes) == ("figure-1.png", 3)


def _texts(events: list[AssistantStreamEvent]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for event in events:
        if event.event == "thread.message.delta":
            for part in event.data.delta.content or []:
                assert part.type == "text"
                texts[event.data.id] = texts.get(event.data.id, "") + ((part.text and part.text.value) or "")
    return texts


def _calls(events: list[AssistantStreamEvent]) -> dict[str, dict[str, Any]]:
    """What a client puts together from deltas alone."""
    calls: dict[str, dict[str, Any]] = {}
    for event in events:
        if event.event == "thread.run.step.delta":
            call = calls.setdefault(event.data.id, {"input": "", "outputs": []})
            delta = event.data.model_dump()["delta"]["step_details"]["tool_calls"][0]["code_interpreter"]
            call["input"] += delta["input"] or ""
            for output in delta["outputs"] or []:
                index = output.pop("index")
                if index < len(call["outputs"]):
                    call["outputs"][index]["logs"] += output["logs"]
                else:
                    call["outputs"].append(output)
    return calls


async def test_a_made_file_is_attached_linked_and_downloadable(tmp_path: Path) -> None:
    async with running(tmp_path, ScriptedModel(ONE_STEP), ScriptedInterpreter()) as engine:
        events = await ask(engine.client)
        message = next(event.data for event in events if event.event == "thread.message.completed")
        (attachment,) = message.attachments or []
        made = await engine.client.files.retrieve(attachment.file_id or "")
        content = await engine.client.files.content(made.id)
    (part,) = message.content
    assert part.type == "text"
    (link,) = part.text.annotations
    assert link.type == "file_path"
    assert (link.file_path.file_id, link.text) == (made.id, "sandbox:/mnt/data/made.csv")
    assert part.text.value[link.start_index : link.end_index] == link.text
    assert (made.filename, made.purpose, content.content) == ("made.csv", "assistants_output", b"abc")


async def test_made_files_are_offered_even_if_the_model_says_nothing(tmp_path: Path) -> None:
    script: list[list[Piece]] = [[CodePiece("c", "save: made.csv")], []]
    async with running(tmp_path, ScriptedModel(script), ScriptedInterpreter()) as engine:
        run = await ended(engine.client, await started(engine.client))
        (message,) = await messages(engine.client, run)
    assert (message.content, len(message.attachments or [])) == ([], 1)


async def test_the_model_sees_what_happened_before(tmp_path: Path) -> None:
    model = ScriptedModel([*ONE_STEP, [TextPiece("Again.")]])
    async with running(tmp_path, model, ScriptedInterpreter()) as engine:
        run = await ended(engine.client, await started(engine.client))
        again = await engine.client.beta.threads.runs.create(
            run.thread_id,
            assistant_id=run.assistant_id,
            additional_messages=[{"role": "user", "content": "And now?"}],
            additional_instructions="Be brief.",
            temperature=0.5,
        )
        await ended(engine.client, again)
    request = model.requests[-1]
    assert [type(turn).__name__ for turn in request.turns] == ["UserTurn", "CodeTurn", "AnswerTurn", "UserTurn"]
    assert request.turns[-1] == UserTurn("And now?")
    assert request.turns[1].files == ("made.csv",)  # type: ignore[union-attr]  # a code turn, as just said
    assert (request.instructions, request.temperature) == ("Be brief.", 0.5)


async def test_tokens_are_summed(tmp_path: Path) -> None:
    async with running(tmp_path, ScriptedModel(ONE_STEP), ScriptedInterpreter()) as engine:
        run = await ended(engine.client, await started(engine.client))
        code, answer = await steps(engine.client, run)
    assert run.usage is not None
    assert (run.usage.prompt_tokens, run.usage.completion_tokens, run.usage.total_tokens) == (30, 5, 35)
    assert (code.usage and code.usage.total_tokens, answer.usage and answer.usage.total_tokens) == (12, 23)


async def test_failed_code_is_told_in_the_metadata(tmp_path: Path) -> None:
    limit = ErrorInfo(ErrorCode.CODE_TIMED_OUT, {"seconds": "120"})

    def play(_: str) -> list[Any]:
        return [Logs("Traceback\n"), Finished(0.42, "KeyboardInterrupt", limit)]

    async with running(
        tmp_path, ScriptedModel([[CodePiece("c", "x")], [TextPiece("Sorry.")]]), ScriptedInterpreter(play)
    ) as engine:
        run = await ended(engine.client, await started(engine.client))
        step = (await steps(engine.client, run))[0]
    assert (run.status, step.status) == ("completed", "completed")
    assert step.metadata == {
        "seconds": "0.42",
        "error_name": "KeyboardInterrupt",
        "error": '{"code": "code_timed_out", "data": {"seconds": "120"}}',
    }


async def test_without_a_sandbox_no_code_runs_and_the_logs_say_why(tmp_path: Path) -> None:
    model = ScriptedModel([[CodePiece("c", "x")], [TextPiece("Sorry.")]])
    status = SandboxStatus(ok=False, reason="No bwrap.", install="apt install bubblewrap")
    async with running(tmp_path, model, ScriptedInterpreter(answer=status)) as engine:
        run = await ended(engine.client, await started(engine.client))
        step = (await steps(engine.client, run))[0]
    (output,) = code_of(step).outputs
    assert output.type == "logs"
    assert "No bwrap." in output.logs
    assert "apt install bubblewrap" in output.logs
    assert "sandbox_unavailable" in (step.metadata or {})["error"]
    assert not model.requests[0].can_run_code


async def test_without_the_tool_no_code_runs(tmp_path: Path) -> None:
    script: list[list[Piece]] = [[CodePiece("c", "x")], [TextPiece("Sorry.")]]
    interpreter = ScriptedInterpreter(lambda _: [Logs("it ran"), Finished(0)])
    async with running(tmp_path, ScriptedModel(script), interpreter) as engine:
        run = await engine.client.beta.threads.runs.create(
            await thread(engine.client), assistant_id=await assistant(engine.client), tools=[]
        )
        step = (await steps(engine.client, await ended(engine.client, run)))[0]
    assert "it ran" not in str(code_of(step).outputs)


@pytest.mark.parametrize(
    ("error", "api_code"),
    [
        (DeskError(ErrorCode.RATE_LIMITED, "429", retry_after=7), "rate_limit_exceeded"),
        (DeskError(ErrorCode.CONTEXT_TOO_LONG), "invalid_prompt"),
        (DeskError(ErrorCode.CONNECTION_FAILED, "refused"), "server_error"),
    ],
)
async def test_a_failing_model_fails_the_run_in_both_terms(tmp_path: Path, error: DeskError, api_code: str) -> None:
    model = ScriptedModel([[TextPiece("I was about"), error]])
    async with running(tmp_path, model, ScriptedInterpreter()) as engine:
        run = await ended(engine.client, await started(engine.client))
        (message,) = await messages(engine.client, run)
    assert run.last_error is not None
    assert (run.status, run.last_error.code) == ("failed", api_code)
    assert f'"code": "{error.code}"' in (run.metadata or {})["error"]
    assert (message.status, text_of(message)) == ("incomplete", "I was about")
    assert message.incomplete_details is not None
    assert message.incomplete_details.reason == "run_failed"


@pytest.mark.expects_log("A run failed because of a defect")
async def test_a_defect_fails_the_run_and_nothing_else(tmp_path: Path) -> None:
    async with running(tmp_path, ScriptedModel(), ScriptedInterpreter()) as engine:
        run = await ended(engine.client, await started(engine.client))
    assert run.status == "failed"
    assert (run.metadata or {})["error"] == '{"code": "unexpected", "data": {"type": "RuntimeError"}}'


async def test_a_reply_cut_off_makes_the_run_incomplete(tmp_path: Path) -> None:
    async with running(tmp_path, ScriptedModel([[TextPiece("It is"), CutOff()]]), ScriptedInterpreter()) as engine:
        run = await ended(engine.client, await started(engine.client))
        (message,) = await messages(engine.client, run)
    assert run.incomplete_details is not None
    assert (run.status, run.incomplete_details.reason) == ("incomplete", "max_completion_tokens")
    assert (message.status, text_of(message)) == ("incomplete", "It is")


async def test_a_model_that_never_answers_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "MAX_ROUNDS", 3)
    script: list[list[Piece]] = [[CodePiece("c", "x")]] * 9
    async with running(tmp_path, ScriptedModel(script), ScriptedInterpreter()) as engine:
        run = await ended(engine.client, await started(engine.client))
        assert len(await steps(engine.client, run)) == 3
    assert run.last_error is not None
    assert run.last_error.message == "The model wrote code 3 times without coming to an answer."


async def test_a_run_does_not_care_whether_its_stream_is_read(tmp_path: Path) -> None:
    go_on = asyncio.Event()
    script: list[list[Piece]] = [[TextPiece("One"), go_on, TextPiece(" two.")]]
    async with running(tmp_path, ScriptedModel(script), ScriptedInterpreter()) as engine:
        client = engine.client
        stream = await client.beta.threads.runs.create(
            await thread(client), assistant_id=await assistant(client), stream=True
        )
        async for event in stream:
            if event.event == "thread.run.created":
                run = event.data
            if event.event == "thread.message.delta":
                break
        await stream.close()
        go_on.set()
        run = await ended(client, run)
        assert [text_of(message) for message in await messages(client, run)] == ["One two."]
