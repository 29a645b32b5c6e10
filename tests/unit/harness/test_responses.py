"""The tests' own service speaks as the SDK's types say, and refuses what the services refuse."""

from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

from tests.contract.scenario import Code, Decline, Say, Think, Turn
from tests.harness.responses import Dialect, ResponsesServer, ResponsesService, served
from tests.harness.responses.stream import Cut

INCLUDE: Any = ["code_interpreter_call.outputs"]
AUTO: Any = [{"type": "code_interpreter", "container": {"type": "auto"}}]
ALL: tuple[Turn, ...] = (
    Think("Hm."),
    Code("plot()", logs="1\n", picture=True, saves="a.csv"),
    Say("[Table](sandbox:/mnt/data/a.csv) für Ünna"),
    Decline("No."),
)


@pytest.fixture(params=Dialect, ids=lambda dialect: str(dialect.name))
async def service(request: pytest.FixtureRequest) -> ResponsesService:
    return ResponsesService(request.param)


@pytest.fixture
async def client(service: ResponsesService) -> AsyncIterator[AsyncOpenAI]:
    async with (
        served(service) as base_url,
        AsyncOpenAI(base_url=base_url, api_key=service.key, max_retries=0, _strict_response_validation=True) as client,
    ):
        yield client


async def begun(client: AsyncOpenAI, **more: Any) -> Any:
    conversation = await client.conversations.create(items=[{"role": "user", "content": "Go"}])
    return await client.responses.create(
        model="scripted",
        conversation=conversation.id,
        tools=AUTO,
        include=INCLUDE,
        stream=True,
        background=True,
        reasoning={"summary": "auto"},
        **more,
    )


async def test_every_event_is_of_the_documented_shape(service: ResponsesService, client: AsyncOpenAI) -> None:
    service.will(*ALL)
    events = [event async for event in await begun(client)]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    last = events[-1]
    assert last.type == "response.completed"
    assert [item.type for item in last.response.output] == ["reasoning", "code_interpreter_call", "message", "message"]
    made = last.response.output[2].content[0].annotations[0]
    data = await client.containers.files.content.retrieve(made.file_id, container_id=made.container_id)
    assert data.content == b"abc"


async def test_a_cut_stream_goes_on_after_the_last_number(service: ResponsesService, client: AsyncOpenAI) -> None:
    service.will(*ALL)
    service.cut(Cut(7, piece=5))
    stream = await begun(client)
    events = [await anext(stream) for _ in range(7)]
    with pytest.raises(openai.APIConnectionError):
        await anext(stream)
    rest = await client.responses.retrieve(events[0].response.id, stream=True, starting_after=6, include=INCLUDE)
    events += [event async for event in rest]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert events[-1].response.output[1].outputs[0].logs == "1\n"


async def test_what_the_code_printed_comes_only_if_it_is_asked_for(
    service: ResponsesService, client: AsyncOpenAI
) -> None:
    service.will(*ALL)
    events = [event async for event in await begun(client)]
    response = await client.responses.retrieve(events[0].response.id)
    assert [item.outputs for item in response.output if item.type == "code_interpreter_call"] == [None]


@pytest.mark.parametrize(
    ("body", "status", "param"),
    [
        ({"model": "nobody", "input": "x"}, (400, 404), None),
        ({"model": "scripted"}, (400,), None),
        ({"model": "scripted", "input": "x", "include": ["everything"]}, (400,), "include[0]"),
        ({"model": "scripted", "input": "x", "volume": 11}, (400,), "volume"),
        ({"model": "scripted", "input": "x", "conversation": "conv_1"}, (404,), None),
        ({"model": "scripted", "input": "x", "metadata": {"a": "x" * 513}}, (400,), "metadata.a"),
        ({"model": "scripted", "input": "x", "metadata": dict.fromkeys("abcdefghijklmnopq", "")}, (400,), "metadata"),
        ({"model": "scripted", "input": "x", "tools": [{"type": "code_interpreter"}]}, (400,), "tools[0].container"),
        (
            {"model": "scripted", "input": "x", "tools": [{"type": "code_interpreter", "container": "cntr_1"}]},
            (404,),
            None,
        ),
        ({"model": "scripted", "input": [{"role": "user", "content": "x"}] * 21}, (400,), "input"),
        ({"model": "scripted", "input": "x", "max_output_tokens": 1}, (400,), "max_output_tokens"),
    ],
)
async def test_what_is_wrong_is_refused(
    client: AsyncOpenAI, body: dict[str, object], status: tuple[int, ...], param: str | None
) -> None:
    with pytest.raises(openai.APIStatusError) as caught:
        await client.post("/responses", body=body, cast_to=object)
    assert caught.value.status_code in status
    if param is not None:
        assert caught.value.param == param


async def test_a_response_in_the_foreground_ends_with_its_stream(
    service: ResponsesService, client: AsyncOpenAI
) -> None:
    service.will(Say("Wait", hold=True))
    stream = await begun(client, extra_body={"background": False})
    response_id = (await anext(aiter(stream))).response.id
    await stream.close()
    response = service.responses[response_id]
    while not response.is_over:
        await response.news()
    assert response.status == "cancelled"


def test_it_serves_windows_from_a_thread() -> None:
    with (
        ResponsesServer(Dialect.AZURE) as server,
        openai.OpenAI(base_url=server.base_url, api_key=server.key) as client,
    ):
        assert [model.id for model in client.models.list()] == ["scripted"]
        server.will(Say("Wait", hold=True))
        conversation = client.conversations.create()
        stream = client.responses.create(model="scripted", conversation=conversation.id, background=True, stream=True)
        first = next(iter(stream))
        assert first.type == "response.created"
        server.drop_streams()
        with pytest.raises(openai.APIConnectionError):
            list(stream)
        server.release()
        rest = list(client.responses.retrieve(first.response.id, stream=True, starting_after=0))
        assert rest[-1].type == "response.completed"
        assert [request.path for request in server.requests][-2:] == ["/responses", f"/responses/{first.response.id}"]
