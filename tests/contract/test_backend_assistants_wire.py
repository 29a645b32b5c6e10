"""The Assistants backend against services that answer oddly, wrongly, or not at all."""

import asyncio
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.backends.assistants import AssistantsBackend
from desktop_app.domain.connection import RateLimits
from desktop_app.domain.entity import Answer, Assistant, RunState, StoredFile
from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.domain.event import LimitsSeen
from tests.contract.chat import ignore, reduced
from tests.contract.scripted_service import Reply, Request, ScriptedService, as_events, as_json
from tests.contract.wire import EMPTY, KEY, REQUEST, code_step, error_of, refusal, run

FILE = StoredFile("1", "a.csv", 1, "text/csv", remote_id="file-1")


async def test_a_message_is_looked_for_before_and_after_an_ambiguous_failure(
    service: ScriptedService, backend: AssistantsBackend
) -> None:
    there = {**EMPTY, "data": [{"id": "msg_1", "metadata": {"client_id": "mine"}}]}
    service.will_answer(as_json(EMPTY), refusal(500), as_json(there))
    assert await backend.add_message("thread", "Hello", (), "mine") == "msg_1"
    assert [request.method for request in service.requests] == ["GET", "POST", "GET"]


async def test_a_message_that_did_not_arrive_is_an_error_and_not_sent_again(
    service: ScriptedService, backend: AssistantsBackend
) -> None:
    service.will_answer(as_json(EMPTY), refusal(500), as_json(EMPTY))
    with pytest.raises(DeskError) as caught:
        await backend.add_message("thread", "Hello", (), "mine")
    assert caught.value.code is ErrorCode.SERVER_FAILED
    assert [request.method for request in service.requests] == ["GET", "POST", "GET"]


async def test_a_message_that_is_refused_is_not_looked_for(
    service: ScriptedService, backend: AssistantsBackend
) -> None:
    service.will_answer(as_json(EMPTY), refusal(400))
    with pytest.raises(DeskError):
        await backend.add_message("thread", "Hello", (FILE,), "mine")
    assert [request.method for request in service.requests] == ["GET", "POST"]
    assert service.requests[1].json["attachments"] == [{"file_id": "file-1", "tools": [{"type": "code_interpreter"}]}]


async def test_unknown_events_and_fields_do_no_harm(service: ScriptedService, backend: AssistantsBackend) -> None:
    service.will_answer(
        as_events(
            ("thread.run.created", run("queued", novelty={"a": 1})),
            ("thread.run.paused", run("paused")),
            ("thread.galaxy.expanded", {"id": "x"}),
            ("thread.run.step.delta", {"id": "step_1", "delta": {"step_details": {"tool_calls": [{"type": "mcp"}]}}}),
            ("thread.message.delta", {"id": "msg_1", "delta": {"content": [{"type": "hologram", "index": 0}]}}),
            ("thread.message.created", {"id": "msg_0", "role": "user"}),
            ("thread.run.step.completed", code_step(novelty=1)),
            ("thread.run.completed", run("completed", usage={"prompt_tokens": 1, "completion_tokens": 2})),
        )
    )
    ended = await reduced(backend.start_run(REQUEST))
    assert ended.state is RunState.COMPLETED
    assert [item.key for item in ended.items] == ["step_1/0"]


async def test_a_code_step_is_shown_from_its_first_delta_and_as_it_runs(
    service: ScriptedService, backend: AssistantsBackend
) -> None:
    created = code_step("in_progress")
    created["step_details"] = {"type": "tool_calls", "tool_calls": []}  # as OpenAI sends it

    def delta(**interpreter: object) -> tuple[str, object]:
        call = {"index": 0, "type": "code_interpreter", "code_interpreter": interpreter}
        return "thread.run.step.delta", {"id": "step_1", "delta": {"step_details": {"tool_calls": [call]}}}

    service.will_answer(
        as_events(
            ("thread.run.created", run("queued")),
            ("thread.run.step.created", created),
            delta(input="pri", outputs=[]),
            delta(input="nt()"),
            delta(outputs=[]),
            delta(outputs=[{"index": 0, "type": "logs", "logs": "1"}]),
            ("thread.run.completed", run("completed")),
        )
    )
    events = backend.start_run(REQUEST)
    names = [type(event).__name__ async for event in events]
    state = "RunStateChanged"
    assert names == [state, "CodeStarted", "CodeDelta", "CodeDelta", "CodeRunning", "LogDelta", state]


async def test_an_index_that_would_fill_the_memory_is_refused(
    service: ScriptedService, backend: AssistantsBackend
) -> None:
    content = [{"index": 10**9, "type": "text", "text": {"value": "x"}}]
    service.will_answer(
        as_events(
            ("thread.run.created", run("queued")), ("thread.message.delta", {"id": "m", "delta": {"content": content}})
        )
    )
    assert (await error_of(backend)).code is ErrorCode.RESPONSE_INVALID


