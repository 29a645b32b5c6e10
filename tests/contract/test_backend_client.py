"""Requests to services: who asks, how often, for how long, and streams that end anywhere."""

import asyncio
import json
from pathlib import Path

import pytest

from desktop_app.backends.wire.client import Client
from desktop_app.domain.connection import Network, RateLimits
from desktop_app.domain.error import DeskError, ErrorCode
from tests.contract.reach import answer_of, error_of, key, served
from tests.contract.scripted_service import Reply, Request, ScriptedService, as_events, as_json
from tests.contract.wire import KEY


async def test_a_question_is_not_sent_on_to_another_address(service: ScriptedService) -> None:
    service.will_answer(Reply(307, b"", {"location": f"http://127.0.0.1:{service.port}/elsewhere"}))
    client = Client(service.base_url, key, Network())
    with pytest.raises(DeskError) as caught:
        await client.post("/thing", {})
    assert (caught.value.code, caught.value.info.data["cause"]) == (ErrorCode.ADDRESS_INVALID, "redirect")
    assert len(service.requests) == 1
    await client.aclose()


async def test_a_key_does_not_follow_a_redirection_to_another_host(service: ScriptedService) -> None:
    service.will_answer(
        Reply(302, b"", {"location": f"http://localhost:{service.port}/elsewhere"}), as_json({"id": "it"})
    )
    assert await answer_of(service.base_url, Network()) == "it"
    assert [request.headers.get("authorization") for request in service.requests] == [f"Bearer {KEY}", None]


# --- patience ---------------------------------------------------------------------------------------------


async def test_an_answer_that_does_not_begin_is_not_waited_for_for_ever() -> None:
    async with served(b"", hold=True) as port:
        client = Client(f"http://127.0.0.1:{port}/v1", key, Network(connect_seconds=0.1, answer_seconds=0.1))
        for asking in (client.get("/thing", once=True), anext(client.stream("/thing", {}))):
            with pytest.raises(DeskError) as caught:
                await asking
            assert (caught.value.code, caught.value.info.data["cause"]) == (ErrorCode.TIMED_OUT, "silence")
        await client.aclose()


async def test_a_person_who_signs_in_has_longer_than_a_service(service: ScriptedService) -> None:
    async def signing_in() -> str:
        await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=1.1)
        return KEY

    service.will_answer(as_events(("a", {})))
    client = Client(service.base_url, signing_in, Network(connect_seconds=0.5, answer_seconds=0.5))
    assert await anext(client.stream("/events", {})) == ("a", {})
    await client.aclose()


async def test_a_stream_that_falls_silent_is_not_waited_for_for_ever() -> None:
    head = b"HTTP/1.1 200 x\r\ncontent-type: text/event-stream\r\n\r\n"
    async with served(head + b"event: a\ndata: {}\n\n", hold=True) as port:
        client = Client(f"http://127.0.0.1:{port}/v1", key, Network(silence_seconds=0.1))
        stream = client.stream("/stream", {})
        assert await anext(stream) == ("a", {})
        with pytest.raises(DeskError) as caught:
            await anext(stream)
        assert (caught.value.code, caught.value.info.data["cause"]) == (ErrorCode.TIMED_OUT, "silence")
        await client.aclose()


# --- who asks ---------------------------------------------------------------------------------------------


