"""Which way requests go."""

import pytest

from desktop_app.backends.wire.route import Route, find_route, is_loopback
from desktop_app.domain.connection import Network

NAMED = Network(proxy="proxy.test:3128")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


def test_without_a_proxy() -> None:
    assert find_route("https://service.test/v1", Network()) == Route("service.test", 443, "/v1")
    assert find_route("http://service.test:81/v1", Network()) == Route("service.test", 81, "/v1")


def test_a_person_may_leave_out_what_every_proxy_has() -> None:
    route = find_route("https://service.test/v1", NAMED)
    assert (route.proxy, route.proxy_place) == ("http://proxy.test:3128", "proxy.test:3128")
    assert route.place == {"host": "service.test", "port": "443", "proxy": "proxy.test:3128"}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "[::1]", "localhost", "app.localhost"])
def test_this_computer_is_reached_directly(host: str) -> None:
    assert find_route(f"http://{host}:8000/v1", NAMED).proxy == ""


@pytest.mark.parametrize("host", ["10.0.0.1", "localhost.test", "service.test"])
def test_other_computers_are_not_this_one(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("exceptions", "is_used"),
    [("", True), ("service.test", False), (".test", False), ("*", False), ("other.test", True)],
)
def test_the_systems_proxy_and_its_exceptions(environment: pytest.MonkeyPatch, exceptions: str, is_used: bool) -> None:
    environment.setenv("https_proxy", "http://me:secret@proxy.test:8080")
    environment.setenv("no_proxy", exceptions)
    route = find_route("https://service.test/v1", Network())
    assert route.proxy_place == ("proxy.test:8080" if is_used else "")
    assert "secret" not in str(route.place)


@pytest.mark.parametrize(("exceptions", "is_used"), [("service.test:8443", False), ("service.test:1", True)])
def test_one_port_may_be_an_exception(environment: pytest.MonkeyPatch, exceptions: str, is_used: bool) -> None:
    environment.setenv("https_proxy", "http://me:secret@proxy.test:8080")
    environment.setenv("no_proxy", exceptions)
    route = find_route("https://service.test:8443/v1", Network())
    assert bool(route.proxy) is is_used
    assert "secret" not in repr(route)


@pytest.mark.parametrize(("address", "is_used"), [("10.1.2.3", False), ("11.1.2.3", True)])
def test_a_network_may_be_an_exception(environment: pytest.MonkeyPatch, address: str, is_used: bool) -> None:
    environment.setenv("all_proxy", "http://proxy.test:8080")
    environment.setenv("no_proxy", "localhost, 10.0.0.0/8")
    assert bool(find_route(f"http://{address}/v1", Network()).proxy) is is_used


def test_a_named_proxy_goes_before_the_systems(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("https_proxy", "http://other.test:8080")
    environment.setenv("no_proxy", "service.test")
    assert find_route("https://service.test/v1", NAMED).proxy_place == "proxy.test:3128"
