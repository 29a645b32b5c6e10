"""How services are reached: proxies, certificates, patience, and what is said when they are not."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from desktop_app.backends.wire.client import Client
from desktop_app.domain.connection import Network
from desktop_app.domain.error import DeskError, ErrorCode
from tests.contract.certificate import Authority
from tests.contract.proxy import Proxy
from tests.contract.reach import FAR, answer_of, error_of, key, served
from tests.contract.scripted_service import Reply, ScriptedService, as_json


@pytest.fixture(autouse=True)
def no_proxy_of_this_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
async def proxy(service: ScriptedService) -> AsyncIterator[Proxy]:
    service.will_answer(as_json({"id": "it"}))
    async with Proxy(service.port).running() as proxy:
        yield proxy


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


# --- proxies ----------------------------------------------------------------------------------------------


async def test_requests_go_through_the_proxy_that_a_person_names(proxy: Proxy) -> None:
    assert await answer_of(FAR, Network(proxy=proxy.address)) == "it"
    assert proxy.asked == ["GET http://service.test/v1/thing HTTP/1.1"]


async def test_the_systems_proxy_is_used_unless_it_makes_an_exception(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://{proxy.address}")
    assert await answer_of(FAR, Network()) == "it"
    monkeypatch.setenv("no_proxy", "elsewhere.test,service.test")
    assert (await error_of(FAR, Network())).info.data["cause"] == "name"
    assert len(proxy.asked) == 1


async def test_no_proxy_comes_between_us_and_this_computer(
    service: ScriptedService, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://{proxy.address}")
    assert await answer_of(service.base_url, Network(proxy=proxy.address)) == "it"
    assert proxy.asked == []


async def test_https_goes_through_a_tunnel(authority: Authority) -> None:
    service = ScriptedService()
    service.will_answer(as_json({"id": "it"}))
    async with service.running(authority.server()), Proxy(service.port).running() as proxy:
        network = Network(proxy=f"http://{proxy.address}", ca_file=str(authority.ca_file))
        assert await answer_of("https://service.test/v1", network) == "it"
        assert proxy.asked == ["CONNECT service.test:443 HTTP/1.1"]


@pytest.mark.parametrize("base_url", [FAR, "https://service.test/v1"])
async def test_a_proxy_that_wants_a_login_gets_it_or_says_so(proxy: Proxy, base_url: str) -> None:
    proxy.login = "me:proxy-password"
    error = await error_of(base_url, Network(proxy=proxy.address))
    assert error.code is ErrorCode.CONNECTION_FAILED
    assert error.info.data["cause"] == "proxy"
    assert error.info.data["status"] == "407"
    assert error.info.data["host"] == "service.test"
    assert error.info.data["proxy"] == proxy.address


async def test_the_login_in_a_proxys_address_is_sent_to_it_and_never_shown(proxy: Proxy) -> None:
    proxy.login = "me:proxy-password"
    network = Network(proxy=f"http://{proxy.login}@{proxy.address}")
    assert await answer_of(FAR, network) == "it"
    proxy.status = 502
    assert "proxy-password" not in repr((await error_of("https://service.test/v1", network)).info)


async def test_a_proxy_that_refuses_a_host(proxy: Proxy) -> None:
    proxy.status = 403
    error = await error_of("https://service.test/v1", Network(proxy=proxy.address))
    assert (error.code, error.info.data["cause"]) == (ErrorCode.CONNECTION_FAILED, "proxy")
    assert error.info.data["status"] == "403"


@pytest.mark.parametrize("proxy", ["127.0.0.1:1", "nowhere.invalid:80", "socks5://127.0.0.1:1", "ftp://x", "http://"])
async def test_a_proxy_that_is_not_there(proxy: str) -> None:
    error = await error_of(FAR, Network(proxy=proxy))
    assert (error.code, error.info.data["cause"]) == (ErrorCode.CONNECTION_FAILED, "proxy")
    assert error.info.data["host"] == "service.test"


# --- certificates -----------------------------------------------------------------------------------------


async def test_a_companys_certificates_are_trusted_once_they_are_named(authority: Authority) -> None:
    service = ScriptedService()
    service.will_answer(as_json({"id": "it"}))
    async with service.running(authority.server()):
        assert await answer_of(service.base_url, Network(ca_file=str(authority.ca_file))) == "it"
        error = await error_of(service.base_url, Network())
    assert (error.code, error.info.data["cause"]) == (ErrorCode.CERTIFICATE_INVALID, "untrusted")
    assert error.info.data["host"] == "127.0.0.1"
    assert error.info.data["port"] == str(service.port)


@pytest.mark.parametrize(
    ("names", "days", "cause"), [("IP:127.0.0.1", -1, "expired"), ("DNS:another.test", 7, "hostname")]
)
async def test_a_certificate_that_is_too_old_or_anothers(
    authority: Authority, names: str, days: int, cause: str
) -> None:
    service = ScriptedService()
    async with service.running(authority.server(names, days)):
        error = await error_of(service.base_url, Network(ca_file=str(authority.ca_file)))
    assert (error.code, error.info.data["cause"]) == (ErrorCode.CERTIFICATE_INVALID, cause)


async def test_a_file_of_certificates_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "text.pem").write_text("hello")
    for name, code in (("text.pem", ErrorCode.FILE_UNREADABLE), ("missing.pem", ErrorCode.FILE_MISSING)):
        error = await error_of(FAR, Network(ca_file=str(tmp_path / name)))
        assert (error.code, error.info.data["name"]) == (code, str(tmp_path / name))


async def test_the_systems_certificates_count(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.ca_file))
    service = ScriptedService()
    service.will_answer(as_json({"id": "it"}))
    async with service.running(authority.server()):
        assert await answer_of(service.base_url, Network()) == "it"


async def test_an_encrypted_stream_that_breaks_is_a_broken_connection(authority: Authority) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        event = b"event: a\ndata: {}\n\n"
        writer.write(b"HTTP/1.1 200 x\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(event), event))
        await writer.drain()
        await reader.readexactly(2)  # the body, which comes after the head
        writer.transport.abort()

    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=authority.server()) as server:
        base_url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        client = Client(base_url, key, Network(ca_file=str(authority.ca_file)))
        stream = client.stream("/events", {})
        assert await anext(stream) == ("a", {})
        with pytest.raises(DeskError) as caught:
            await anext(stream)
        await client.aclose()
    assert (caught.value.code, caught.value.info.data["cause"]) == (ErrorCode.CONNECTION_FAILED, "reset")


async def test_https_where_only_http_is_spoken() -> None:
    async with served(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        error = await error_of(f"https://127.0.0.1:{port}/v1", Network())
    assert (error.code, error.info.data["cause"]) == (ErrorCode.ADDRESS_INVALID, "not_tls")


# --- what else can be in the way --------------------------------------------------------------------------


async def test_the_causes_of_a_failed_connection_are_told_apart() -> None:
    async with served(b"220 mail.test ESMTP\r\n\r\n") as mail, served(b"") as silent:
        for address, code, cause in (
            ("127.0.0.1:1", ErrorCode.CONNECTION_FAILED, "refused"),
            ("localhost:1", ErrorCode.CONNECTION_FAILED, "refused"),
            ("nowhere.invalid", ErrorCode.CONNECTION_FAILED, "name"),
            (f"127.0.0.1:{silent}", ErrorCode.CONNECTION_FAILED, "reset"),
            (f"127.0.0.1:{mail}", ErrorCode.ADDRESS_INVALID, "not_http"),
        ):
            error = await error_of(f"http://{address}/v1", Network())
            assert (error.code, error.info.data["cause"]) == (code, cause)
            assert error.info.data["host"] == address.partition(":")[0]
            assert error.info.detail


@pytest.mark.parametrize(
    ("base_url", "cause"),
    [
        ("ftp://127.0.0.1/v1", "scheme"),
        ("nonsense", "address"),
        ("http://", "address"),
        ("http://exa mple/", "address"),
        ("https://me:password@service.test/v1", "credentials"),
    ],
)
async def test_an_address_that_is_none(base_url: str, cause: str) -> None:
    error = await error_of(base_url, Network())
    assert (error.code, error.info.data["cause"]) == (ErrorCode.ADDRESS_INVALID, cause)
    assert "password" not in repr(error.info)


async def test_a_page_where_a_service_should_be(service: ScriptedService) -> None:
    service.will_answer(Reply(200, b"<html>Sign in to the guest network</html>", {"content-type": "text/html"}))
    error = await error_of(service.base_url, Network())
    assert (error.code, error.info.data["cause"]) == (ErrorCode.ADDRESS_INVALID, "html")


async def test_connecting_takes_no_longer_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_arguments: object, **_options: object) -> object:
        return await asyncio.Event().wait()

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", never)
    error = await error_of(FAR, Network(connect_seconds=0.05))
    assert (error.code, error.info.data["cause"]) == (ErrorCode.TIMED_OUT, "connect")
