"""Dumps: whatever shape and order somebody saved them in, the same thread comes out."""

import json
from typing import Any

import pytest

from desktop_app.domain.entity import (
    Answer,
    CodeStep,
    ImageOutput,
    ImagePart,
    LogOutput,
    Question,
    Run,
    RunState,
    StepState,
    TextPart,
    ThreadCopy,
    TranscriptItem,
    Usage,
)
from desktop_app.domain.error import ErrorCode
from desktop_app.services.thread_dump import read_dump
from tests.unit.services.bench import text_of

Json = dict[str, Any]


def message(number: int, role: str, text: str, **fields: object) -> Json:
    """A message as the service gave it."""
    content = [{"type": "text", "text": {"value": text, "annotations": []}}]
    made = {"id": f"msg_{number}", "object": "thread.message", "created_at": 1000 + number, "thread_id": "thread_1"}
    return {**made, "role": role, "content": content, "attachments": [], "run_id": None, **fields}


TALK = [
    message(1, "user", "Which is the heaviest?"),
    message(2, "assistant", "The emperor.", run_id="run_1"),
    message(3, "user", "And the lightest?"),
    message(4, "assistant", "The little", run_id="run_2"),
    message(5, "assistant", "blue one.", run_id="run_2"),
]
WORDS = ["Which is the heaviest?", "The emperor.", "And the lightest?", "The littleblue one."]


def page(messages: list[Json]) -> Json:
    return {"object": "list", "data": messages, "first_id": "msg_1", "last_id": "msg_5", "has_more": False}


def one(value: object) -> ThreadCopy:
    (copy,) = read_dump(json.dumps(value))
    return copy


def said(copy: ThreadCopy) -> list[str]:
    return [text_of(item) for item in copy.items]


def run_of(copy: ThreadCopy, place: int = -1) -> Run:
    item: TranscriptItem = copy.items[place]
    assert isinstance(item, Run)
    return item


@pytest.mark.parametrize(
    "dump",
    [
        page(TALK),
        page(TALK[::-1]),
        TALK,
        [page(TALK)],
        {"id": "thread_1", "object": "thread", "messages": TALK},
        {"id": "thread_1", "messages": page(TALK[::-1])},
        [{"id": "thread_1", "messages": TALK}],
        {"threads": [{"id": "thread_1", "created_at": 1001, "messages": page(TALK)}]},
        {"thread_1": page(TALK[::-1])},
        [page(TALK[:2:-1]), page(TALK[2::-1])],
        [page(TALK[:3]), page(TALK[2:])],
    ],
)
def test_complaint_2_every_shape_and_every_page_gives_the_same_thread(dump: object) -> None:
    copy = one(dump)
    assert (copy.remote_id, copy.created_at) == ("thread_1", 1001)
    assert said(copy) == WORDS
    assert [isinstance(item, Question) for item in copy.items] == [True, False, True, False]


def test_every_run_answers_the_question_before_it() -> None:
    first, answered, second, again = one(page(TALK)).items
    assert isinstance(answered, Run)
    assert isinstance(again, Run)
    assert (answered.question_id, again.question_id) == (first.id, second.id)
    assert (answered.state, again.state) == (RunState.COMPLETED, RunState.COMPLETED)


def test_messages_of_one_second_stay_in_their_order() -> None:
    at_once = [{**part, "created_at": 7} for part in TALK[:2]]
    assert said(one(page(at_once))) == WORDS[:2]
    assert said(one(page(at_once[::-1]))) == WORDS[:2]


def test_several_threads_are_told_apart() -> None:
    other = [message(1, "user", "Hello", thread_id="thread_2"), message(2, "assistant", "Hi", thread_id="thread_2")]
    for dump in ([page(TALK), page(other)], [*TALK, *other], {"threads": [{"messages": TALK}, {"messages": other}]}):
        copies = read_dump(json.dumps(dump))
        assert [copy.remote_id for copy in copies] == ["thread_1", "thread_2"]
        assert said(copies[1]) == ["Hello", "Hi"]


def test_answers_that_name_no_run_are_one_run_for_each_question() -> None:
    nameless = [{**part, "run_id": None} for part in TALK]
    assert said(one(nameless)) == WORDS


def test_a_chat_in_plain_text_is_understood() -> None:
    chat = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}]
    assert said(one([*chat, {"role": "assistant", "content": "Hi"}])) == ["Hello", "Hi"]


def test_complaint_3_every_part_of_a_message_is_kept() -> None:
    content = [
        {"type": "text", "text": {"value": "Before", "annotations": []}},
        {"type": "image_file", "image_file": {"file_id": "file-1"}},
        {"type": "text", "text": {"value": "after", "annotations": []}},
    ]
    copy = one([message(1, "user", "", content=content), message(2, "assistant", "", content=content)])
    question = copy.items[0]
    assert isinstance(question, Question)
    assert (question.text, [file.id for file in question.files]) == ("Before\nafter", ["file-1"])
    (answer,) = run_of(copy).items
    assert isinstance(answer, Answer)
    assert [type(part) for part in answer.parts] == [TextPart, ImagePart, TextPart]


