"""Assistants, threads, messages and models over real HTTP, by the `openai` package."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from openai import AsyncOpenAI, BadRequestError, NotFoundError

from desktop_app.engine.models.chat import list_models
from desktop_app.engine.port import TextPiece
from desktop_app.engine.runs.router import ANALYST, Endpoint, ModelRouter
from desktop_app.engine.server import Address, serve
from tests.engine.running import KEY, assistant, ended, running, text_of, thread
from tests.engine.script import ScriptedInterpreter, ScriptedModel
from tests.harness.chat_server import ChatServer, Failure


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[AsyncOpenAI]:
    async with running(tmp_path, ScriptedModel([[TextPiece("Hi")]] * 9), ScriptedInterpreter()) as engine:
        yield engine.client


async def _upload(client: AsyncOpenAI, name: str = "a.csv", data: bytes = b"a,b\n1,2\n") -> str:
    return (await client.files.create(file=(name, data), purpose="assistants")).id


async def test_an_assistant_is_created_changed_and_deleted(client: AsyncOpenAI) -> None:
    assistants = client.beta.assistants
    file_id = await _upload(client)
    made = await assistants.create(
        model=ANALYST,
        name="Ann",
        instructions="Be brief.",
        tools=[{"type": "code_interpreter"}],
        tool_resources={"code_interpreter": {"file_ids": [file_id]}},
        metadata={"client": "1"},
        temperature=0.3,
    )
    assert await assistants.retrieve(made.id) == made
    changed = await assistants.update(made.id, name="Bea", instructions=None)
    assert (changed.name, changed.instructions, changed.temperature) == ("Bea", None, 0.3)
    assert (changed.tools, changed.tool_resources, changed.metadata) == (made.tools, made.tool_resources, made.metadata)
    assert (await assistants.delete(made.id)).deleted
    with pytest.raises(NotFoundError, match=f"No assistant found with id '{made.id}'"):
        await assistants.retrieve(made.id)


async def test_complaint_02_every_page_of_a_list_can_be_reached(client: AsyncOpenAI) -> None:
    thread_id = (await client.beta.threads.create()).id
    for number in range(45):
        await client.beta.threads.messages.create(thread_id, role="user", content=f"{number}")
    listed = [message async for message in client.beta.threads.messages.list(thread_id, order="asc")]
    newest = await client.beta.threads.messages.list(thread_id, limit=2)
    assert [message.content[0].text.value for message in listed if message.content[0].type == "text"] == [
        f"{number}" for number in range(45)
    ]
    assert [message.id for message in newest.data] == [listed[44].id, listed[43].id]


async def test_complaint_03_text_image_text_keeps_all_its_parts(client: AsyncOpenAI) -> None:
    image = await _upload(client, "a.png")
    thread_id = (await client.beta.threads.create()).id
    made = await client.beta.threads.messages.create(
        thread_id,
        role="user",
        content=[
            {"type": "text", "text": "Before"},
            {"type": "image_file", "image_file": {"file_id": image}},
            {"type": "text", "text": "after"},
        ],
    )
    found = await client.beta.threads.messages.retrieve(made.id, thread_id=thread_id)
    assert [part.type for part in found.content] == ["text", "image_file", "text"]
    assert found == made


async def test_complaint_04_two_files_of_one_name_are_both_there(tmp_path: Path) -> None:
    model, interpreter = ScriptedModel([[TextPiece("Hi")]]), ScriptedInterpreter()
    async with running(tmp_path, model, interpreter) as engine:
        client = engine.client
        first, second, third = [await _upload(client, "a.csv", data) for data in (b"one", b"two", b"three")]
        made = await client.beta.threads.create(
            tool_resources={"code_interpreter": {"file_ids": [third]}},
            messages=[
                {
                    "role": "user",
                    "content": "Compare.",
                    "attachments": [
                        {"file_id": file_id, "tools": [{"type": "code_interpreter"}]} for file_id in (first, second)
                    ],
                }
            ],
        )
        run = await client.beta.threads.runs.create(made.id, assistant_id=await assistant(client))
        await ended(client, run)
    assert sorted(interpreter.sessions[made.id].contents.values()) == [b"one", b"three", b"two"]
    (turn,) = model.requests[0].turns
    assert [file.name for file in turn.files] == ["a (2).csv", "a (3).csv"]  # type: ignore[union-attr]  # a user turn
    assert len(model.requests[0].files) == 3


async def test_a_message_changes_its_metadata_and_can_be_deleted(client: AsyncOpenAI) -> None:
    messages, thread_id = client.beta.threads.messages, await thread(client)
    (message,) = (await messages.list(thread_id)).data
    changed = await messages.update(message.id, thread_id=thread_id, metadata={"client": "1"})
    assert changed.metadata == {"client": "1"}
    assert (await messages.delete(message.id, thread_id=thread_id)).deleted
    assert (await messages.list(thread_id)).data == []


async def test_a_thread_is_changed_and_deleted(client: AsyncOpenAI) -> None:
    made = await client.beta.threads.create(metadata={"client": "1"})
    assert await client.beta.threads.retrieve(made.id) == made
    changed = await client.beta.threads.update(made.id, metadata={"client": "2"})
    assert changed.metadata == {"client": "2"}
    assert (await client.beta.threads.delete(made.id)).deleted
    with pytest.raises(NotFoundError, match=f"No thread found with id '{made.id}'"):
        await client.beta.threads.messages.list(made.id)


async def test_an_object_of_another_thread_is_not_found(client: AsyncOpenAI) -> None:
    one, other = await thread(client), await thread(client)
    (message,) = (await client.beta.threads.messages.list(one)).data
    with pytest.raises(NotFoundError, match="No message found"):
        await client.beta.threads.messages.retrieve(message.id, thread_id=other)


LONG = "x" * 256_001


WRONG_ASSISTANTS: list[tuple[dict[str, Any], str, str]] = [
    ({}, "model", "Missing required parameter: 'model'."),
    ({"model": 3}, "model", "Invalid type for 'model': expected a string, but got an integer instead."),
    ({"model": "m", "nmae": "A"}, "nmae", "Unknown parameter: 'nmae'."),
    ({"model": "m", "name": "x" * 257}, "name", "Invalid 'name': string too long."),
    ({"model": "m", "instructions": LONG}, "instructions", "Invalid 'instructions': string too long."),
    ({"model": "m", "temperature": 2.1}, "temperature", "Invalid 'temperature': decimal above maximum value."),
    ({"model": "m", "temperature": True}, "temperature", "Invalid type for 'temperature'"),
    ({"model": "m", "metadata": {"k": 1}}, "metadata.k", "Invalid type for 'metadata.k'"),
    ({"model": "m", "metadata": {"k": "x" * 513}}, "metadata.k", "Invalid 'metadata.k': string too long."),
    ({"model": "m", "metadata": {"k" * 65: "v"}}, "metadata", "Invalid 'metadata': key too long."),
    ({"model": "m", "metadata": {f"{n}": "" for n in range(17)}}, "metadata", "Invalid 'metadata': too many"),
    ({"model": "m", "tools": "x"}, "tools", "Invalid type for 'tools': expected an array"),
    ({"model": "m", "tools": [{"type": "function"}]}, "tools[0].type", "Tools of type 'function' are not offered"),
    ({"model": "m", "tools": [{"type": "file_search"}]}, "tools[0].type", "Tools of type 'file_search' are not"),
    ({"model": "m", "tools": [{}] * 129}, "tools", "Invalid 'tools': array too long."),
    ({"model": "m", "response_format": {"type": "json_object"}}, "response_format", "Only the response formats"),
    (
        {"model": "m", "tool_resources": {"code_interpreter": {"file_ids": ["f"] * 21}}},
        "tool_resources.code_interpreter.file_ids",
        "Invalid 'tool_resources.code_interpreter.file_ids': array too long.",
    ),
]


async def test_what_is_wrong_with_an_assistant_is_said(client: AsyncOpenAI) -> None:
    for body, param, message in WRONG_ASSISTANTS:
        with pytest.raises(BadRequestError) as caught:
            await client.post("/assistants", body=body, cast_to=object)
        assert caught.value.param == param
        assert message in caught.value.message


WRONG_MESSAGES: list[tuple[dict[str, Any], str]] = [
    ({"role": "user"}, "content"),
    ({"role": "robot", "content": "x"}, "role"),
    ({"role": "user", "content": ""}, "content"),
    ({"role": "user", "content": LONG}, "content"),
    ({"role": "user", "content": [{"type": "text", "text": LONG}]}, "content"),
    ({"role": "user", "content": [{"type": "image_url", "image_url": {"url": "http://a"}}]}, "content[0].type"),
    ({"role": "user", "content": ["x"]}, "content[0]"),
    ({"role": "user", "content": "x", "attachments": [{}] * 21}, "attachments"),
    ({"role": "user", "content": "x", "attachments": [{"tools": []}]}, "attachments[0].file_id"),
]


async def test_what_is_wrong_with_a_message_is_said(client: AsyncOpenAI) -> None:
    for body, param in WRONG_MESSAGES:
        thread_id = await thread(client)
        with pytest.raises(BadRequestError) as caught:
            await client.post(f"/threads/{thread_id}/messages", body=body, cast_to=object)
        assert caught.value.param == param


async def test_a_file_that_does_not_exist_is_named(client: AsyncOpenAI) -> None:
    with pytest.raises(NotFoundError, match="No file found with id 'file-x'"):
        await client.beta.threads.create(
            messages=[{"role": "user", "content": "x", "attachments": [{"file_id": "file-x"}]}]
        )


WRONG_PAGES = [{"after": "msg_x"}, {"limit": "0"}, {"limit": "x"}, {"order": "up"}]


async def test_a_page_that_makes_no_sense_is_refused(client: AsyncOpenAI) -> None:
    for cursor in WRONG_PAGES:
        thread_id = await thread(client)
        with pytest.raises(BadRequestError):
            await client.get(f"/threads/{thread_id}/messages", options={"params": cursor}, cast_to=object)


async def test_without_an_endpoint_there_is_the_analyst_alone(tmp_path: Path) -> None:
    router = ModelRouter(ScriptedModel(), lambda _url, _key: ScriptedModel(), list_models)
    async with (
        serve(tmp_path, Address("127.0.0.1", 0, KEY), router, ScriptedInterpreter()) as base_url,
        AsyncOpenAI(base_url=base_url, api_key=KEY, max_retries=0) as client,
    ):
        assert [model.id async for model in client.models.list()] == [ANALYST]
        made = await client.beta.assistants.create(model="gpt-x")
        with pytest.raises(BadRequestError, match=f"there is only '{ANALYST}'") as caught:
            await client.beta.threads.create_and_run(assistant_id=made.id)
        with pytest.raises(NotFoundError, match="The model 'a/b' does not exist"):
            await client.models.retrieve("a/b")
    assert (caught.value.code, caught.value.param) == ("model_not_found", "model")


async def test_models_of_the_endpoint_are_listed_while_it_answers(tmp_path: Path) -> None:
    router = ModelRouter(ScriptedModel(), lambda _url, _key: ScriptedModel(), list_models)
    with ChatServer(models=("library/one",)) as server:
        router.use_endpoint(Endpoint(server.base_url, server.key, "typed"))
        async with (
            serve(tmp_path, Address("127.0.0.1", 0, KEY), router, ScriptedInterpreter()) as base_url,
            AsyncOpenAI(base_url=base_url, api_key=KEY, _strict_response_validation=True) as client,
        ):
            assert [model.id async for model in client.models.list()] == [ANALYST, "typed", "library/one"]
            assert (await client.models.retrieve("library/one")).id == "library/one"
            server.models = Failure(500)
            assert [model.id async for model in client.models.list()] == [ANALYST, "typed"]


async def test_half_a_character_harms_nobody(client: AsyncOpenAI) -> None:
    made = await client.beta.threads.create()
    body = b'{"role": "user", "content": "a\\ud83db\\u0000"}'
    await client.post(f"/threads/{made.id}/messages", cast_to=object, content=body)
    (message,) = (await client.beta.threads.messages.list(made.id)).data
    assert text_of(message) == "a?b\x00"
