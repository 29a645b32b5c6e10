"""What goes wrong between us and a server: said precisely, without the key, and tried again where that helps."""

import asyncio
import contextlib
import logging
import socket
import ssl
import time
import traceback
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.domain.error import DeskError, ErrorCode
from desktop_app.engine.models.chat import ChatModel, list_models
from desktop_app.engine.port import CodeTurn, TextPiece, UserTurn
from tests.engine.models.chat.ask import QUICK, Gathered, gather, model_of, request
from tests.harness.chat_server import ChatServer, Dialect, Entry, Failure, Raw, Reply
from tests.harness.wait import until


async def failure_of(*script: Entry) -> DeskError:
    with ChatServer(script) as server:
        reply = await gather(model_of(server))
    assert reply.error is not None
    return reply.error


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.parametrize(
    ("failure", "code", "data"),
    [
        (Failure(401, "Incorrect API key"), ErrorCode.UNAUTHORIZED, {}),
        (Failure(403, "Country not supported"), ErrorCode.FORBIDDEN, {"message": "Country not supported"}),
        (Failure(404, 'model "m" not found, try pulling it first'), ErrorCode.MODEL_NOT_FOUND, {"model": "test-model"}),
        (Failure(404, "The model `m` does not exist", "model_not_found"), ErrorCode.MODEL_NOT_FOUND, {}),
        (Failure(400, "Invalid model identifier"), ErrorCode.MODEL_NOT_FOUND, {}),
        (Failure(404, body="404 page not found"), ErrorCode.NOT_FOUND, {"message": "404 page not found"}),
        (Failure(404, body="<html>nginx</html>"), ErrorCode.ADDRESS_INVALID, {"cause": "html"}),
        (Failure(405, body={"detail": "Method Not Allowed"}), ErrorCode.NOT_FOUND, {}),
        (Failure(402, "Pay"), ErrorCode.QUOTA_EXHAUSTED, {}),
        (Failure(429, "No credit", "insufficient_quota"), ErrorCode.QUOTA_EXHAUSTED, {}),
        (Failure(429, "Slow down", headers={"Retry-After": "900"}), ErrorCode.RATE_LIMITED, {"retry_after": "900"}),
        (Failure(400, "This model's maximum context length is 10 tokens"), ErrorCode.CONTEXT_TOO_LONG, {}),
        (Failure(400, "the request exceeds the available context size"), ErrorCode.CONTEXT_TOO_LONG, {}),
        (Failure(400, "No", "content_filter"), ErrorCode.CONTENT_FILTERED, {}),
        (Failure(422, body={"detail": [{"msg": "bad"}]}), ErrorCode.REQUEST_REFUSED, {"message": '[{"msg": "bad"}]'}),
        (Failure(301, headers={"Location": "/"}), ErrorCode.ADDRESS_INVALID, {"cause": "redirect"}),
        (Raw(b"<!doctype html><title>Router</title>"), ErrorCode.ADDRESS_INVALID, {"cause": "html"}),
        (Raw(b"SSH-2.0-OpenSSH_9.2\r\n\r\n", bare=True), ErrorCode.ADDRESS_INVALID, {"cause": "not_http"}),
        (Raw(b'data: {"hello": "world"}\n\n'), ErrorCode.RESPONSE_INVALID, {"cause": "no_choices"}),
        (Raw(b"data: {broken\n\n"), ErrorCode.RESPONSE_INVALID, {"cause": "not_json"}),
        (Raw(b'data: {"error": {"message": "CUDA out of memory"}}\n\n'), ErrorCode.SERVER_FAILED, {}),
        (
            Raw(b'event: error\ndata: {"message": "Boom", "code": 500}\n\n'),
            ErrorCode.SERVER_FAILED,
            {"message": "Boom"},
        ),
        (Raw(b"event: error\ndata: Boom\n\n"), ErrorCode.SERVER_FAILED, {"message": "Boom"}),
        (Raw(b'{"object": "error", "message": "Boom", "code": 400}'), ErrorCode.REQUEST_REFUSED, {"message": "Boom"}),
        (Raw(b'{"error": "Boom"}'), ErrorCode.SERVER_FAILED, {"message": "Boom"}),
        (Reply(), ErrorCode.RESPONSE_INVALID, {"cause": "empty"}),
    ],
)
async def test_a_failure_is_named(failure: Entry, code: ErrorCode, data: dict[str, str]) -> None:
    # Twice or thrice, because a vague refusal is tried again without what servers refuse most.
    error = await failure_of(failure, failure, failure)
    assert error.code is code
    assert data.items() <= dict(error.info.data).items()