async def test_every_request_asks_for_a_fresh_token_uploads_and_repeated_ones_too(
    service: ScriptedService, tmp_path: Path
) -> None:
    tokens = iter(f"token-{number}" for number in range(9))

    async def fresh() -> str:
        return next(tokens)

    (tmp_path / "a").write_text("a")
    service.will_answer(
        as_json({}, 500, retry_after="0"), as_json({"id": "it"}), as_json({"id": "file"}), as_events(("a", {})), Reply()
    )
    client = Client(service.base_url, fresh, Network(), query={"api-version": "v1"}, headers={"x-mine": "1"})
    await client.get("/thing")
    await client.upload(tmp_path / "a", "a", lambda _done, _total: None, purpose="user_data")
    assert [name async for name, _ in client.stream_get("/events", {"after": "7"})] == ["a"]
    await client.download("/containers/c/files/f/content", tmp_path / "b", lambda _done, _total: None)
    await client.aclose()
    sent = [request.headers["authorization"] for request in service.requests]
    assert sent == [f"Bearer token-{number}" for number in range(5)]
    assert {request.headers["x-mine"] for request in service.requests} == {"1"}
    assert [request.path for request in service.requests[2:]] == [
        "/v1/files?api-version=v1",
        "/v1/events?api-version=v1&after=7",
        "/v1/containers/c/files/f/content?api-version=v1",
    ]
    assert b'name="purpose"\r\n\r\nuser_data\r\n' in service.requests[2].body


async def test_no_key_of_the_environment_is_sent(service: ScriptedService, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "AZURE_OPENAI_API_KEY"):
        monkeypatch.setenv(name, "sk-of-the-environment")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: Bearer sk-of-the-environment")
    service.will_answer(as_json({"id": "it"}))
    assert await answer_of(service.base_url, Network()) == "it"
    (request,) = service.requests
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert "sk-of-the-environment" not in str(request.headers)


async def test_a_body_that_is_not_compressed_as_it_says_is_invalid(service: ScriptedService) -> None:
    service.will_answer(Reply(200, b"{}", {"content-type": "application/json", "content-encoding": "gzip"}))
    assert (await error_of(service.base_url, Network())).code is ErrorCode.RESPONSE_INVALID


async def test_old_tokens_stay_out_of_errors_as_well(service: ScriptedService) -> None:
    tokens = iter(("token-first", "token-second"))

    async def fresh() -> str:
        return next(tokens)

    def refuse(_request: Request) -> Reply:
        return as_json({"error": {"message": "token-first, token-second", "code": "token-first"}}, 401)

    service.will_answer(as_json({}), refuse)
    client = Client(service.base_url, fresh, Network())
    await client.get("/thing")
    with pytest.raises(DeskError) as caught:
        await client.get("/thing")
    assert "token-" not in repr(caught.value.info)
    await client.aclose()


async def test_a_sign_in_that_fails_says_its_own_error() -> None:
    async def failing() -> str:
        raise DeskError(ErrorCode.SIGN_IN_FAILED, cause="cancelled")

    client = Client("http://127.0.0.1:1/v1", failing, Network())
    with pytest.raises(DeskError) as caught:
        await client.get("/thing")
    assert caught.value.code is ErrorCode.SIGN_IN_FAILED
    await client.aclose()


async def test_nothing_that_starts_something_is_sent_twice(service: ScriptedService) -> None:
    client = Client(service.base_url, key, Network())
    for status in (408, 409, 429, 500, 503):
        service.requests.clear()
        service.will_answer(as_json({}, status, retry_after="0", x_should_retry="true"))
        with pytest.raises(DeskError):
            await client.post("/threads", {})
        with pytest.raises(DeskError):
            await anext(client.stream("/threads", {}))
        assert len(service.requests) == 2
    await client.aclose()


async def test_text_that_was_cut_in_the_middle_of_a_character_can_be_sent(service: ScriptedService) -> None:
    service.will_answer(as_json({"id": "it"}))
    client = Client(service.base_url, key, Network())
    await client.post("/thing", {"content": "\ud83d" + "\ude00 and \ud83d"})
    await client.aclose()
    assert service.requests[0].json == {"content": "😀 and \ufffd"}


async def test_a_key_that_comes_back_in_the_middle_of_a_stream_stays_out_of_its_errors(
    service: ScriptedService,
) -> None:
    flat = {"message": f"Wrong key: {KEY}", "code": "x"}
    service.will_answer(
        as_events(
            ("error", flat), ("error", {"error": flat}), ("response.failed", {"response": {"id": "r", "error": flat}})
        )
    )
    client = Client(service.base_url, key, Network())
    told, _ = await pairs_of(client)
    service.will_answer(as_json({"id": "r", "error": flat, "last_error": flat}))
    told.append(await client.get("/responses/r"))
    await client.aclose()
    assert len(told) == 4
    assert KEY not in repr(told)


