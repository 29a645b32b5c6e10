"""Services whose keys stand in the environment, as guides for developers have people put them there."""

from collections.abc import Mapping
from dataclasses import dataclass

from desktop_app.domain.cloud import sign_ins
from desktop_app.domain.connection import Connection, ConnectionKind, SignIn
from desktop_app.domain.endpoint import Endpoint, normalized, understand

_OPENAI_KEY, _OPENAI_ADDRESS = "OPENAI_API_KEY", "OPENAI_BASE_URL"
_AZURE_KEY, _AZURE_ADDRESS = "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT"
_OPENAI = "https://api.openai.com/v1"


@dataclass(frozen=True, slots=True)
class Offer:
    """A connection that could be added as it is. Holds no key: that stays in the environment until it is used.

    Attributes:
        variable: Where its key is; for one that needs none, what names its address.
        connection: Without an id.
    """

    variable: str
    connection: Connection


def offers(environment: Mapping[str, str]) -> tuple[Offer, ...]:
    """What the environment names. A key is offered for the address beside it only, and for no other."""
    return tuple(offer for offer in (_openai(environment), _azure(environment)) if offer is not None)


def _openai(environment: Mapping[str, str]) -> Offer | None:
    address = environment.get(_OPENAI_ADDRESS, "").strip() or _OPENAI
    if not environment.get(_OPENAI_KEY, "").strip():
        return None
    is_azure = ConnectionKind.AZURE in understand(address).kinds[:1]
    kind = ConnectionKind.AZURE if is_azure else ConnectionKind.OPENAI
    return _offer(_OPENAI_KEY, kind, normalized(kind, address), SignIn.KEY)


def _azure(environment: Mapping[str, str]) -> Offer | None:
    endpoint = normalized(ConnectionKind.AZURE, environment.get(_AZURE_ADDRESS, ""))
    if environment.get(_AZURE_KEY, "").strip():
        return _offer(_AZURE_KEY, ConnectionKind.AZURE, endpoint, SignIn.KEY)
    return _offer(_AZURE_ADDRESS, ConnectionKind.AZURE, endpoint, SignIn.BROWSER)


def _offer(variable: str, kind: ConnectionKind, endpoint: Endpoint, sign_in: SignIn) -> Offer | None:
    base_url = endpoint.base_url(kind)
    if not base_url or sign_in not in sign_ins(kind, base_url):
        return None
    return Offer(variable, Connection("", kind, endpoint.name, base_url, endpoint.model, sign_in))
