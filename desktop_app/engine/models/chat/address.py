"""Makes of what people paste the base addresses worth trying."""

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from desktop_app.domain.error import DeskError, ErrorCode

_SCHEME = re.compile(r"^(https?):/*", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_ENDPOINT = re.compile(
    r"/(chat/completions|completions|chat|responses|embeddings|models(/.*)?|api/(v0|chat|generate|tags|show)(/.*)?|api)$"
)
_VERSION = re.compile(r"/v\d+(beta|alpha)?\d*(/openai)?$")
_UNSPECIFIED = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where a server listens, not where it is


def candidates(pasted: str) -> tuple[str, ...]:
    """Returns the base addresses to try, likeliest first, each without a slash at its end.

    Without a scheme, computers nearby are asked over http first, all others over https only. An http address far away
    is tried over https first, lest the key goes unencrypted where it need not.

    Raises:
        DeskError: ADDRESS_INVALID.
    """
    address = "".join(pasted.split()).strip("\"'<>`\u200b\ufeff")
    if not _SCHEME.match(address) and _OTHER_SCHEME.match(address):
        raise _invalid("scheme")
    scheme = _SCHEME.match(address)
    parts = _split(f"{scheme[1].lower()}://{address[scheme.end() :]}" if scheme else f"http://{address}")
    host = _UNSPECIFIED.get(parts.hostname or "", parts.hostname or "")
    place = f"[{host}]" if ":" in host else host
    if parts.port is not None:
        place = f"{place}:{parts.port}"
    schemes: tuple[str, ...] = ("http", "https") if is_near(host) else ("https",)
    if scheme:
        schemes = ("https", "http") if parts.scheme == "http" and not is_near(host) else (parts.scheme,)
    return tuple(f"{each}://{place}{path}" for each in schemes for path in _paths(parts.path))


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise _invalid("address") from None
    if not parts.hostname or port == 0:
        raise _invalid("address")
    if parts.username is not None:
        raise _invalid("credentials")
    return parts


def _paths(path: str) -> tuple[str, ...]:
    path = re.sub(r"/+", "/", path).rstrip("/")
    base = _ENDPOINT.sub("", path)
    if _VERSION.search(base):
        return (base,)
    # An `/api` at the end is Ollama's or LM Studio's own, but also the base address of some clouds.
    rest = (path,) if path.endswith("/api") else ()
    return (f"{base}/v1", base, *rest) if not base else (base, f"{base}/v1", *rest)


def is_near(host: str) -> bool:
    """Whether a host is this computer or one of the local network, where servers seldom have a certificate."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".localhost", ".lan", ".internal", ".home.arpa"))


def is_loopback(host: str) -> bool:
    """Whether a host is this computer."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _invalid(cause: str) -> DeskError:
    return DeskError(ErrorCode.ADDRESS_INVALID, f"no usable http address: {cause}", cause=cause)
