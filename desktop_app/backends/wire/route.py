"""The way to a service: its address, the proxy in between, and whose certificates count.

A proxy is the one that the person named, else the system's (the environment; on Windows and macOS its settings), and
never stands between us and this computer. Certificates are those that the system trusts, and the person's own.
"""

import ipaddress
import re
import ssl
from dataclasses import dataclass, field
from urllib.request import getproxies, proxy_bypass

import httpx2

from desktop_app.domain.connection import Network
from desktop_app.domain.error import DeskError, ErrorCode

_HOST = re.compile(r"[^\s%/?#@]+")


@dataclass(frozen=True, slots=True)
class Route:
    """Where requests go.

    Attributes:
        proxy: As httpx takes it, a password included; empty for none.
        proxy_place: The proxy's host and port, to be shown.
    """

    host: str
    port: int
    path: str
    proxy: str = field(default="", repr=False)
    proxy_place: str = ""

    @property
    def place(self) -> dict[str, str]:
        """What an error says of it."""
        named = {"host": self.host, "port": str(self.port)}
        return named | {"proxy": self.proxy_place} if self.proxy else named


def find_route(base_url: str, network: Network) -> Route:
    """Works out how the service is reached.

    Raises:
        DeskError: ADDRESS_INVALID; CONNECTION_FAILED, for a proxy that is none.
    """
    url = _parsed(base_url)
    route = Route(url.host, url.port or (443 if url.scheme == "https" else 80), url.path)
    if is_loopback(url.host):
        return route
    proxy = network.proxy or _system_proxy(url)
    if not proxy:
        return route
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    try:
        parsed = httpx2.Proxy(proxy)
    except (httpx2.InvalidURL, ValueError):
        raise DeskError(
            ErrorCode.CONNECTION_FAILED, "the proxy's address is none", cause="proxy", **route.place
        ) from None
    port = parsed.url.port or (443 if parsed.url.scheme == "https" else 80)
    if parsed.url.scheme not in ("http", "https") or not parsed.url.host:
        raise _no_proxy(f"a proxy of the kind {parsed.url.scheme} cannot be used", route)
    return Route(route.host, route.port, route.path, proxy, f"{parsed.url.host}:{port}")


def trusted(network: Network) -> ssl.SSLContext:
    """Whom to trust: whom the system trusts, and the authorities of `network.ca_file`. Blocks.

    Raises:
        DeskError: FILE_MISSING or FILE_UNREADABLE, for the file.
    """
    context = httpx2.create_ssl_context()
    if not network.ca_file:
        return context
    try:
        context.load_verify_locations(cafile=network.ca_file)
    except FileNotFoundError:
        raise DeskError(ErrorCode.FILE_MISSING, name=network.ca_file, cause="certificates") from None
    except OSError as error:  # `ssl.SSLError`, for what is no certificate, is one
        words = error.strerror or str(error)
        raise DeskError(ErrorCode.FILE_UNREADABLE, words, name=network.ca_file, cause="certificates") from None
    return context


def is_loopback(host: str) -> bool:
    """Whether it is this computer."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _parsed(base_url: str) -> httpx2.URL:
    try:
        url = httpx2.URL(base_url)
    except httpx2.InvalidURL:
        raise _invalid("address") from None
    if url.scheme not in ("http", "https"):
        raise _invalid("scheme" if url.scheme else "address")
    if not url.host or not _HOST.fullmatch(url.host):
        raise _invalid("address")
    if url.userinfo:
        raise _invalid("credentials")
    return url


def _invalid(cause: str) -> DeskError:
    return DeskError(ErrorCode.ADDRESS_INVALID, "no usable http address", cause=cause)


def _no_proxy(detail: str, route: Route) -> DeskError:
    return DeskError(ErrorCode.CONNECTION_FAILED, detail, cause="proxy", **route.place)


def _system_proxy(url: httpx2.URL) -> str:
    proxies = getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all", "")
    port = url.port or (443 if url.scheme == "https" else 80)
    is_exception = proxy_bypass(f"{url.host}:{port}")  # it may be one of this port only
    return "" if not proxy or is_exception or _is_in_networks(url.host, proxies.get("no", "")) else proxy


def _is_in_networks(host: str, exceptions: str) -> bool:
    """Whether one of the exceptions, such as `10.0.0.0/8`, holds the address: `proxy_bypass` knows names only."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    for exception in exceptions.split(","):
        try:
            if address in ipaddress.ip_network(exception.strip(), strict=False):
                return True
        except ValueError:
            continue
    return False
