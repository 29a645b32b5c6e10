"""The test of an endpoint, as the dialog runs it."""

import pytest

from desktop_app.domain.entity import EndpointReport
from desktop_app.domain.error import ErrorCode
from desktop_app.engine.models.chat import check_endpoint, list_models
from tests.engine.models.chat.ask import QUICK
from tests.harness.chat_server import ChatServer, Dialect, Failure, Raw, Reply


async def check(server: ChatServer, model: str = "", *, address: str = "", key: str = "") -> EndpointReport:
    return await check_endpoint(address or server.base_url, key or server.key, model, QUICK)


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/", "/v1/chat/completions", "/v1/models", "/api/tags", "/api"])
@pytest.mark.parametrize("scheme", ["", "http://"])
async def test_finds_the_address_that_was_meant(path: str, scheme: str) -> None:
    with ChatServer(models=("b", "a")) as server:
        place = server.base_url.removeprefix("http://").removesuffix("/v1")
        report = await check(server, address=f" {scheme}{place}{path} ")
    assert report == EndpointReport(server.base_url, ("b", "a"))


async def test_finds_what_listens_everywhere() -> None:
    with ChatServer() as server:
        report = await check(server, address=server.base_url.replace("127.0.0.1", "0.0.0.0"))  # noqa: S104 - pasted so
    assert report.base_url == server.base_url


@pytest.mark.parametrize("dialect", Dialect)
async def test_a_model_that_calls_the_tool(dialect: Dialect) -> None:
    with ChatServer([Reply(code="print(6 * 7)")], dialect) as server:
        report = await check(server, "test-model")
    assert report.error is None
    assert report.can_call_tools == (dialect.value.tools == "called")


async def test_a_model_that_only_talks() -> None:
    with ChatServer([Reply("42")]) as server:
        report = await check(server, "test-model")
    assert (report.error, report.can_call_tools) == (None, False)


async def test_a_wrong_key() -> None:
    with ChatServer() as server:
        report = await check(server, key="wrong")
    assert report.error is not None
    assert (report.base_url, report.error.code) == (server.base_url, ErrorCode.UNAUTHORIZED)


async def test_a_model_that_is_not_there() -> None:
    with ChatServer([Failure(404, 'model "x" not found')]) as server:
        report = await check(server, "x")
    assert report.error is not None
    assert (report.error.code, report.error.data["model"]) == (ErrorCode.MODEL_NOT_FOUND, "x")
    assert report.models == ("test-model",)


async def test_a_server_that_lists_no_models() -> None:
    with ChatServer([Reply(code="1")], models=Failure(404, body={"detail": "Not Found"})) as server:
        report = await check(server, "test-model")
        blind = await check(server)
    assert report == EndpointReport(server.base_url, can_call_tools=True)
    assert blind.error is not None
    assert blind.error.code is ErrorCode.NOT_FOUND


async def test_nobody_there() -> None:
    with ChatServer() as server:
        pass
    report = await check(server, "test-model")
    assert report.error is not None
    assert (report.error.code, report.error.data["cause"]) == (ErrorCode.CONNECTION_FAILED, "refused")


async def test_no_address() -> None:
    report = await check_endpoint("  ", "k", "", QUICK)
    assert report.error is not None
    assert report.error.code is ErrorCode.ADDRESS_INVALID


async def test_something_else_answers() -> None:
    with ChatServer([Raw(b"<html>")], models=Failure(200, body="<html>Router</html>")) as server:
        report = await check(server, "test-model")
    assert report.error is not None
    assert (report.error.code, report.error.data["cause"]) == (ErrorCode.ADDRESS_INVALID, "html")


async def test_a_server_in_trouble() -> None:
    with ChatServer(models=Failure(502, body="<html>Bad gateway</html>")) as server:
        report = await check(server, "test-model")
    assert report.error is not None
    assert (report.base_url, report.error.code) == (server.base_url, ErrorCode.SERVER_FAILED)


async def test_lists_models() -> None:
    with ChatServer(models=("one", "two")) as server:
        assert await list_models(server.base_url, server.key, QUICK) == ("one", "two")