async def test_limits_are_told_once_the_run_has_a_name(service: ScriptedService, backend: AssistantsBackend) -> None:
    events = as_events(("thread.run.created", run("queued")), ("thread.run.completed", run("completed")))
    headers = {**events.headers, "x-ratelimit-remaining-requests": "9"}
    service.will_answer(Reply(200, events.body, headers))
    told = [event async for event in backend.start_run(REQUEST)]
    assert told[1:2] == [LimitsSeen("run_1", RateLimits(requests_left=9))]
    assert [type(event).__name__ for event in told] == ["RunStateChanged", "LimitsSeen", "RunStateChanged"]


async def test_a_run_of_no_model_in_particular_names_none(service: ScriptedService, backend: AssistantsBackend) -> None:
    service.will_answer(as_events(("thread.run.completed", run("completed"))))
    await reduced(backend.start_run(replace(REQUEST, model="")))
    assert "model" not in service.requests[0].json


async def test_complaint_02_every_page_is_read(service: ScriptedService, backend: AssistantsBackend) -> None:
    def answer(request: Request) -> Reply:
        if "/steps" not in request.path:
            return as_json(EMPTY if "/messages" in request.path else run("completed"))
        first = 3 if "after=step_2" in request.path else 0
        page = [{**code_step(), "id": f"step_{number}"} for number in range(first, first + 3)]
        return as_json({"data": page, "has_more": first == 0})

    service.will_answer(answer)
    ended = await reduced(backend.follow_run("thread", "run_1"))
    assert [item.key for item in ended.items] == [f"step_{number}/0" for number in range(6)]


async def test_a_service_that_repeats_a_page_does_not_hold_us_for_ever(
    service: ScriptedService, backend: AssistantsBackend
) -> None:
    service.will_answer(as_json(run("completed")), as_json({"data": [code_step()], "has_more": True}))
    with pytest.raises(DeskError) as caught:
        await reduced(backend.follow_run("thread", "run_1"))
    assert caught.value.code is ErrorCode.RESPONSE_INVALID


async def test_polling_tells_only_what_is_new(service: ScriptedService, backend: AssistantsBackend) -> None:
    steps = as_json({**EMPTY, "data": [code_step(logs="1")]})
    going = (as_json(run("in_progress")), steps, as_json(EMPTY))
    service.will_answer(*going, *going, as_json(run("completed", completed_at=9)), steps, as_json(EMPTY))
    events = [event async for event in backend.follow_run("thread", "run_1")]
    assert [type(event).__name__ for event in events] == ["CodeSnapshot", "RunStateChanged", "RunStateChanged"]


async def test_a_message_of_another_run_and_one_without_a_step_are_told_apart(
    service: ScriptedService, backend: AssistantsBackend
) -> None:
    def message(name: str, run_id: str) -> dict[str, object]:
        text = {"type": "text", "text": {"value": name, "annotations": []}}
        return {"id": name, "role": "assistant", "run_id": run_id, "status": "completed", "content": [text]}

    messages = [message("other", "run_0"), message("mine", "run_1")]
    service.will_answer(as_json(run("completed")), as_json(EMPTY), as_json({**EMPTY, "data": messages}))
    ended = await reduced(backend.follow_run("thread", "run_1"))
    assert [item.key for item in ended.items] == ["mine"]


async def test_complaint_03_every_part_of_a_message_is_kept(
    service: ScriptedService, backend: AssistantsBackend
) -> None:
    def text(value: str, *annotations: object) -> dict[str, object]:
        return {"type": "text", "text": {"value": value, "annotations": list(annotations)}}

    miscounted = {
        "type": "file_path",
        "text": "sandbox:/mnt/data/my%20table.csv",
        "start_index": 0,
        "end_index": 1,
        "file_path": {"file_id": "file-2"},
    }
    picture = {"type": "image_file", "image_file": {"file_id": "file-1"}}
    linked = text("See sandbox:/mnt/data/my%20table.csv!", miscounted, {"type": "file_citation", "text": "[1]"})
    refused = {"type": "refusal", "refusal": "No."}
    message = {
        "id": "msg",
        "role": "assistant",
        "run_id": "run_1",
        "status": "completed",
        "content": [text("Before"), picture, linked, refused],
        "attachments": [{"file_id": "file-3"}, {"file_id": "file-2"}],
    }
    service.will_answer(as_json(run("completed")), as_json(EMPTY), as_json({**EMPTY, "data": [message]}))
    (answer,) = (await reduced(backend.follow_run("thread", "run_1"))).items
    assert isinstance(answer, Answer)
    assert [type(part).__name__ for part in answer.parts] == ["TextPart", "ImagePart", "TextPart", "TextPart"]
    (link,) = answer.parts[2].links  # type: ignore[union-attr]  # the line above has just said so
    assert (link.start, link.end, link.file.name) == (4, 36, "my table.csv")
    assert [(file.id, file.name) for file in answer.files] == [("file-3", "file-3"), ("file-2", "my table.csv")]


