"""Where assistants run: a service, its address, and how to sign in. The key itself is only in the keychain."""

from dataclasses import dataclass, field
from enum import StrEnum

from desktop_app.domain.error import ErrorInfo

ENGINE_ID = "engine"
"""The id of the connection to this computer, which is always there."""


class ConnectionKind(StrEnum):
    """What is at the address. Values are stored in the archive: never rename one."""

    ENGINE = "engine"  # the embedded engine, over the Assistants shape
    OPENAI = "openai"  # Responses, Conversations, Containers; also any other server of that shape
    AZURE = "azure"  # Azure OpenAI v1: the same, and `model` is the deployment's name
    FOUNDRY = "foundry"  # a Foundry project: the same below the project's endpoint, Entra ID only
    AGENT_SERVICE = "agent_service"  # Azure AI Agent Service (classic): the Assistants shape, Entra ID only
    ASSISTANTS = "assistants"  # any self-hosted server of the Assistants shape


class SignIn(StrEnum):
    """How requests prove who asks. Values are stored in the archive: never rename one."""

    NONE = "none"
    KEY = "key"
    BROWSER = "browser"  # Entra ID in the system's browser
    DEVICE_CODE = "device_code"  # Entra ID with a code typed elsewhere
    AZURE_CLI = "azure_cli"  # Entra ID as whoever `az login` signed in

    @property
    def is_entra(self) -> bool:
        """Whether it needs azure-identity."""
        return self in (SignIn.BROWSER, SignIn.DEVICE_CODE, SignIn.AZURE_CLI)


@dataclass(frozen=True, slots=True)
class Connection:
    """A service as a person has set it up.

    Attributes:
        base_url: What requests are sent below, such as `https://api.openai.com/v1`; empty for the engine.
        model: Used by assistants that name no model of this service; for Azure the deployment.
        agent: Foundry only: the agent defined there that answers instead of a local definition; empty for none.
        tenant: Entra ID's directory; empty for the person's own.
    """

    id: str
    kind: ConnectionKind
    name: str
    base_url: str
    model: str = ""
    sign_in: SignIn = SignIn.KEY
    agent: str = ""
    tenant: str = ""
    created_at: float = 0.0


ENGINE = Connection(ENGINE_ID, ConnectionKind.ENGINE, "", "", sign_in=SignIn.NONE)


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """What a test of a connection found.

    Attributes:
        models: What the service lists; empty if it lists none or was not reached.
        error: Why it cannot be used, or None if it can.
        is_model_tested: Whether the connection's model answered (it is not asked where none is given).
    """

    models: tuple[str, ...] = ()
    error: ErrorInfo | None = None
    is_model_tested: bool = False


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """What a person has to type at `url` to sign in."""

    url: str
    code: str


@dataclass(frozen=True, slots=True)
class Network:
    """How services are reached. The system's proxies and certificates are used unless said otherwise.

    Attributes:
        proxy: `http://host:port` for all services but those on this computer; empty for the system's.
        ca_file: A PEM file of further certificate authorities to trust; empty for none.
        connect_seconds: How long a connection may take to be made.
        answer_seconds: How long an answer may take to begin.
        silence_seconds: How long a stream may say nothing.
    """

    proxy: str = field(default="", repr=False)  # it may hold a password
    ca_file: str = ""
    connect_seconds: float = 10.0
    answer_seconds: float = 60.0
    silence_seconds: float = 300.0


@dataclass(frozen=True, slots=True)
class RateLimits:
    """What the service's headers said is left of the person's limits. None where it did not say.

    Attributes:
        reset_seconds: Until the tighter of the two is whole again.
    """

    requests_left: int | None = None
    requests_limit: int | None = None
    tokens_left: int | None = None
    tokens_limit: int | None = None
    reset_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class RemoteThread:
    """A thread or conversation that a service keeps for us. `thread_id` is the app's."""

    connection_id: str
    remote_id: str
    thread_id: str
    created_at: float = 0.0


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file that was uploaded to a service, which keeps it. `file_id` is the app's."""

    connection_id: str
    remote_id: str
    file_id: str


@dataclass(frozen=True, slots=True)
class RemoteAssistant:
    """An assistant as the service lists it. `id` is the service's."""

    id: str
    name: str
    description: str = ""
    instructions: str = ""
    model: str = ""
    code_interpreter: bool = True
    created_at: float = 0.0
    metadata: dict[str, str] = field(default_factory=dict)
