"""Threads of other people's making, read and begun: what only some services have in them."""

from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import parse_qsl

import pytest

from desktop_app.backends.assistants import AssistantsBackend
from desktop_app.domain.connection import Connection, ConnectionKind, Network
from desktop_app.domain.entity import Answer, CodeStep, MessageState, Question, Run, RunState, TextPart
from desktop_app.domain.error import DeskError, ErrorCode
from tests.contract.scripted_service import Reply, Request, ScriptedService, as_json
from tests.contract.wire import EMPTY, code_step, refusal, run


def message(name: str, at: int, role: str = "user", **fields: object) -> dict[str, Any]:
    """Return a message that says its name."""
    text = {"type": "text", "text": {"value": name, "annotations": []}}
    return {"id": name, "role": role, "created_at": at, "content": [text], **fields}


class Kept:
    """A service that keeps these objects, two to a page."""

    def __init__(self, **objects: object) -> None:
        self._objects = objects

    def __call__(self, request: Request) -> Reply:
        path, _, query = request.path.removeprefix("/v1").partition("?")
        found = self._objects.get(path.strip("/").replace("/", "_").replace("-", "_"))
        if found is None:
            return refusal(404, message=f"No {PurePosixPath(path).name}.")
        if not isinstance(found, list):
            return as_json(found)
        parameters = dict(parse_qsl(query))
        assert parameters["order"] == "asc"
        ids = [each["id"] for each in found]
        start = ids.index(parameters["after"]) + 1 if "after" in parameters else 0
        return as_json({"data": found[start : start + 2], "has_more": start + 2 < len(found)})


async def test_complaint_02_a_thread_is_read_in_its_order_from_every_page(service: ScriptedService) -> None:
    made = {"id": "step_1", "status": "completed", "step_details": code_step()["step_details"]}
    service.will_answer(
        Kept(
            threads_t={"id": "t", "created_at": 1, "metadata": {}},
            threads_t_messages=[
                message("First question\nwith a second line", 10, attachments=[{"file_id": "file-1"}]),
                message("answer", 12, "assistant", run_id="run_1", status="completed"),
                message("silent", 12),
                message("put there", 14, "assistant"),
                message("last", 16, attachments=[{"file_id": "file-2"}, {"file_id": "file-2"}]),
            ],
            threads_t_runs=[
                {**run("completed", completed_at=12), "id": "run_1", "created_at": 11, "assistant_id": "a"},
                {**run("failed", failed_at=14), "id": "run_2", "created_at": 13, "assistant_id": "gone", "model": "m"},
                {**run("queued"), "id": "run_3", "created_at": 17},
            ],
            threads_t_runs_run_1_steps=[made],
            threads_t_runs_run_2_steps=[],
            threads_t_runs_run_3_steps=[],
            assistants_a={"id": "a", "name": "Analyst"},
            files_file_1={"id": "file-1", "filename": "sales.csv", "bytes": 5},
        )
    )
    backend = AssistantsBackend(
        Connection("own", ConnectionKind.ASSISTANTS, "Own", service.base_url), no_key, Network()
    )
    copy = await backend.read_thread("t")
    await backend.aclose()
    assert (copy.remote_id, copy.title, copy.created_at) == ("t", "First question", 1.0)
    assert [item.id for item in copy.items] == [
        "First question\nwith a second line",
        "run_1",
        "silent",
        "put there",
        "run_2",
        "last",
        "run_3",
    ]
    first, answered, _, loose, failed, last, going = copy.items
    assert isinstance(first, Question)
    assert (first.state, first.remote_id, first.thread_id) == (MessageState.SENT, first.id, "t")
    assert [(file.name, file.size, file.remote_id, file.connection_id) for file in first.files] == [
        ("sales.csv", 5, "file-1", "own")
    ]
    assert isinstance(answered, Run)
    assert [type(item) for item in answered.items] == [CodeStep, Answer]
    assert (answered.question_id, answered.assistant_name, answered.connection_id) == (first.id, "Analyst", "own")
    assert (answered.state, answered.ended_at) == (RunState.COMPLETED, 12.0)
    assert isinstance(loose, Run)
    assert (loose.state, loose.question_id) == (RunState.COMPLETED, "silent")
    assert loose.items == (Answer("put there", (TextPart("put there"),), complete=True),)
    assert isinstance(failed, Run)
    assert (failed.state, failed.assistant_name, failed.model, failed.items) == (RunState.FAILED, "", "m", ())
    assert isinstance(last, Question)
    assert [file.name for file in last.files] == ["file-2"]  # it is gone from the service
    assert isinstance(going, Run)
    assert going.state is RunState.QUEUED