async def test_nobody_there() -> None:
    error = (await gather(ChatModel(f"http://127.0.0.1:{free_port()}/v1", "k", QUICK))).error
    assert error is not None
    assert (error.code, error.info.data["cause"]) == (ErrorCode.CONNECTION_FAILED, "refused")
    assert error.info.data["host"] == "127.0.0.1"


async def test_no_such_name() -> None:
    error = (await gather(ChatModel("http://nobody.invalid/v1", "k", QUICK))).error
    assert error is not None
    assert (error.code, error.info.data["cause"]) == (ErrorCode.CONNECTION_FAILED, "name")


async def test_http_where_https_is_expected() -> None:
    with ChatServer() as server:
        error = (await gather(ChatModel(server.base_url.replace("http:", "https:"), "k", QUICK))).error
    assert error is not None
    assert (error.code, error.info.data["cause"]) == (ErrorCode.ADDRESS_INVALID, "not_tls")


@contextlib.asynccontextmanager
async def self_signed_server() -> AsyncIterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).with_name("self_signed.pem"))

    def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"https://localhost:{server.sockets[0].getsockname()[1]}/v1"


async def test_a_certificate_nobody_vouches_for() -> None:
    async with self_signed_server() as address:
        error = (await gather(ChatModel(address, "k", QUICK))).error
    assert error is not None
    assert (error.code, error.info.data["cause"]) == (ErrorCode.CERTIFICATE_INVALID, "untrusted")


@pytest.mark.parametrize("address", ["ftp://localhost/v1", "http:///v1", "nonsense", "http://[::1/v1"])
async def test_no_address_at_all(address: str) -> None:
    error = (await gather(ChatModel(address, "k", QUICK))).error
    assert error is not None
    assert error.code is ErrorCode.ADDRESS_INVALID