async def test_a_limit_is_not_waited_for_where_nobody_sees_it(service: ScriptedService) -> None:
    service.will_answer(as_json({}, 429, retry_after="30"))
    client = Client(service.base_url, key, Network())
    with pytest.raises(DeskError) as caught:
        await client.get("/thing")
    assert (caught.value.code, caught.value.info.data["retry_after"]) == (ErrorCode.RATE_LIMITED, "30")
    service.will_answer(as_json({}, 503, retry_after="30"))
    with pytest.raises(DeskError) as caught:
        await client.get("/thing")
    assert caught.value.code is ErrorCode.SERVER_FAILED
    assert len(service.requests) == 2
    await client.aclose()


# --- streams ----------------------------------------------------------------------------------------------

EVENTS = (("thread.run.created", {"id": "run_1", "note": "grüße 🌍"}), ("thread.run.queued", {"id": "run_1"}))


async def pairs_of(client: Client) -> tuple[list[object], ErrorCode | None]:
    told: list[object] = []
    stream = client.stream("/events", {})
    try:
        while True:
            told.append(await anext(stream))
    except StopAsyncIteration:
        return told, None
    except DeskError as error:
        return told, error.code


@pytest.mark.parametrize("is_announced", [True, False])
async def test_a_stream_cut_anywhere_tells_whole_events_and_no_others(
    service: ScriptedService, is_announced: bool
) -> None:
    lines = [f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n" for name, data in EVENTS]
    whole = "".join(lines).encode()
    in_a_character = whole.index("🌍".encode()) + 2
    client = Client(service.base_url, key, Network())
    for end in (*range(0, len(whole), 5), in_a_character, len(whole)):
        service.will_answer(Reply(200, whole[:end], {"content-type": "text/event-stream"}, cut=is_announced))
        told, code = await pairs_of(client)
        assert told == list(EVENTS)[: len(told)]
        assert code is (ErrorCode.CONNECTION_FAILED if is_announced else None)
    await client.aclose()


async def test_events_without_a_name_are_named_by_their_type_and_errors_are_flat(service: ScriptedService) -> None:
    events = (
        b'data: {"type": "response.created", "sequence_number": 0}\n\n'
        b'event: error\ndata: {"type": "error", "error": {"message": "M", "code": "c"}}\n\n'
        b'event: error\ndata: {"message": "F", "code": "d"}\n\n'
        b'data: {"error": {"message": "N"}}\n\n'
        b'event: response.failed\ndata: {"type": "response.failed", "error": {"message": "its own"}}\n\n'
        b"data: [1]\n\n"
    )
    service.will_answer(Reply(200, events, {"content-type": "text/event-stream"}))
    client = Client(service.base_url, key, Network())
    told, code = await pairs_of(client)
    assert told == [
        ("response.created", {"type": "response.created", "sequence_number": 0}),
        ("error", {"message": "M", "code": "c"}),
        ("error", {"message": "F", "code": "d"}),
        ("error", {"message": "N"}),
        ("response.failed", {"type": "response.failed", "error": {"message": "its own"}}),
    ]
    assert code is None
    await client.aclose()


async def test_limits_and_the_requests_id_come_with_the_first_event(service: ScriptedService) -> None:
    reply = as_events(("a", {}))
    headers = {**reply.headers, "x-ratelimit-remaining-tokens": "7", "apim-request-id": "apim_1"}
    service.will_answer(Reply(200, reply.body, headers))
    client = Client(service.base_url, key, Network())
    stream = client.stream("/events", {})
    await anext(stream)
    assert (stream.limits, stream.request_id) == (RateLimits(tokens_left=7), "apim_1")
    await stream.aclose()
    await client.aclose()
