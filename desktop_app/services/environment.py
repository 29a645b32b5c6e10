"""Services whose keys stand in the environment, as guides for developers have people put them there."""

from collections.abc import Mapping
from dataclasses import dataclass

from desktop_app.domain.connection import Connection, ConnectionKind
from desktop_app.domain.endpoint import normalized, understand

_OPENAI_KEY, _OPENAI_ADDRESS = "OPENAI_API_KEY", "OPENAI_BASE_URL"
_AZURE_KEY, _AZURE_ADDRESS = "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT"
_OPENAI = "https://api.openai.com/v1"


@dataclass(frozen=True, slots=True)
class Offer:
    """A connection that could be added as it is. Holds no key: that stays in the environment until it is used.

    Attributes:
        variable: Where its key is.
        connection: Without an id.
    """

    variable: str
    connection: Connection


def offers(environment: Mapping[str, str]) -> tuple[Offer, ...]:
    """What the environment names. A key is offered for the address beside it only, and for no other."""
    openai = environment.get(_OPENAI_ADDRESS, "").strip() or _OPENAI
    is_azure = ConnectionKind.AZURE in understand(openai).kinds[:1]
    kind = ConnectionKind.AZURE if is_azure else ConnectionKind.OPENAI
    azure = environment.get(_AZURE_ADDRESS, "")
    known = ((_OPENAI_KEY, kind, openai), (_AZURE_KEY, ConnectionKind.AZURE, azure))
    return tuple(
        Offer(variable, Connection("", kind, endpoint.name, endpoint.base_url(kind), endpoint.model))
        for variable, kind, endpoint in ((variable, kind, normalized(kind, text)) for variable, kind, text in known)
        if environment.get(variable, "").strip() and endpoint.problem is None
    )
