"""One service of the Responses shape, as far as it has been reached: its parts, which share a client."""

from typing import TYPE_CHECKING

from desktop_app.backends.responses.container import Containers
from desktop_app.backends.responses.conversation import Conversations
from desktop_app.backends.responses.file import Files
from desktop_app.backends.responses.loose_link import LooseLinks
from desktop_app.backends.responses.picture import Pictures
from desktop_app.backends.responses.run import Runs
from desktop_app.backends.responses.silent_run import SilentRuns
from desktop_app.backends.responses.source import Source
from desktop_app.domain.connection import Connection, Network
from desktop_app.domain.port import Credential

if TYPE_CHECKING:
    from desktop_app.backends.wire.client import Client


class ResponsesService:
    """The parts of a service.

    Attributes:
        client: What they all send by.
    """

    def __init__(self, client: "Client", connection: Connection) -> None:
        self._connection_id = connection.id
        self._pictures = Pictures()
        self.client = client
        self.conversations = Conversations(client)
        self.containers = Containers(client, connection.id)
        self.files = Files(client, self._pictures, connection)
        self.links = LooseLinks(client)
        self.runs = Runs(client, self.links)
        self.silent_runs = SilentRuns(self.conversations, self.links, self.source)

    def source(self, owner_id: str) -> Source:
        """Where the items of a response or conversation come from."""
        return Source(owner_id, self._connection_id, self._pictures.keep)


def connect(connection: Connection, credential: Credential, network: Network) -> ResponsesService:
    """Makes the client; blocks while the SDK is imported, which takes most of a second.

    Raises:
        DeskError: What `Client` raises.
    """
    from desktop_app.backends.wire.client import Client  # noqa: PLC0415 - takes most of a second

    return ResponsesService(Client(connection.base_url, credential, network), connection)
