"""Whose a host is, and where Entra ID signs in for it.

Sources, all at learn.microsoft.com: "Azure Government services endpoints", "Azure in China developer guide", "National
clouds" of the Microsoft identity platform.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto

from desktop_app.domain.address import Address, find
from desktop_app.domain.connection import Connection, ConnectionKind, SignIn


class Site(Enum):
    """What is known of a host by its name."""

    OPENAI = auto()
    AZURE = auto()  # a resource of Azure OpenAI or of Azure AI services
    AZURE_REGION = auto()  # all resources of a region, told apart by their keys
    FOUNDRY = auto()  # a Foundry resource, with projects below it
    CHAT = auto()  # chat completions and nothing else
    HUB = auto()
    PORTAL = auto()
    OTHER = auto()


_SITES = tuple(
    (re.compile(pattern), site)
    for pattern, site in (
        (r"(?:.+\.)?api\.openai\.com", Site.OPENAI),
        (r".+\.(?:openai|cognitiveservices)\.azure\.(?:com|us|cn)", Site.AZURE),
        (r".+\.api\.cognitive\.(?:microsoft\.com|microsoft\.us|azure\.us|azure\.cn)", Site.AZURE_REGION),
        (r".+\.services\.ai\.azure\.(?:com|us|cn)", Site.FOUNDRY),
        (r".+\.(?:models|inference)\.ai\.azure\.com|models\.github\.ai", Site.CHAT),
        (r".+\.api\.(?:azureml\.ms|ml\.azure\.us|ml\.azure\.cn)", Site.HUB),
        (r"(?:ai|ml|oai|portal)\.azure\.(?:com|us|cn)|learn\.microsoft\.com", Site.PORTAL),
        (r"(?:(?:chat|help|platform|www)\.)?openai\.com|chatgpt\.com", Site.PORTAL),
    )
)


@dataclass(frozen=True, slots=True)
class Cloud:
    """One of the separate clouds that Azure is.

    Attributes:
        authority: The host where Entra ID signs in.
        domain: What the names of its services end with.
    """

    authority: str
    domain: str


PUBLIC = Cloud("login.microsoftonline.com", "azure.com")
GOVERNMENT = Cloud("login.microsoftonline.us", "azure.us")
CHINA = Cloud("login.chinacloudapi.cn", "azure.cn")
_CLOUDS = ((".azure.us", GOVERNMENT), (".microsoft.us", GOVERNMENT), (".azure.cn", CHINA))


def site(host: str) -> Site:
    """Whose a host is; `host` in lower case."""
    return next((site for pattern, site in _SITES if pattern.fullmatch(host)), Site.OTHER)


def cloud(base_url: str) -> Cloud:
    """The cloud of an address; the public one for hosts that are not Azure's, such as gateways."""
    address = find(base_url)
    host = address.host if isinstance(address, Address) else ""
    return next((cloud for suffix, cloud in _CLOUDS if host.endswith(suffix)), PUBLIC)


def scope(connection: Connection) -> str:
    """What a token of Entra ID has to be for, so that the service takes it."""
    is_project = connection.kind in (ConnectionKind.FOUNDRY, ConnectionKind.AGENT_SERVICE)
    service = "ai" if is_project else "cognitiveservices"
    return f"https://{service}.{cloud(connection.base_url).domain}/.default"


def sign_ins(kind: ConnectionKind, base_url: str) -> tuple[SignIn, ...]:
    """The ways to sign in that the service takes, the usual one first."""
    address = find(base_url)
    place = site(address.host) if isinstance(address, Address) else Site.OTHER
    entra = (SignIn.BROWSER, SignIn.DEVICE_CODE, SignIn.AZURE_CLI)
    match kind:
        case ConnectionKind.ENGINE:
            return (SignIn.NONE,)
        case ConnectionKind.FOUNDRY | ConnectionKind.AGENT_SERVICE:
            # A gateway before it may want a key of its own.
            return (*entra, SignIn.KEY) if place is Site.OTHER else entra
        case ConnectionKind.AZURE:
            # Entra ID needs the resource's own name in the address.
            return (SignIn.KEY,) if place is Site.AZURE_REGION else (SignIn.KEY, *entra)
        case ConnectionKind.OPENAI | ConnectionKind.ASSISTANTS:
            return (SignIn.KEY, SignIn.NONE) if place is Site.OTHER else (SignIn.KEY,)
