"""The address in what a person pastes, whatever stands around it."""

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, parse_qsl, urlsplit

_LONGEST = 4096
_SURROUNDING = " \t\r\n\"'`<>(){},;\u2018\u2019\u201c\u201d\u200b\u2060\ufeff"
_ASSIGNMENT = re.compile(r"(?:export\s+|setx?\s+)?[A-Za-z_$][\w$:.-]*[\"']?\s*(?:=|:(?=\s))\s*")
_URL = re.compile(r"https?:/+[^\s\"'`<>|,;)}\u2018\u2019\u201c\u201d\u200b\u2060\ufeff]+", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_KEY = re.compile(r"sk-[\w-]{16,}|[A-Za-z0-9]{32,}")
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*")
_UNSPECIFIED = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where a server listens, not where it is


class Problem(StrEnum):
    """Why what was pasted cannot be used as it is."""

    EMPTY = "empty"
    ADDRESS = "address"  # no address at all
    SCHEME = "scheme"  # neither http nor https
    CREDENTIALS = "credentials"  # a name or a password stands in it
    KEY = "key"  # it is a key
    PORTAL = "portal"  # the page of a portal, where the endpoint is shown
    HUB = "hub"  # a project of an Azure AI hub, which has no such endpoint
    CHAT_ONLY = "chat_only"  # it speaks chat completions alone: something for this computer's engine
    PROJECT_MISSING = "project_missing"  # the resource is named, but not the project (/api/projects/NAME)
    RETIRED = "retired"  # the Assistants API there is shut down
    OTHER_SERVICE = "other_service"  # it belongs to another kind of service


@dataclass(frozen=True, slots=True)
class Address:
    """An http address in parts.

    Attributes:
        host: In lower case.
        segments: The path, as it was written.
        query: Names in lower case.
    """

    scheme: str
    host: str
    port: int | None
    segments: tuple[str, ...]
    query: tuple[tuple[str, str], ...]

    def url(self, *segments: str) -> str:
        """The address with another path, and without a slash at its end."""
        place = f"[{self.host}]" if ":" in self.host else self.host
        if self.port is not None:
            place = f"{place}:{self.port}"
        return "/".join((f"{self.scheme}://{place}", *segments))

    @property
    def names(self) -> tuple[str, ...]:
        """The path in lower case, to compare with."""
        return tuple(segment.lower() for segment in self.segments)


def find(text: str) -> Address | Problem:
    """The address in any text, or why there is none. Never raises.

    Quotes, `NAME=` and a command around it do not matter. Without a scheme, computers nearby are meant over http and
    all others over https.
    """
    words = text[:_LONGEST].strip(_SURROUNDING)
    if not words:
        return Problem.EMPTY
    bare = _ASSIGNMENT.sub("", words, count=1) if _ASSIGNMENT.match(words) else words
    bare = bare.strip(_SURROUNDING)
    if _OTHER_SCHEME.match(bare):
        return Problem.SCHEME
    if _KEY.fullmatch(bare):
        return Problem.KEY
    url = _URL.search(words)
    if url:
        scheme, _, rest = url[0].partition(":")
        return _address(scheme.lower(), rest.lstrip("/"))
    return _address("", bare.partition(";")[0])


def is_near(host: str) -> bool:
    """Whether a host is this computer or one of the local network, where servers seldom have a certificate."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".localhost", ".lan", ".internal", ".home.arpa"))


def _address(scheme: str, rest: str) -> Address | Problem:
    try:
        parts = urlsplit(f"//{rest}")
        port = parts.port
        host = _host(parts)
    except ValueError:
        return Problem.ADDRESS
    if parts.username is not None:
        return Problem.CREDENTIALS
    is_name = "." in host or ":" in host or host == "localhost"
    if not host or port == 0 or not (scheme or is_name or port) or any(map(str.isspace, rest)):
        return Problem.ADDRESS
    scheme = scheme or ("http" if is_near(host) else "https")
    if port == {"http": 80, "https": 443}[scheme]:
        port = None
    segments = tuple(filter(None, parts.path.split("/")))
    query = tuple((name.lower(), value) for name, value in parse_qsl(parts.query))
    return Address(scheme, host, port, segments, query)


def _host(parts: SplitResult) -> str:
    """The host in lower case; raises `ValueError` for what cannot be one, and is empty for none."""
    host = (parts.hostname or "").rstrip(".")
    host = _UNSPECIFIED.get(host, host)
    if ":" in host or host.rpartition(".")[2].isdigit():
        ipaddress.ip_address(host)
    elif host and (len(host) > 253 or not _HOST.fullmatch(host)):
        raise ValueError
    return host