def test_files_are_named_by_their_links_and_have_no_service() -> None:
    link = {"type": "file_path", "text": "sandbox:/mnt/data/a%20b.csv", "file_path": {"file_id": "file-2"}}
    text = {"value": "See [it](sandbox:/mnt/data/a%20b.csv).", "annotations": [{**link, "start_index": 99}]}
    attachments = [{"file_id": "file-2", "tools": []}, {"file_id": "file-3", "tools": []}]
    asked = message(1, "user", "Look", attachments=attachments[1:])
    answered = message(2, "assistant", "", content=[{"type": "text", "text": text}], attachments=attachments)
    copy = one([asked, answered])
    (answer,) = run_of(copy).items
    assert isinstance(answer, Answer)
    assert [(file.id, file.name) for file in answer.files] == [("file-2", "a b.csv"), ("file-3", "file-3")]
    assert all(file.remote_id == file.sha256 == "" for file in answer.files)
    (part,) = answer.parts
    assert isinstance(part, TextPart)
    assert [(found.start, found.end) for found in part.links] == [(9, 36)]


def steps() -> list[Json]:
    outputs = [
        {"type": "logs", "logs": "Traceback (most recent call last):\n  File\nKeyError: 'weight'\n"},
        {"type": "image", "image": {"file_id": "file-9"}},
    ]
    call = {"type": "code_interpreter", "code_interpreter": {"input": "frame['weight']", "outputs": outputs}}
    code = {"type": "tool_calls", "tool_calls": [call, {"type": "function", "function": {}}]}
    said_ = {"type": "message_creation", "message_creation": {"message_id": "msg_2"}}
    made = {"object": "thread.run.step", "run_id": "run_1", "status": "completed", "completed_at": 1002}
    return [
        {**made, "id": "step_2", "created_at": 1002, "type": "message_creation", "step_details": said_},
        {**made, "id": "step_1", "created_at": 1001, "type": "tool_calls", "step_details": code},
    ]


RUN = {
    "id": "run_1",
    "object": "thread.run",
    "status": "completed",
    "created_at": 1001,
    "completed_at": 1009,
    "model": "gpt-4o",
    "usage": {"prompt_tokens": 9, "completion_tokens": 5, "prompt_token_details": {"cached_tokens": 4}},
}


@pytest.mark.parametrize(
    "thread",
    [
        {"runs": page([{**RUN, "steps": page(steps())}])},
        {"runs": [RUN], "steps": steps()[::-1]},
        {"runs": [{**RUN, "steps": steps()}]},
    ],
)
def test_runs_and_steps_that_were_kept_are_used(thread: Json) -> None:
    run = run_of(one({"id": "thread_1", "messages": TALK[:2], **thread}))
    assert (run.model, run.ended_at, run.usage) == ("gpt-4o", 1009, Usage(9, 5, 4))
    step, answer = run.items
    assert isinstance(step, CodeStep)
    assert isinstance(answer, Answer)
    assert (step.code, step.state) == ("frame['weight']", StepState.FAILED)
    assert step.error is not None
    assert dict(step.error.data) == {"name": "KeyError", "message": "'weight'"}
    assert [type(output) for output in step.outputs] == [LogOutput, ImageOutput]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"status": "failed", "last_error": {"code": "server_error", "message": "Sorry"}}, ErrorCode.RUN_FAILED),
        ({"status": "incomplete", "incomplete_details": {"reason": "max_tokens"}}, ErrorCode.RUN_INCOMPLETE),
        ({"status": "expired"}, ErrorCode.RUN_EXPIRED),
    ],
)
def test_a_run_without_an_answer_stands_where_its_time_is(fields: Json, code: ErrorCode) -> None:
    copy = one({"id": "thread_1", "messages": [TALK[0], TALK[2]], "runs": [{**RUN, **fields}]})
    assert [isinstance(item, Run) for item in copy.items] == [False, True, False]
    error = run_of(copy, 1).error
    assert error is not None
    assert error.code is code


@pytest.mark.parametrize(
    "text",
    ["", "thread_abc", "[1, 2", '["thread_1"]', "{}", "null", '{"data": [{"id": "thread_1"}]}', "[" * 100_000],
)
def test_what_holds_no_messages_is_no_dump(text: str) -> None:
    assert read_dump(text) == ()


def test_odd_fields_do_no_harm() -> None:
    odd = [
        {"role": "user", "content": None, "attachments": "none", "created_at": "yesterday"},
        {"role": "assistant", "content": [7, {"type": "text", "text": None}, {"type": "new"}], "run_id": 4},
        {"role": "assistant", "content": [{"type": "image_file"}], "id": None, "created_at": float("inf")},
        {"role": "user", "content": "\ud800", "id": "\ud800", "created_at": 10**400},
    ]
    copy = one({"messages": odd, "runs": [{"status": "new"}, 3], "steps": [{"step_details": {"tool_calls": [1]}}]})
    assert isinstance(copy.items[0], Question)
