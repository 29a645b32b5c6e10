"""How the services of the Responses shape differ from each other."""

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True)
class Shape:
    """What one service does in its own way.

    Attributes:
        path: Where its addresses begin.
        takes_api_key: The header `api-key` is as good as a bearer token.
        is_gateway: What does not reach the model is refused as `{"error": {"code", "message"}}`.
        has_containers: Containers can be made; else there are only those that a response makes for itself.
        resets: Somewhere in a stream, `response.in_progress` comes again and takes back what was not finished.
        keeps_cancelled: A cancelled response still tells what it had made, and its stream how it ended.
        cites_link: A made file is cited by the whole markdown link; else by the address in it.
        request_id: The header that names a request.
    """

    path: str = "/v1"
    takes_api_key: bool = False
    is_gateway: bool = False
    has_containers: bool = True
    resets: bool = False
    keeps_cancelled: bool = True
    cites_link: bool = True
    request_id: str = "x-request-id"


class Dialect(Enum):
    """The services to test against."""

    OPENAI = Shape()
    AZURE = Shape(
        "/openai/v1",
        takes_api_key=True,
        is_gateway=True,
        keeps_cancelled=False,
        cites_link=False,
        request_id="apim-request-id",
    )
    FOUNDRY = Shape(
        "/api/projects/desk/openai/v1",
        is_gateway=True,
        has_containers=False,
        resets=True,
        request_id="apim-request-id",
    )