async def no_key() -> str:
    return ""


@pytest.mark.parametrize(
    ("thread", "messages", "title"),
    [
        ({"metadata": {"title": "Mine"}}, [message("asked", 1)], "Mine"),
        ({}, [message("asked", 1)], "asked"),
        ({}, [message("  ", 1), message("later", 2)], "later"),
        ({}, [message("x" * 200, 1)], "x" * 80),
        ({}, [], ""),
    ],
)
async def test_a_thread_has_a_title(
    service: ScriptedService, backend: AssistantsBackend, thread: object, messages: object, title: str
) -> None:
    service.will_answer(Kept(threads_t=thread, threads_t_messages=messages, threads_t_runs=[]))
    assert (await backend.read_thread("t")).title == title


def asked(number: int) -> Question:
    return Question(f"q{number}", "thread", f"Question {number}", (), created_at=number)


async def test_a_long_history_comes_after_the_messages_a_thread_can_begin_with(
    service: ScriptedService, backend: AssistantsBackend
) -> None:
    service.will_answer(as_json({"id": "t"}))
    long = replace(asked(0), text="x" * 300_000)
    assert await backend.create_thread("mine", [long, *map(asked, range(1, 34))]) == "t"
    first, *more = [request.json for request in service.requests]
    assert first["metadata"] == {"client_id": "mine"}
    assert [len(told["content"]) for told in first["messages"][:2]] == [256_000, 44_000]
    assert len(first["messages"]) == 32
    assert [told["content"] for told in more] == ["Question 31", "Question 32", "Question 33"]
    assert {request.path for request in service.requests[1:]} == {"/v1/threads/t/messages"}


async def test_a_history_that_does_not_arrive_whole_leaves_no_thread(
    service: ScriptedService, backend: AssistantsBackend
) -> None:
    service.will_answer(as_json({"id": "t"}), refusal(500), as_json({}))
    with pytest.raises(DeskError) as caught:
        await backend.create_thread("mine", list(map(asked, range(33))))
    assert caught.value.code is ErrorCode.SERVER_FAILED
    assert [(request.method, request.path) for request in service.requests[1:]] == [
        ("POST", "/v1/threads/t/messages"),
        ("DELETE", "/v1/threads/t"),
    ]


async def test_complaint_21_every_assistant_of_a_service_is_listed(
    service: ScriptedService, backend: AssistantsBackend
) -> None:
    def assistant(number: int, **fields: object) -> dict[str, object]:
        return {"id": f"asst_{number}", "created_at": number, "name": None, "tools": [], **fields}

    full = assistant(
        2, name="Analyst", description="D", instructions="I", model="m", tools=[{"type": "code_interpreter"}],
        metadata={"client_id": "c", "odd": 5},
    )  # fmt: skip
    service.will_answer(as_json({"data": [full], "has_more": True}), as_json({**EMPTY, "data": [assistant(1)]}))
    newest, oldest = await backend.list_assistants()
    assert (newest.name, newest.description, newest.instructions, newest.model) == ("Analyst", "D", "I", "m")
    assert (newest.code_interpreter, newest.created_at, newest.metadata) == (True, 2.0, {"client_id": "c"})
    assert (oldest.id, oldest.name, oldest.code_interpreter) == ("asst_1", "", False)
    assert ["order=desc" in request.path for request in service.requests] == [True, True]
    assert "after=asst_2" in service.requests[1].path
