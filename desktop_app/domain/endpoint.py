"""What a pasted endpoint means: portals, guides and old code show the same service in many forms."""

import re
from dataclasses import dataclass, replace
from urllib.parse import unquote

from desktop_app.domain.address import Address, Problem, find
from desktop_app.domain.cloud import Site, site
from desktop_app.domain.connection import ConnectionKind

_VERSION = re.compile(r"v\d+(?:alpha|beta)?\d*")
_ASSISTANTS = ("assistants", "threads")
_RESPONSES = ("responses", "conversations", "containers")
_OTHERS = ("chat", "completions", "deployments", "embeddings", "files", "models", "vector_stores")
_RESOURCES = (*_ASSISTANTS, *_RESPONSES, *_OTHERS)
_PROJECT = ("api", "projects")
_V1 = ("openai", "v1")
_UNUSABLE = {Site.PORTAL: Problem.PORTAL, Site.HUB: Problem.HUB, Site.CHAT: Problem.CHAT_ONLY}
_OWN = (Site.AZURE, Site.AZURE_REGION, Site.FOUNDRY)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be at the address, and what requests to it are sent below."""

    kind: ConnectionKind
    base_url: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What a text says about a service.

    Attributes:
        candidates: What it may be, likeliest first. With a problem: what it could be used as instead, if anything.
        name: What to call it: the project, the resource or the host.
        model: The deployment named in it.
        agent: The Foundry agent named in it.
        api_version: Said in it, though nothing here needs it.
        is_retired: It is an address of the Assistants API of OpenAI or Azure, which is shut down; the candidates are
            the way that works at the same place.
    """

    candidates: tuple[Candidate, ...] = ()
    name: str = ""
    model: str = ""
    agent: str = ""
    api_version: str = ""
    is_retired: bool = False
    problem: Problem | None = None

    @property
    def kinds(self) -> tuple[ConnectionKind, ...]:
        """The kinds of the candidates."""
        return tuple(candidate.kind for candidate in self.candidates)

    def base_url(self, kind: ConnectionKind) -> str:
        """The address as this kind wants it; empty if it is not among the candidates."""
        return next((candidate.base_url for candidate in self.candidates if candidate.kind is kind), "")


def understand(text: str) -> Endpoint:
    """What a pasted text means, where the kind of service is not known. Never raises."""
    address = find(text)
    if isinstance(address, Problem):
        return Endpoint(problem=address)
    place = site(address.host)
    if place in _UNUSABLE:
        return Endpoint(problem=_UNUSABLE[place])
    if place is not Site.OTHER:
        address = replace(address, scheme="https")
    shaped = ((kind, _shape(kind, address, place)) for kind in _kinds(address, place))
    candidates = tuple(Candidate(kind, url) for kind, url in shaped if not isinstance(url, Problem))
    return Endpoint(
        candidates=candidates,
        name=_name(address, place),
        model=unquote(_after(address, "deployments")),
        agent=_agent(address),
        api_version=dict(address.query).get("api-version", ""),
        is_retired=_is_retired(address, place),
    )


def normalized(kind: ConnectionKind, text: str) -> Endpoint:
    """What a pasted text means for a kind that is chosen already. Never raises.

    The only candidate is of this kind; or there is a problem, and the candidates are other kinds that would do. The
    address of the result is the same when it is pasted again.
    """
    if kind is ConnectionKind.ENGINE:
        return Endpoint((Candidate(kind, ""),))
    endpoint = understand(text)
    address = find(text)
    if endpoint.problem or isinstance(address, Problem):
        return endpoint
    place = site(address.host)
    url = _shape(kind, address if place is Site.OTHER else replace(address, scheme="https"), place)
    if isinstance(url, Problem):
        return replace(endpoint, problem=url)
    return replace(endpoint, candidates=(Candidate(kind, url),))