@pytest.mark.parametrize("status", ["completed", "cancelling"])
async def test_stopping_a_run_that_has_ended_is_no_error(
    service: ScriptedService, backend: AssistantsBackend, status: str
) -> None:
    service.will_answer(refusal(400, message="Cannot cancel run with status 'completed'."), as_json(run(status)))
    await backend.cancel_run("thread", "run_1")
    assert [request.method for request in service.requests] == ["POST", "GET"]


async def test_a_stop_that_is_refused_is_said(service: ScriptedService, backend: AssistantsBackend) -> None:
    service.will_answer(refusal(400), as_json(run("in_progress")))
    with pytest.raises(DeskError):
        await backend.cancel_run("thread", "run_1")


async def test_a_download_that_breaks_off_leaves_nothing(
    service: ScriptedService, backend: AssistantsBackend, tmp_path: Path
) -> None:
    service.will_answer(Reply(200, b"half", {"content-type": "application/octet-stream"}, cut=True))
    with pytest.raises(DeskError) as caught:
        await backend.download("file-1", tmp_path / "copy", ignore)
    assert caught.value.code is ErrorCode.CONNECTION_FAILED
    assert not (tmp_path / "copy").exists()


async def test_an_upload_that_is_refused_says_why(
    service: ScriptedService, backend: AssistantsBackend, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("a")
    service.will_answer(refusal(413, message="Too large."))
    with pytest.raises(DeskError) as caught:
        await backend.upload(tmp_path / "a.csv", "a.csv", ignore)
    assert (caught.value.code, caught.value.info.data["message"]) == (ErrorCode.REQUEST_REFUSED, "Too large.")


async def test_ids_cannot_leave_their_place_in_an_address(service: ScriptedService, backend: AssistantsBackend) -> None:
    service.will_answer(as_json({}))
    await backend.delete_file("../assistants/a?b#c")
    assert service.requests[0].path == "/v1/files/..%2Fassistants%2Fa%3Fb%23c"


async def test_no_proxy_and_no_account_of_the_environment_comes_between(
    service: ScriptedService, backend: AssistantsBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_BASE_URL"):
        monkeypatch.setenv(name, "https://elsewhere.invalid")
    service.will_answer(as_json({"id": "asst_1"}))
    await backend.put_assistant(Assistant("a", "A" * 300, "D" * 600), "model")
    (request,) = service.requests
    assert not [name for name in request.headers if name.startswith("openai-") and name != "openai-beta"]
    assert (len(request.json["name"]), len(request.json["description"])) == (256, 512)
    assert request.headers["authorization"] == f"Bearer {KEY}"


async def test_an_assistant_that_was_taken_over_keeps_what_its_definition_here_does_not_hold(
    service: ScriptedService, backend: AssistantsBackend
) -> None:
    search = {"type": "file_search", "file_search": {"max_num_results": 5}}
    there = [{"type": "code_interpreter"}, search, {"type": "function", "function": {"name": "f"}}]
    service.will_answer(as_json({"id": "asst_1", "tools": there}))
    assert await backend.put_assistant(Assistant("a", "A"), "model", "asst_1") == "asst_1"
    body = service.requests[-1].json
    assert body["tools"] == [{"type": "code_interpreter"}, search]
    assert "metadata" not in body


async def test_models_may_come_without_an_owner(service: ScriptedService, backend: AssistantsBackend) -> None:
    service.will_answer(as_json({"data": [{"id": "llama"}, {"id": "gpt", "owned_by": "somebody"}]}))
    assert [(model.id, model.owner) for model in await backend.list_models()] == [("llama", ""), ("gpt", "somebody")]


async def test_an_answer_that_is_no_object_is_invalid(service: ScriptedService, backend: AssistantsBackend) -> None:
    for reply in (as_json([1]), Reply(200, b"{oops"), Reply(200, b"hello", {"content-type": "text/plain"})):
        service.will_answer(reply)
        with pytest.raises(DeskError) as caught:
            await backend.create_thread("mine")
        assert caught.value.code is ErrorCode.RESPONSE_INVALID


async def test_a_service_that_never_answers_can_be_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        backend = AssistantsBackend.local(f"http://127.0.0.1:{silent.getsockname()[1]}/v1", KEY)
        waiting = asyncio.ensure_future(backend.list_models())
        await asyncio.wait([waiting], timeout=0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await backend.aclose()


async def test_a_backend_that_was_closed_asks_nobody(service: ScriptedService, backend: AssistantsBackend) -> None:
    service.will_answer(as_json(EMPTY))
    await backend.list_models()
    for _ in range(2):
        await backend.aclose()
        with pytest.raises(DeskError) as caught:
            await backend.list_models()
        assert caught.value.code is ErrorCode.CONNECTION_FAILED
    assert len(service.requests) == 1


def test_the_sdk_is_not_imported_before_it_is_needed() -> None:
    code = (
        "import sys; from desktop_app.backends.assistants import AssistantsBackend;"
        "AssistantsBackend.local('http://127.0.0.1:1/v1', 'key'); print('openai' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "False\n"