@pytest.mark.parametrize(
    "failure",
    [
        Failure(500, "Oops"),
        Failure(503, body="<html>Bad gateway</html>"),
        Failure(429, "Slow down", headers={"Retry-After": "0.01"}),
        Failure(429, "Slow down", headers={"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}),
        Raw(b""),
        Raw(b"", bare=True),
    ],
)
async def test_what_may_pass_is_tried_again_once(failure: Entry) -> None:
    with ChatServer([failure, Reply("Hi.")]) as server:
        assert (await gather(model_of(server))).text == "Hi."
        server.add(failure, failure, Reply("Never asked."))
        assert (await gather(model_of(server))).error is not None
    assert len(server.requests) == 4


async def test_a_server_that_loads_its_model_is_waited_for() -> None:
    loading = Failure(503, body={"error": {"code": 503, "message": "Loading model"}})
    with ChatServer([loading, loading, loading, Reply("Hi.")]) as server:
        assert (await gather(model_of(server))).text == "Hi."


async def test_a_conversation_that_is_too_long_is_sent_shorter() -> None:
    step = CodeTurn("c", "print(df)", "x" * 15_000)
    turns = [turn for number in range(4) for turn in (UserTurn(f"q{number}"), step)]
    too_long = Failure(400, "maximum context length exceeded", "context_length_exceeded")
    with ChatServer([too_long, too_long, Reply("Hi."), Reply("Again.")]) as server:
        model = model_of(server)
        assert (await gather(model, request(*turns))).text == "Hi."
        assert (await gather(model, request(*turns))).text == "Again."
    first, second, third, after = (len(str(asked["messages"])) for asked in server.requests)
    assert first > second > third
    assert after == third


async def test_a_server_that_names_nothing_is_asked_without_extras() -> None:
    vague = Failure(400, "Bad request")
    with ChatServer([vague, Reply("Hi.")]) as server:
        assert (await gather(model_of(server))).text == "Hi."
    assert ["stream_options" in asked for asked in server.requests] == [True, False]


@pytest.mark.parametrize(
    "message",
    [
        "tools param requires --jinja flag",
        '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set',
        "m does not support function calling",
        "No endpoints found that support tool use.",
        "Tool calling is not supported by this model",
        "Unsupported parameter: tools",
        "Extra inputs are not permitted: tools",
    ],
)
async def test_no_tools_means_fenced_blocks(message: str) -> None:
    with ChatServer([Failure(400, message), Reply("```python\n1\n```")]) as server:
        assert (await gather(model_of(server))).code == ["1"]
    assert "tools" not in server.requests[1]


@pytest.mark.parametrize("dialect", [Dialect.OPENAI, Dialect.IGNORES_TOOLS, Dialect.REFUSES_TOOLS, Dialect.ODD_EVENTS])
async def test_a_dropped_stream_keeps_what_came(dialect: Dialect) -> None:
    with ChatServer([Reply("It is\n``", drops=True)], dialect) as server:
        reply = await gather(model_of(server))
    assert reply.error is not None
    assert (reply.text, reply.error.code) == ("It is\n``", ErrorCode.STREAM_DROPPED)


async def test_a_stream_dropped_in_a_call_keeps_what_came() -> None:
    with ChatServer([Reply("It is", "print(", drops=True)]) as server:
        reply = await gather(model_of(server))
    assert reply.error is not None
    assert (reply.text, reply.code, reply.error.code) == ("It is", ["print("], ErrorCode.STREAM_DROPPED)


async def test_a_stream_that_just_ends_is_dropped() -> None:
    error = await failure_of(Raw(b'data: {"choices": [{"delta": {"content": "It is"}}]}\n\n'))
    assert error.code is ErrorCode.STREAM_DROPPED


async def test_an_error_in_the_middle_keeps_what_came() -> None:
    body = b'data: {"choices": [{"delta": {"content": "It is"}}]}\n\ndata: {"error": {"message": "Boom"}}\n\n'
    with ChatServer([Raw(body)]) as server:
        gathered = await gather(model_of(server))
    assert gathered.text == "It is"
    assert gathered.error is not None
    assert gathered.error.info.data["message"] == "Boom"


async def test_silence_has_an_end() -> None:
    with ChatServer([Reply("It is", hangs=True)]) as server:
        began = time.monotonic()
        reply = await gather(model_of(server, replace(QUICK, idle=0.2)))
    assert reply.error is not None
    assert (reply.text, reply.error.code) == ("It is", ErrorCode.TIMED_OUT)
    assert time.monotonic() - began < 4


@pytest.mark.parametrize("dialect", [Dialect.OPENAI, Dialect.REFUSES_TOOLS])
async def test_closing_the_iterator_closes_the_connection(dialect: Dialect) -> None:
    with ChatServer([Reply("Once upon a time", hangs=True)], dialect) as server:
        events = model_of(server).reply(request())
        assert isinstance(await anext(events), TextPiece)
        await events.aclose()
        await until(server.abandoned.is_set)


async def test_cancelling_the_task_closes_the_connection() -> None:
    with ChatServer([Reply("Once", hangs=True)]) as server:
        gathered = Gathered()

        async def listen() -> None:
            async for event in model_of(server).reply(request()):
                gathered.add(event)

        task = asyncio.create_task(listen())
        await until(lambda: gathered.text)
        task.cancel()
        await asyncio.wait([task])
        await until(server.abandoned.is_set)


async def test_complaint_16_the_key_is_in_no_log_and_no_exception(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with ChatServer(needs_key=False) as server:
        server.add(Failure(400, f"bad key {server.key}"), Failure(400, f"bad key {server.key}"), Reply("Hi."))
        model = model_of(server)
        error = (await gather(model)).error
        assert error is not None
        shown = [repr(model), repr(vars(error)), *traceback.format_exception(error)]
        await gather(model)
        with pytest.raises(DeskError) as caught:
            await list_models(server.base_url, f"{server.key}\nx")
        shown += traceback.format_exception(caught.value)
    assert caught.value.code is ErrorCode.UNAUTHORIZED
    assert "bad key ***" in error.info.detail
    assert server.key not in "".join(shown) + caplog.text