def _kinds(address: Address, place: Site) -> tuple[ConnectionKind, ...]:
    """What may be there, likeliest first."""
    names = address.names
    project = _project(address)
    below = names[len(project) :]
    if project and place is not Site.OPENAI:
        is_classic = any(name in _ASSISTANTS or name.startswith("asst_") for name in below)
        first, second = ConnectionKind.FOUNDRY, ConnectionKind.AGENT_SERVICE
        both = (second, first) if is_classic else (first, second)
        return both if place is Site.OTHER else (*both, ConnectionKind.AZURE)
    if place is Site.OPENAI:
        return (ConnectionKind.OPENAI,)
    if place in _OWN:
        return (ConnectionKind.AZURE,)
    is_gateway = address.host.endswith(".azure-api.net")
    if is_gateway or "deployments" in names or "api-version" in dict(address.query):
        return (ConnectionKind.AZURE, ConnectionKind.OPENAI, ConnectionKind.ASSISTANTS)
    if any(name in _RESPONSES for name in names):
        return (ConnectionKind.OPENAI, ConnectionKind.ASSISTANTS)
    if "openai" in names and not any(name in _ASSISTANTS for name in names):
        return (ConnectionKind.OPENAI, ConnectionKind.AZURE, ConnectionKind.ASSISTANTS)
    return (ConnectionKind.ASSISTANTS, ConnectionKind.OPENAI)


def _shape(kind: ConnectionKind, address: Address, place: Site) -> str | Problem:
    """The address as a kind of service wants it, or why it cannot be that."""
    project = _project(address)
    match kind:
        case ConnectionKind.FOUNDRY | ConnectionKind.AGENT_SERVICE if place is Site.OPENAI:
            return Problem.OTHER_SERVICE
        case ConnectionKind.FOUNDRY | ConnectionKind.AGENT_SERVICE if not project:
            return Problem.PROJECT_MISSING
        case ConnectionKind.FOUNDRY:
            return address.url(*project, *_V1)
        case ConnectionKind.AGENT_SERVICE:
            return address.url(*project)
        case ConnectionKind.ASSISTANTS if place is Site.FOUNDRY and project:
            return Problem.OTHER_SERVICE
        case ConnectionKind.ASSISTANTS if place is not Site.OTHER:
            return Problem.RETIRED
        case ConnectionKind.AZURE if place is Site.OPENAI:
            return Problem.OTHER_SERVICE
        case _ if place is Site.OPENAI:
            return address.url("v1")
        case _ if place in _OWN:
            return address.url(*_V1)
        case ConnectionKind.AZURE:
            return address.url(*_azure_path(address))
        case _:
            return address.url(*(_path(address) or ("v1",)))


def _path(address: Address) -> tuple[str, ...]:
    """The path without what stands for one call."""
    names = address.names
    for end in range(len(names), 0, -1):
        if _VERSION.fullmatch(names[end - 1]):
            is_inside = names[end : end + 1] == ("openai",)  # as in `/v1beta/openai`
            return address.segments[: end + is_inside]
    end = next((index for index, name in enumerate(names) if name in _RESOURCES), len(names))
    return address.segments[:end]


def _azure_path(address: Address) -> tuple[str, ...]:
    """The path of a gateway before Azure OpenAI."""
    names = address.names
    for index, name in enumerate(names):
        if name == "openai" or names[index : index + 2] == _PROJECT:
            return (*address.segments[:index], *_V1)
    path = _path(address)
    is_whole = bool(path) and bool(_VERSION.fullmatch(path[-1].lower()))
    return path if is_whole else (*path, *_V1)


def _projects_start(address: Address) -> int:
    """Where the projects of a Foundry resource begin in the path, or -1."""
    pairs = list(zip(address.names, address.names[1:], strict=False))
    return pairs.index(_PROJECT) if _PROJECT in pairs else -1


def _project(address: Address) -> tuple[str, ...]:
    """The path to the project, or nothing."""
    start = _projects_start(address)
    if start < 0 or len(address.segments) < start + 3:
        return ()
    return (*address.segments[:start], *_PROJECT, address.segments[start + 2])


def _agent(address: Address) -> str:
    """The agent below a project. `asst_…` are assistants of the classic service, which are listed there."""
    name = _after(address, "agents") or _after(address, "applications") if _project(address) else ""
    return "" if name.startswith("asst_") else unquote(name).partition(":")[0]


def _after(address: Address, name: str) -> str:
    """The segment after the last one of this name, or empty."""
    pairs = zip(address.names, address.segments[1:], strict=False)
    return next((value for key, value in reversed(list(pairs)) if key == name), "")


def _is_retired(address: Address, place: Site) -> bool:
    is_assistants = any(name in _ASSISTANTS for name in address.names)
    return is_assistants and place is not Site.OTHER and not _project(address)


def _name(address: Address, place: Site) -> str:
    project = _project(address)
    if project:
        return unquote(project[-1])
    if place in _OWN:
        return address.host.partition(".")[0]
    return "OpenAI" if place is Site.OPENAI else address.host
